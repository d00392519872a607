"""Documents -> desired resources: nested entries become rows, codes become natural keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.manifest import canonical, examples, full_reference
from pipeline.manifest import mapping as mapped
from pipeline.manifest import moves as moved
from pipeline.manifest.document import Document
from pipeline.manifest.schema import links
from pipeline.manifest.standing import settled
from pipeline.model import values
from pipeline.model.address import Address, Key
from pipeline.model.diagnostic import Desired, Diagnostic
from pipeline.model.kind import AppendOnly, Kind, Ref
from pipeline.model.move import Move
from pipeline.model.pack import Pack
from pipeline.model.probe import Example
from pipeline.model.resource import Origin, Resource, State
from pipeline.model.values import Declared, Value


@dataclass
class _Reading:
    """What one reading of documents has found so far. `rejected` are paths that the schema refused."""

    pack: Pack
    rejected: frozenset[Origin]
    resources: list[Resource] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)


def resolve(
    documents: Sequence[Document], pack: Pack, rejected: Iterable[Origin] = ()
) -> tuple[Desired, list[Diagnostic]]:
    """The resources that the documents of a pack declare.

    `rejected` are the places that the schema stage reported: the values there are left out, so that all
    other findings about the same file can still be made.
    """
    reading = _Reading(pack, frozenset(_with_parents(rejected)))
    sections = {kind.section: kind for kind in pack.top_level()}
    for document in documents:
        _read_document(reading, sections, document)
    state = settled(pack, as_state(pack, reading.resources))
    kept = (one for one in reading.resources if one.address.key in state[one.address.kind])  # derived, or as it stands
    moves = moved.settled(pack, state, reading.moves)
    return Desired(tuple(kept), state, moves, tuple(reading.examples)), reading.diagnostics


def as_state(pack: Pack, resources: Iterable[Resource]) -> State:
    """Resources by kind and key; of two with one address the first stays."""
    state: dict[str, dict[Key, Resource]] = {kind.name: {} for kind in pack.kinds}
    for resource in resources:
        state[resource.address.kind].setdefault(resource.address.key, resource)
    return state


def _with_parents(origins: Iterable[Origin]) -> Iterator[Origin]:
    for origin in origins:
        for end in range(1, len(origin.path) + 1):
            yield Origin(origin.file, origin.path[:end])


def _read_document(reading: _Reading, sections: dict[str, Kind], document: Document) -> None:
    pack = reading.pack
    around: dict[str, Key | None] = {}
    scope = document.data.get(pack.scope)
    if isinstance(scope, str):
        around[pack.scope] = (scope,)
    moves, misread = moved.read(pack, document, around.get(pack.scope), reading.rejected)
    reading.moves.extend(moves)
    reading.diagnostics.extend(misread)
    found, misplaced = examples.read(pack, document, reading.rejected)
    reading.examples.extend(found)
    reading.diagnostics.extend(misplaced)
    for name, section in document.data.items():
        kind = sections.get(name)
        if kind is None:
            continue
        if isinstance(section, list):
            _read_section(reading, kind, section, Origin(document.file, (name,)), around, None)
        elif isinstance(section, dict):
            for mapping in pack.mappings:
                if mapping.subject == kind.name:
                    rows, wrong = mapped.read(pack, mapping, document, around.get(pack.scope))
                    reading.resources.extend(rows)
                    reading.diagnostics.extend(wrong)


def _read_section(
    reading: _Reading, kind: Kind, entries: list[Any], origin: Origin, around: dict[str, Key | None], nest: Kind | None
) -> None:
    for index, entry in enumerate(entries):
        if isinstance(entry, dict):
            _read_entry(reading, kind, entry, origin.at(index), around, nest)


def _read_entry(
    reading: _Reading,
    kind: Kind,
    entry: dict[str, Any],
    origin: Origin,
    around: dict[str, Key | None],
    nest: Kind | None,
) -> None:
    """Read one entry, the rows its links make, and the entries nested in it."""
    place = nest.name if nest else reading.pack.scope
    found = placed_refs(kind, around, place)
    absent = [ref for ref in kind.refs if ref.placed and not ref.optional and found[ref.name] is None]
    if absent:
        reading.diagnostics.append(_missing_scope(kind, absent[0], origin))
        return
    _read_values(reading, kind, entry, origin, found, around)
    try:
        key = tuple(_key_part(found[part]) for part in kind.key)
    except KeyError:
        return  # the schema stage has reported the missing code
    active, protected = entry.get("active") is not False, entry.get("protected") is True
    reading.resources.append(Resource(Address(kind.name, key), found, active, origin, protected))
    inner = around | {kind.name: key}
    for link in links(reading.pack, kind, nest) if nest else ():
        row = placed_refs(link, inner, place)
        _read_values(reading, link, entry, origin, row, inner)
        address = Address(link.name, tuple(_key_part(row[part]) for part in link.key))
        reading.resources.append(Resource(address, row, active, origin, protected))
    for child in kind.children:
        nested = reading.pack.kind[child]
        section = entry.get(nested.section)
        if isinstance(section, list):
            _read_section(reading, nested, section, origin.at(nested.section), inner, kind)


def placed_refs(kind: Kind, around: dict[str, Key | None], place: str) -> Declared:
    """The references that follow from the place. Of the kind's scopes just that of the innermost place is set."""
    found = Declared()
    for ref in kind.refs:
        if ref.placed:
            found[ref.name] = None if ref.name in kind.scopes and ref.to != place else around.get(ref.to)
    return found


def _missing_scope(kind: Kind, ref: Ref, origin: Origin) -> Diagnostic:
    return Diagnostic(
        rule=f"missing-{ref.to}",
        severity="error",
        message=f"{kind.section} belong to a {ref.to}, and this file does not say which",
        origin=origin,
        hint=f'write {ref.to} = "…" at the top of the file, before the first section',
    )


def _key_part(value: Value) -> str | Key | None:
    return value if value is None or isinstance(value, tuple) else str(value)


def _read_values(
    reading: _Reading,
    kind: Kind,
    entry: dict[str, Any],
    origin: Origin,
    found: Declared,
    around: Mapping[str, Key | None],
) -> None:
    """Add the entry's own fields and written references in canonical form to `found`."""
    fields, refs, rejected = kind.field, kind.ref, reading.rejected
    in_full: dict[str, dict[str, Any]] = {}
    for name, raw in entry.items():
        if rejected and origin.at(name) in rejected:
            continue
        declared = fields.get(name)
        if declared is not None:
            reading.diagnostics.extend(canonical.add(declared, raw, origin.at(name), found))
        elif name in refs and not refs[name].placed and not refs[name].full and isinstance(raw, str):
            target = reading.pack.kind[refs[name].to]
            found[name] = (*(_key_part(near(target, part, found, around)) for part in target.key[:-1]), raw)
        elif name in refs and refs[name].full and isinstance(raw, dict):
            in_full[name] = raw
    for name, raw in in_full.items():  # what they leave out may stand below them
        said = full_reference.key(reading.pack, refs[name], raw, found)
        if said is not None:
            found[name] = said
    if isinstance(kind.retire, AppendOnly):
        found[kind.retire.digest] = fingerprint(kind, found)


def near(target: Kind, part: str, found: Mapping[str, Value], around: Mapping[str, Key | None]) -> Value:
    """A part of a target's key that is not written: that of the resource that refers, or of what it stands in."""
    if part in target.ref and part not in found:
        return around.get(target.ref[part].to)
    return found.get(part)


def fingerprint(kind: Kind, found: Declared) -> str:
    """What tells an entry of an append-only kind from another: all that it says, wherever it stands."""
    return values.digest(values.dump({name: value for name, value in found.items() if not _is_placed(kind, name)}))


def _is_placed(kind: Kind, name: str) -> bool:
    return name in kind.ref and kind.ref[name].placed
