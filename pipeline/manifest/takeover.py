"""What others changed in the database -> changes to the manifests, as far as these can say it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from pipeline.manifest import full_reference
from pipeline.manifest.document import Document
from pipeline.manifest.edit import Edit, UneditableError, edited
from pipeline.manifest.load import understood
from pipeline.manifest.locate import lines
from pipeline.manifest.mapping import GROUPS, INCLUDES
from pipeline.manifest.sayable import Form
from pipeline.manifest.schema import links
from pipeline.manifest.writing import plain
from pipeline.model.address import Address
from pipeline.model.deviation import Deviation
from pipeline.model.kind import Kind, Status
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, State

_BY_HAND = {
    "conflict": "{name} was changed both in the manifests and outside them since the last apply: write what is right",
    "vanished": "its row is gone: remove the entry, or the next apply creates the row again",
    "revived": "the manifests retired it, and somebody made it active again: write its entry again, or the next apply "
    "retires it once more",
}


class Taken(NamedTuple):
    """A deviation that the manifests say now, and where."""

    deviation: Deviation
    file: str
    line: int


class Left(NamedTuple):
    """A deviation that a person has to deal with: the place (line 0 for none), and what is to be done."""

    address: Address
    file: str
    line: int
    message: str


class Takeover(NamedTuple):
    """New sources of files, with the documents they replace, what they say now, and what is left to people."""

    sources: list[tuple[Document, bytes]]
    taken: list[Taken]
    left: list[Left]


class _Unsayable(Exception):  # noqa: N818 - never leaves this module
    """The manifests cannot say this by a change of one value; the message says what a person can do."""


@dataclass
class _Work:
    """The documents to change and what is known of the rows."""

    pack: Pack
    schema: Mapping[str, Any]
    desired: State
    current: State
    data: dict[str, Document]
    edits: dict[str, dict[tuple[str | int, ...], Edit]] = field(default_factory=lambda: defaultdict(dict))
    forms: dict[str, Form] = field(default_factory=dict)

    def form(self, definition: str) -> Form:
        """The form of one definition of the schema."""
        if definition not in self.forms:
            self.forms[definition] = Form(self.schema, definition)
        return self.forms[definition]

    @cached_property
    def made(self) -> dict[Origin, list[Address]]:
        """The resources that each entry makes."""
        found: dict[Origin, list[Address]] = defaultdict(list)
        for resources in self.desired.values():
            for resource in resources.values():
                if resource.origin:
                    found[resource.origin].append(resource.address)
        return found


def takeover(
    pack: Pack,
    schema: Mapping[str, Any],
    documents: Sequence[Document],
    deviations: Iterable[Deviation],
    desired: State,
    current: State,
) -> Takeover:
    """Change manifests so that they say what stands in the database where only the database was changed."""
    found = list(deviations)
    packs = {pack.name: pack.version}
    used = {one.origin.file for one in found if one.origin}
    texts = {one.file: one.content().decode("utf-8-sig") for one in documents if one.file in used}
    read = {one.file: one for one in understood(texts, packs)[0]}
    data = {one.file: replace(read[one.file], source=one.content()) for one in documents if one.file in used}
    work = _Work(pack, schema, desired, current, data)
    taken, left = [], []
    for deviation in found:
        try:
            _take(work, deviation)
            taken.append(deviation)
        except _Unsayable as reason:
            left.append((deviation, str(reason)))
    new: dict[str, bytes] = {}
    for name, edits in work.edits.items():
        try:
            new[name] = edited(work.data[name], edits.values(), packs)
        except UneditableError as reason:
            left += [(one, _manual(one, str(reason))) for one in taken if one.origin and one.origin.file == name]
    taken = [one for one in taken if one.origin and one.origin.file in new]
    return _placed(work, new, taken, left)


def _placed(work: _Work, new: dict[str, bytes], taken: list[Deviation], left: list[tuple[Deviation, str]]) -> Takeover:
    """The outcome with its lines, as they are in the new files."""
    documents = [replace(one, source=new.get(name, one.source)) for name, one in work.data.items()]
    places = {one: _place(work, one) for one in [*taken, *(deviation for deviation, _ in left)]}
    at = lines(documents, [place for place in places.values() if place])

    def place(one: Deviation) -> tuple[str, int]:
        origin = places[one]
        return (origin.file, at[origin]) if origin else ("", 0)

    return Takeover(
        [(work.data[name], source) for name, source in new.items()],
        [Taken(one, *place(one)) for one in taken],
        [Left(one.address, *place(one), message) for one, message in left],
    )


def _place(work: _Work, deviation: Deviation) -> Origin | None:
    origin = deviation.origin
    if origin is None or not deviation.name or _is_mapped(work.pack, deviation.address.kind):
        return origin
    return origin.at(deviation.name)


def _manual(deviation: Deviation, reason: str) -> str:
    return f"{deviation.name} was changed outside the manifests, but {reason}: write it by hand, or apply takes it back"


def _made(deviation: Deviation) -> str:
    return "made active" if deviation.held else "retired"


def _take(work: _Work, deviation: Deviation) -> None:
    """Note the edit that makes the manifests say it, or raise _Unsayable."""
    if deviation.sort in _BY_HAND or deviation.origin is None:
        raise _Unsayable(_BY_HAND[deviation.sort].format(name=deviation.name))
    if _is_mapped(work.pack, deviation.address.kind):
        _take_mapped(work, deviation, deviation.origin)
    elif deviation.sort == "active":
        _take_liveness(work, deviation, deviation.origin)
    else:
        _take_field(work, deviation, deviation.origin)


def _note(work: _Work, file: str, edit: Edit) -> None:
    work.edits[file][edit.path] = edit


def _entry(work: _Work, origin: Origin) -> Any:
    """What stands at the place, with the edits noted so far."""
    edit = work.edits[origin.file].get(origin.path)
    if edit:
        return edit.value
    found: Any = work.data[origin.file].data
    for step in origin.path:
        found = found[step]
    return found


def _take_field(work: _Work, deviation: Deviation, origin: Origin) -> None:
    pack, kind, name = work.pack, work.pack.kind[deviation.address.kind], deviation.name
    if name in kind.ref and kind.ref[name].placed:
        raise _Unsayable(f"it belongs to another {kind.ref[name].to} now: move its entry there, or apply takes it back")
    if name in kind.unwritten:
        if isinstance(kind.retire, Status) and _switched(work, deviation.address):
            return  # `active` says it
        raise _Unsayable(f"{name} follows from what the manifests say: correct the row, or the next apply does")
    if name not in _entry(work, origin):
        raise _Unsayable(
            f"{name} is declared no more and was changed outside the manifests: declare it again to keep the value, "
            "or apply puts the default in its place"
        )
    default = kind.field[name].default if name in kind.field else None
    value = _written(pack, kind, deviation)
    if value is None and default is None:
        _note(work, origin.file, Edit((*origin.path, name), None))
        return
    target = deviation.held
    if name in kind.ref and isinstance(target, tuple):
        if target not in work.desired[kind.ref[name].to]:
            raise _Unsayable(_manual(deviation, f"{Address(kind.ref[name].to, target)} is in no manifest"))
        said = deviation.said
        if isinstance(said, tuple) and said[:-1] != target[:-1] and not kind.ref[name].full:
            raise _Unsayable(_manual(deviation, f"{Address(kind.ref[name].to, target)} lies elsewhere"))
    _require_sayable(work.form(_definition(pack, kind, origin)), name, value)
    _note(work, origin.file, Edit((*origin.path, name), value))


def _switched(work: _Work, address: Address) -> bool:
    """Whether the row is not as active as the manifests say."""
    row = work.current[address.kind].get(address.key)
    return row is not None and row.active != work.desired[address.kind][address.key].active


def _written(pack: Pack, kind: Kind, deviation: Deviation) -> Any:
    """What the row holds, as manifests write it; None for nothing."""
    ref = kind.ref.get(deviation.name)
    if ref is not None and ref.full and isinstance(deviation.held, tuple):
        return full_reference.table(pack, ref, deviation.held)
    return None if deviation.held is None else plain(deviation.held)


def _require_sayable(form: Form, name: str, value: Any) -> None:
    fault = form.fault(name, value)
    if fault:
        raise _Unsayable(f"{name} holds what no manifest can say ({fault}): correct the row, or the next apply does")


def _definition(pack: Pack, kind: Kind, origin: Origin) -> str:
    """What the schema calls the entry at the place; a row that another kind's entry makes is of that one's form."""
    owner = pack.kind[kind.along] if kind.along else kind
    above = [step for step in origin.path[:-2] if isinstance(step, str)]
    nest = next((one for one in pack.kinds if above and one.section == above[-1]), None)
    linked = nest is not None and links(pack, owner, nest)
    return f"{nest.name}.{owner.name}" if nest and linked else owner.name


def _take_liveness(work: _Work, deviation: Deviation, origin: Origin) -> None:
    """`active` of an entry, if all the rows it makes agree."""
    for address in work.made[origin]:
        row = work.current[address.kind].get(address.key)
        if row is None or row.active != deviation.held:
            raise _Unsayable(
                f"it was {_made(deviation)} outside the manifests, but {address}, which the same entry makes, was not: "
                "make both alike in the database, or the next apply takes it back"
            )
    _note(work, origin.file, Edit((*origin.path, "active"), deviation.held))


def _is_mapped(pack: Pack, kind: str) -> bool:
    return any(kind in (mapping.member, mapping.include) for mapping in pack.mappings)


def _take_mapped(work: _Work, deviation: Deviation, origin: Origin) -> None:
    """A row that a list of a mapping makes. What many rows share is for people to change."""
    if origin.path[0] == GROUPS:
        what = "it was retired" if deviation.sort == "active" else f"{deviation.name} was changed"
        raise _Unsayable(
            f"{what} outside the manifests, and stands in the group {origin.path[1]}, which others may share: "
            "change the group or name it apart from it, or the next apply takes it back"
        )
    if deviation.sort == "active":
        _note(work, origin.file, Edit(origin.path, None))
        return
    kind, name = work.pack.kind[deviation.address.kind], deviation.name
    if origin.path[-2] == INCLUDES:
        raise _Unsayable(_manual(deviation, "a list of what is included says no more than that"))
    item = _entry(work, origin)
    if item is None:
        return  # the row is retired, so it is listed no more and its limits do not matter
    word = work.pack.kind[kind.ref[kind.code].to].name
    new = dict(item) if isinstance(item, dict) else {word: item}
    if deviation.held is None:
        table = _entry(work, Origin(origin.file, origin.path[:2]))
        if name in table:
            raise _Unsayable(_manual(deviation, f"{name} is written once for the whole table"))
        new.pop(name, None)
    else:
        subject = next(one.subject for one in work.pack.mappings if one.member == kind.name)
        new[name] = plain(deviation.held)
        _require_sayable(work.form(f"{subject}.mapping"), name, new[name])
    _note(work, origin.file, Edit(origin.path, new if len(new) > 1 else new[word]))
