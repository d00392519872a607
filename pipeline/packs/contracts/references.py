"""What a document calls its parent, and which documents that can mean. Nothing is guessed: only what equals fits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipeline.model.address import Key
from pipeline.model.resource import Resource

_TYPES = {name.casefold(): name for name in ("MSA", "SOW", "Amendment", "Addendum", "NDA", "Order Form")}
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_DATED = re.compile(rf"({'|'.join(_TYPES)}) dated (.+)")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WRITTEN = re.compile(rf"({'|'.join(_MONTHS)}) ([0-9]{{1,2}}), ([0-9]{{4}})")


class Match(NamedTuple):
    """The documents that fit a reference, sorted; and, where none does, how they were looked for."""

    documents: tuple[Key, ...]
    attempts: tuple[Mapping[str, str], ...] = ()


class Shelf:
    """The declared documents, by all that a reference may name them by. Retired ones are parents like any."""

    def __init__(self, documents: Mapping[Key, Resource]) -> None:
        self._paths = documents
        self._names: dict[tuple[object, object], list[Key]] = defaultdict(list)
        self._dates: dict[tuple[object, object, object], list[Key]] = defaultdict(list)
        for key, document in documents.items():
            said = document.values
            self._names[key[0], said.get("filename")].append(key)
            if said.get("effective_date") is not None:
                self._dates[key[0], said.get("doc_type"), str(said["effective_date"])].append(key)

    def match(self, child: Key, reference: str) -> Match:
        """The other documents of the child's organization that the reference fits: by path, or else by file name, or
        else by type and date. The first of these that fits any decides."""
        organization = child[0]
        text = reference.strip()
        attempts = [{"by": "path", "found": "no other document has this path"}]
        found = _others(child, [(organization, text)] if (organization, text) in self._paths else ())
        if not found:
            attempts.append({"by": "file name", "found": "no other document has this name"})
            found = _others(child, self._names.get((organization, text), ()))
        if not found:
            dated = type_and_date(text)
            if dated is None:
                attempts.append({"by": "type and date", "found": "the reference does not name them"})
            else:
                said = f"no other {dated[0]} is of {dated[1]}"
                attempts.append({"by": "type and date", "found": said})
                found = _others(child, self._dates.get((organization, *dated), ()))
        return Match(found) if found else Match((), tuple(attempts))


def type_and_date(reference: str) -> tuple[str, str] | None:
    """`MSA dated 2023-01-10` or `MSA dated January 10, 2023`, in any case, as type and ISO date; None for all else."""
    said = _DATED.fullmatch(" ".join(reference.casefold().split()))
    if said is None:
        return None
    if iso := _ISO.fullmatch(said[2]):
        return _TYPES[said[1]], iso[0]
    if written := _WRITTEN.fullmatch(said[2]):
        return _TYPES[said[1]], f"{written[3]}-{_MONTHS.index(written[1]) + 1:02}-{int(written[2]):02}"
    return None


def _others(child: Key, keys: Iterable[Key]) -> tuple[Key, ...]:
    return tuple(sorted((key for key in keys if key != child), key=lambda key: str(key[1])))
