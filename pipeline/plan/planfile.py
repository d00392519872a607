"""Plans as files: one change on a line, with a digest of every byte and the rows that they were computed from.

The file holds all that an apply needs, and nothing that is secret: the database is known by its name and the
identifier that its server was given when it was made, never by a URL.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import Any, BinaryIO, NamedTuple, TypeVar

from pipeline.errors import PlanFileError
from pipeline.model import values
from pipeline.model.address import Address, Key, sort_key
from pipeline.model.kind import Kind
from pipeline.model.move import Move
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, Resource, State
from pipeline.model.values import Row, Value
from pipeline.plan import impact
from pipeline.plan.change import (
    ACTIONS,
    CAUSES,
    FORMAT,
    HAZARDS,
    VERSION,
    Basis,
    Change,
    FieldChange,
    Hazard,
    Plan,
    Record,
)

_T = TypeVar("_T")

_DIGEST = re.compile(rb'^"digest": "([0-9a-f]{64})",$', re.MULTILINE)
_NO_DIGEST = b"0" * 64
_ROWS = b'\n"rows": {\n'
_ROWS_END = b"\n}}\n"
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError, RecursionError)


class Database(NamedTuple):
    """Which database a plan is for: its name, and its server's own identifier."""

    name: str
    system: str


@dataclass(frozen=True)
class Saved:
    """A plan from a file. `before` gives the rows that it was computed from; they are read only when asked for."""

    plan: Plan
    before: Callable[[], State]


@dataclass(frozen=True)
class PlanFile:
    """Everything in a plan file."""

    database: Database
    saved: tuple[Saved, ...]


def dump(stream: BinaryIO, database: Database, plans: Sequence[tuple[Plan, State]], packs: Mapping[str, Pack]) -> None:
    """Write the file of the plans, each with the state it was computed from. Equal plans give equal bytes."""
    head = f'{{"format": {values.canonical_text(FORMAT)},\n"version": {VERSION},\n"digest": "'.encode()
    made = blake2b(digest_size=32)

    def write(piece: bytes) -> None:
        made.update(piece)
        stream.write(piece)

    write(head)
    write(_NO_DIGEST)
    write(f'",\n"database": {values.canonical_text(database._asdict())},\n"plans": [\n'.encode())
    for number, (plan, before) in enumerate(plans):
        write(b",\n" if number else b"")
        for piece in _plan(plan, before, packs[plan.pack]):
            write(piece.encode())
    write(b"\n]}\n")
    stream.seek(len(head))
    stream.write(made.hexdigest().encode())


def load(content: bytes, packs: Mapping[str, Pack]) -> PlanFile:
    """The plans of a file. Raises PlanFileError where it is none, was edited, or is of another version or pack."""
    found = _DIGEST.search(content[:1000])
    head = content[:1000].decode("utf-8", "replace")
    if not head.startswith(f'{{"format": "{FORMAT}"') or found is None:
        raise PlanFileError("This is not a plan file. `pipeline plan --out FILE` writes one.")
    version = re.search(r'^"version": (\d{1,9}),$', head, re.MULTILINE)
    if version is None or int(version[1]) != VERSION:
        raise PlanFileError(
            f"The plan file is of version {version[1] if version else '?'}, and this tool reads version {VERSION}. "
            "Make a new plan with the tool that shall apply it."
        )
    if _digest([content[: found.start(1)], _NO_DIGEST, content[found.end(1) :]]) != found[1]:
        raise PlanFileError(
            "The plan file was changed after it was written: its digest does not fit its content. Make a new plan."
        )
    try:
        return _file(content, packs)
    except _UNREADABLE as error:
        raise PlanFileError("The plan file cannot be understood. Make a new plan.") from error


def _digest(pieces: Iterable[bytes]) -> bytes:
    made = blake2b(digest_size=32)
    for piece in pieces:
        made.update(piece)
    return made.hexdigest().encode()


def _plan(plan: Plan, before: State, pack: Pack) -> Iterator[str]:
    document = plan.document()
    changes, records = document.pop("changes"), document.pop("records")
    yield values.canonical_text(document)[:-1] + ',\n"changes": [\n'
    yield from _separated(map(_line, changes))
    yield '\n],\n"records": [\n'
    yield from _separated(map(_line, records))
    yield "\n]," + _ROWS.decode()
    for number, kind in enumerate(pack.kinds):
        yield (",\n" if number else "") + f"{values.canonical_text(kind.name)}: [\n"
        yield from _separated(_rows(kind, before[kind.name]))
        yield "\n]"
    yield _ROWS_END.decode().rstrip("\n")


def _separated(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f",\n{line}" if number else line


def _line(content: object) -> str:
    return values.canonical_text(content)


def _rows(kind: Kind, resources: Mapping[Key, Resource]) -> Iterator[str]:
    """Rows as `[key, active, values]`, without the values that are the column's default."""
    defaults: dict[str, Value] = dict.fromkeys(kind.ref) | {field.name: field.default for field in kind.fields}
    for resource in sorted(resources.values(), key=lambda resource: sort_key(resource.address)):
        held = {name: value for name, value in resource.values.items() if value != defaults[name]}
        yield _line([resource.address.key, resource.active, held])


def _file(content: bytes, packs: Mapping[str, Pack]) -> PlanFile:
    parts: list[bytes] = []
    rows: list[bytes] = []
    position = 0
    while (start := content.find(_ROWS, position)) >= 0:
        end = content.index(_ROWS_END[:-1], start)
        parts.append(content[position:start] + b'\n"rows": {}')
        rows.append(b"{" + content[start + len(_ROWS) : end] + b"}")
        position = end + 2
    document = _parsed(b"".join(parts) + content[position:])
    saved = []
    for written, text in zip(document["plans"], rows, strict=True):
        if written["pack"] not in packs:
            known = ", ".join(sorted(packs))
            raise PlanFileError(f"The plan file is for the pack {written['pack']!r}. Known packs: {known}.")
        pack = packs[written["pack"]]
        plan = _read_plan(written, pack)
        if plan.digest != written["digest"]:
            raise PlanFileError("The plan file was written by another version of the tool. Make a new plan.")
        saved.append(Saved(plan, _later(text, pack)))
    return PlanFile(Database(**document["database"]), tuple(saved))


def _parsed(content: bytes) -> Any:
    return json.loads(content, parse_float=Decimal)


def _later(text: bytes, pack: Pack) -> Callable[[], State]:
    def before() -> State:
        stored = _parsed(text)
        return {kind.name: dict(_read_rows(kind, stored[kind.name])) for kind in pack.kinds}

    return before


def _read_rows(kind: Kind, stored: Iterable[Any]) -> Iterator[tuple[Key, Resource]]:
    defaults: dict[str, Value] = dict.fromkeys(kind.ref) | {field.name: field.default for field in kind.fields}
    at = {name: position for position, name in enumerate(defaults)}
    for raw_key, active, held in stored:
        key = values.key(raw_key)
        row = defaults | values.load(held, kind.types)
        yield key, Resource(Address(kind.name, key), Row(at, tuple(row.values())), active)


def _read_plan(written: Mapping[str, Any], pack: Pack) -> Plan:
    summary = written["summary"]
    return Plan(
        pack=pack.name,
        scope=written["scope"],
        kinds=tuple(kind.name for kind in pack.kinds),
        scoped=frozenset(kind.name for kind in pack.kinds if pack.lies_in_scope(kind)),
        changes=tuple(_read_change(change, pack) for change in written["changes"]),
        records=tuple(_read_record(record, pack) for record in written["records"]),
        unchanged=summary["unchanged"],
        unmanaged=summary["unmanaged"],
        basis=Basis(**written["basis"]),
        moves=tuple(
            Move(_one_of(move["kind"], list(pack.kind)), values.key(move["from"]), values.key(move["to"]), Origin(""))
            for move in written.get("moves", ())
        ),
        hazards=tuple(map(_read_hazard, written["hazards"])),
        undoes=written.get("undoes"),
        derived=frozenset(kind.name for kind in pack.kinds if kind.derived),
        impact=impact.read(written["impact"]) if "impact" in written else None,
    )


def _read_change(written: Mapping[str, Any], pack: Pack) -> Change:
    kind = pack.kind[written["kind"]]
    fields = tuple(_read_field(name, item, kind) for name, item in written["fields"].items())
    moved_from = written["moved_from"]
    return Change(
        action=_one_of(written["action"], ACTIONS),
        address=Address(kind.name, _read_key(written["key"], kind)),
        cause=_one_of(written["cause"], CAUSES),
        fields=fields,
        declared=values.load(written["declared"], kind.types),
        active=_is(bool, written["active"]),
        origin=Origin(_is(str, written["file"])) if written["file"] else None,
        line=_is(int, written["line"] or 0),
        moved_from=None if moved_from is None else _read_key(moved_from, kind),
        protected=_is(bool, written["protected"]),
    )


def _read_hazard(written: Mapping[str, Any]) -> Hazard:
    rows = written["rows"]
    notes = tuple(row["note"] for row in rows)
    limit = written["limit"]  # a whole number stays one: the digest tells 30 and 30.0 apart
    return Hazard(
        name=_one_of(written["name"], HAZARDS),
        rows=tuple(Address(row["kind"], values.key(row["key"])) for row in rows),
        kind=written["kind"],
        scope=written["scope"],
        of=_is(int, written["of"]),
        limit=limit if isinstance(limit, int) else float(limit),
        notes=() if None in notes else notes,
        requests=_is(int, written.get("requests", 0)),
        most=_is(int, written.get("most", 0)),
    )


def _read_field(name: str, written: Mapping[str, Any], kind: Kind) -> FieldChange:
    before, after = (values.load({name: written[side]}, kind.types)[name] for side in ("before", "after"))
    return FieldChange(name, before, after, _one_of(written["cause"], CAUSES))


def _read_record(written: Mapping[str, Any], pack: Pack) -> Record:
    kind = pack.kind[written["kind"]]
    address = Address(kind.name, _read_key(written["key"], kind))
    flags = _is(bool, written["active"]), _is(bool, written["protected"])
    return Record(address, values.load(written["declared"], kind.types), *flags)


def _read_key(raw: Any, kind: Kind) -> Key:
    """A natural key with as many parts as the kind has, and keys of other rows just where it refers to them."""
    key = values.key(raw)
    for name, part in zip(kind.key, key, strict=True):
        if isinstance(part, tuple) != (name in kind.ref) and not (part is None and name in kind.ref):
            raise ValueError(f"{part!r} is no {name}")
    return key


def _is(wanted: type[_T], value: object) -> _T:
    if not isinstance(value, wanted):
        raise TypeError(f"{value!r} is no {wanted.__name__}")
    return value


def _one_of(value: object, known: Sequence[_T]) -> _T:
    return known[known.index(value)]
