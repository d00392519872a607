"""What several rules need to say: where something stands, lists that stay short, and nearest names."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import cast

from pipeline.model.address import Address, Key, path
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, Resource

_MARKS = re.compile("[\u0300-\u036f]")
_SHOWN = 8


def where(resource: Resource, *steps: str | int) -> Origin:
    """The place of a resource, or of something inside it."""
    return (resource.origin or Origin("")).at(*steps)


def mapping_table(resource: Resource, pack: Pack) -> Origin | None:
    """The table that a row of a mapping was written in (`[tiers.T6]`); None for any other resource."""
    for mapping in pack.mappings:
        if resource.address.kind in (mapping.member, mapping.include):
            subject = end(pack.kind[resource.address.kind], resource.address, 0)
            return Origin(where(resource).file, (pack.kind[mapping.subject].section, path(subject.key)[-1]))
    return None


def end(kind: Kind, row: Address, index: int) -> Address:
    """One of the two resources that a row of a mapping joins: 0 is what includes, 1 what is included."""
    return Address(kind.ref[kind.key[index]].to, cast("Key", row.key[index]))


def listing(names: Sequence[str], last: str = "and") -> str:
    """The names as a sentence holds them: `A, B and C`, the middle of a long list left out."""
    if len(names) > _SHOWN:
        return f"{', '.join(names[: _SHOWN - 1])} {last} {len(names) - _SHOWN + 1} more"
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def circle(names: Sequence[str]) -> str:
    """A cycle as a path that ends where it began: `A -> B -> A`."""
    middle = [f"({len(names) - _SHOWN} more)"] if len(names) > _SHOWN else []
    shown = [*names[: _SHOWN // 2], *middle, *names[-_SHOWN // 2 :]] if middle else [*names]
    return " -> ".join([*shown, names[0]])


def first_few(origins: Sequence[Origin]) -> tuple[Origin, ...]:
    """As many further places as a person wants to see under one finding."""
    return tuple(origins[:_SHOWN])


def short(text: str, longest: int = 60) -> str:
    """The text, cut where it is longer than a message can carry."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def quoted(word: str) -> str:
    """The word in quotation marks, cut where it is long."""
    return f'"{short(word)}"'


def fold(word: str) -> str:
    """The word as it compares when case, accents and spacing do not matter."""
    if not word.isascii():
        word = _MARKS.sub("", unicodedata.normalize("NFKD", word))
    return " ".join(word.casefold().split())


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that the word was probably meant to be. Case and accents do not count as differences."""
    by_form: dict[str, str] = {}
    for candidate in candidates:
        by_form.setdefault(fold(candidate), candidate)
    near = difflib.get_close_matches(fold(word[:200]), by_form, n=1)
    return by_form[near[0]] if near else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """The hint `did you mean "ESCAPE"?`, or nothing where no candidate is near."""
    near = closest(word, candidates)
    return f"did you mean {quoted(near)}?" if near else ""
