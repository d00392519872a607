"""State -> manifests: the text of files that would make the rows that stand in the tables."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.manifest.entries import Entries, Entry, Unsaid, covered
from pipeline.manifest.grouping import Row, Words, tables
from pipeline.manifest.sayable import Form
from pipeline.manifest.schema import FILE_NAME
from pipeline.manifest.writing import key, plain, statement
from pipeline.model.address import Address, Key, root
from pipeline.model.kind import Kind
from pipeline.model.kind import Mapping as KindMapping
from pipeline.model.pack import Pack
from pipeline.model.resource import Ledger, Resource, State

LONGEST = 400
"""Lines that a file may have before the families in it get a file each."""
_NO_LETTER = re.compile("[^a-z0-9]+")


class Written(NamedTuple):
    """Manifests by their path below the pack's folder, and what they could not say."""

    files: dict[str, str]
    unsaid: Unsaid


def export(
    pack: Pack,
    schema: Mapping[str, Any],
    state: State,
    ledger: Ledger,
    *,
    home: str,
    scope: str | None = None,
) -> Written:
    """The manifests of all rows, or of those in a scope; the same rows make the same bytes.

    Fields that hold their column's default are left out, for a new row gets it anyway. A retired row says
    `active = false`, and what the ledger calls protected says so. `home` is the way from the pack's folder to that of
    its schema.
    """
    protected = [
        Address(kind, key) for kind, known in ledger.items() for key, entry in known.items() if entry.protected
    ]
    state = pack.condense(state) if pack.condense else state
    entries = Entries(pack, schema, state, frozenset(protected), scope)
    texts: dict[tuple[str, ...], tuple[str | None, str]] = {}
    sections: dict[tuple[str | None, str], list[Entry]] = defaultdict(list)
    scopes = [str(entry.key[-1]) for entry in entries.top if entry.kind.name == pack.scope]
    folder: dict[str | None, tuple[str, ...]] = {None: ()} | {code: (name,) for code, name in _file_names(scopes)}
    for entry in entries.top:
        if entry.kind.name == pack.scope:
            texts[*folder[str(entry.key[-1])], pack.scope] = None, _text([entry])
        else:
            sections[entry.scope, entry.kind.section].append(entry)
    for (named, section), found in sections.items():
        for path, text in _section(section, found):
            texts[*folder[named], *path] = named, text
    for mapping in pack.mappings:
        for named, text in _mapping(pack, mapping, entries, state, scope):
            name = "mapping" if len(pack.mappings) == 1 else f"{pack.kind[mapping.subject].section}-mapping"
            texts[*folder[named], name] = named, text
    files = {"/".join(path) + ".toml": head(pack, home, path, named) + text for path, (named, text) in texts.items()}
    return Written(dict(sorted(files.items())), entries.unsaid)


def head(pack: Pack, home: str, path: Sequence[str], scope: str | None) -> str:
    """The first lines of the file at a path below the pack's folder; `home` is as for `export`."""
    lines = [
        f"#:schema {'../' * (len(path) - 1)}{home}/{FILE_NAME}",
        statement("pack", pack.name),
        statement("version", pack.version),
    ]
    if scope is not None:
        lines.append(statement(pack.scope, scope))
    return "\n".join(lines) + "\n\n"


def _section(section: str, found: list[Entry]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The file of a section, or a file for each family where one would be too long to find one's way in."""
    families = list(_families(found))
    texts = [_text(family) for family in families]
    if len(families) == len(found) or sum(text.count("\n") for text in texts) <= LONGEST:
        yield (section,), "\n".join(texts)
        return
    names = _file_names([str(family[0].key[-1]) for family in families])
    for (_, name), text in zip(names, texts, strict=True):
        yield (section, name), text


def file_name(code: str) -> str:
    """The name of a code's file or folder where it is the only one."""
    return _file_names([code])[0][1]


def _file_names(codes: Sequence[str]) -> list[tuple[str, str]]:
    """Each code with a name in letters that every file system knows; no two are the same."""
    names: dict[str, str] = {}
    for code in codes:
        ascii_code = unicodedata.normalize("NFKD", code).encode("ascii", "ignore").decode().lower()
        name = base = _NO_LETTER.sub("-", ascii_code).strip("-") or "other"
        number = 1
        while name in names:
            number += 1
            name = f"{base}-{number}"
        names[name] = code
    return [(code, name) for name, code in names.items()]


def _families(entries: list[Entry]) -> Iterator[list[Entry]]:
    """Entries of one kind with those that refer to them right behind. Of a circle the first entry comes first."""
    refs = [ref.name for ref in entries[0].kind.refs if ref.to == entries[0].kind.name]
    codes = {entry.key[-1] for entry in entries}
    below: dict[Any, list[Entry]] = defaultdict(list)
    first, circles = [], []
    for entry in entries:
        above = next((entry.content[name] for name in refs if entry.content.get(name) in codes), None)
        if above is None:
            first.append(entry)
        else:
            below[above].append(entry)
            circles.append(entry)
    seen: set[Any] = set()
    for entry in [*first, *circles]:
        family, waiting = [], [entry]
        while waiting:
            one = waiting.pop()
            if one.key not in seen:
                seen.add(one.key)
                family.append(one)
                waiting += reversed(below[one.key[-1]])
        if family:
            yield family


def _text(entries: Sequence[Entry]) -> str:
    return "\n".join("\n".join(_lines(entry, key(entry.kind.section), "")) + "\n" for entry in entries)


def _lines(entry: Entry, path: str, indent: str) -> Iterator[str]:
    yield f"{indent}[[{path}]]"
    for name, value in entry.said():
        yield statement(name, value, indent)
    for section, nested in entry.nested.items():
        for child in nested:
            yield ""
            yield from _lines(child, f"{path}.{key(section)}", indent + "  ")


def _mapping(
    pack: Pack, mapping: KindMapping, entries: Entries, state: State, scope: str | None
) -> Iterator[tuple[str, str]]:
    """The mapping of each scope. Retired rows have no place in it: what is not listed is not included."""
    subject, member = pack.kind[mapping.subject], pack.kind[mapping.member]
    other = pack.kind[member.ref[member.code].to]
    form = entries.listed(subject, other)
    rows: dict[str, list[Row]] = defaultdict(list)
    includes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in _joined(pack, member, entries, state, scope):
        owner, code = str(row.address.key[0][-1]), str(row.address.key[1][-1])  # type: ignore[index]  # both are keys
        limits = _limits(member, row, form, entries.unsaid)
        group = str(limits.pop(mapping.group, ""))
        rows[str(root(row.address.key))].append(Row(owner, code, limits, group))
    for row in _joined(pack, pack.kind[mapping.include], entries, state, scope):
        owner, code = str(row.address.key[0][-1]), str(row.address.key[1][-1])  # type: ignore[index]  # both are keys
        includes[str(root(row.address.key))][owner].append(code)
    words = Words(subject.section, other.section, other.name, mapping.group)
    for named in sorted(rows.keys() | includes.keys()):
        yield named, tables(words, rows[named], includes[named])


def _joined(pack: Pack, kind: Kind, entries: Entries, state: State, scope: str | None) -> Iterator[Resource]:
    """The active rows of one of a mapping's kinds that it can say: both their ends have entries in one scope."""
    for row in covered(pack, kind, state, scope):
        ends = [Address(kind.ref[part].to, _key(row.address.key[at])) for at, part in enumerate(kind.key)]
        missing = next((end for end in ends if end not in entries.by_address), None)
        if not row.active:
            continue
        if missing:
            entries.unsaid.rows[row.address] = f"{missing} is left out too"
        elif ends[0].key[:-1] != ends[1].key[:-1]:
            entries.unsaid.rows[row.address] = f"{ends[0]} and {ends[1]} do not lie in one {pack.scope}"
        else:
            yield row


def _key(part: Any) -> Key:
    return part if isinstance(part, tuple) else (part,)


def _limits(kind: Kind, row: Resource, form: Form, unsaid: Unsaid) -> dict[str, Any]:
    """The limits of a mapping's row, all but the defaults, as far as they can be said."""
    said = {}
    for field in kind.fields:
        value = plain(row.values[field.name])
        if row.values[field.name] == field.default:
            continue
        fault = form.fault(field.name, value)
        if fault:
            unsaid.fields[row.address, field.name] = fault
        else:
            said[field.name] = value
    return said
