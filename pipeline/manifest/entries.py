"""Rows -> entries: where in manifests each row would stand, and what its entry would say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from pipeline.manifest import full_reference
from pipeline.manifest.resolve import near, placed_refs
from pipeline.manifest.sayable import Form
from pipeline.manifest.schema import links
from pipeline.manifest.standing import retired_by_others
from pipeline.manifest.writing import plain
from pipeline.model.address import Address, Key, root, sort_key
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource, State


@dataclass(eq=False)
class Entry:
    """An entry to write: what it says by key, and the entries nested in it by section.

    `around` are the resources it lies in, and itself, by kind; `scope` is what its file says of its scope.
    """

    kind: Kind
    key: Key
    scope: str | None
    around: Mapping[str, Key | None]
    form: Form
    content: dict[str, Any]
    nested: dict[str, list[Entry]] = field(default_factory=dict)

    def said(self) -> Iterator[tuple[str, Any]]:
        """What it says, in the order of its schema."""
        return iter(sorted(self.content.items(), key=lambda item: self.form.order[item[0]]))


class Unsaid(NamedTuple):
    """Why rows have no entry, by address, and why fields or references are left out, by address and name."""

    rows: dict[Address, str]
    fields: dict[tuple[Address, str], str]


class _Place(NamedTuple):
    """Where an entry can stand: nested in another, or in no other."""

    nest: Entry | None
    scope: str | None
    around: Mapping[str, Key | None]


class Entries:
    """The entries of a pack's rows. `top` are those that are nested in no other, in the order of their addresses.

    Rows of mappings and of kinds written along with others have none of their own.
    """

    def __init__(
        self, pack: Pack, schema: Mapping[str, Any], state: State, protected: frozenset[Address], scope: str | None
    ) -> None:
        self.top: list[Entry] = []
        self.by_address: dict[Address, Entry] = {}
        self.unsaid = Unsaid({}, {})
        self._pack, self._schema, self._state, self._protected = pack, schema, state, protected
        self._forms: dict[str, Form] = {}
        self._replaced = retired_by_others(pack, state)
        kinds = [
            kind
            for kind in pack.kinds
            if kind.along is None and kind.name not in self._mapped and pack.is_written(kind)
        ]
        for kind in kinds:
            for resource in sorted(covered(pack, kind, state, scope), key=lambda one: sort_key(one.address)):
                self._add(kind, resource)
        for kind in kinds:
            for ref in kind.refs:
                if not ref.placed:
                    self._refer(kind, ref.name)

    def form(self, definition: str) -> Form:
        """The form of one definition of the schema."""
        if definition not in self._forms:
            self._forms[definition] = Form(self._schema, definition)
        return self._forms[definition]

    def listed(self, subject: Kind, other: Kind) -> Form:
        """The form of what a mapping lists one by one, with the limits of its own."""
        lists = self._schema["definitions"][f"{subject.name}.mapping"]["properties"]
        return Form({"definitions": {other.name: lists[other.section]["items"]}}, other.name)

    @cached_property
    def _mapped(self) -> frozenset[str]:
        return frozenset(name for mapping in self._pack.mappings for name in (mapping.member, mapping.include))

    def _add(self, kind: Kind, resource: Resource) -> None:
        place = self._place(kind, resource)
        if isinstance(place, str):
            self.unsaid.rows[resource.address] = place
            return
        nest = place.nest.kind if place.nest else None
        around = {**place.around, kind.name: resource.address.key}
        along = self._links(kind, nest, around)
        form = self.form(f"{nest.name}.{kind.name}" if nest and links(self._pack, kind, nest) else kind.name)
        content, owners = _content(kind, resource)
        for link, row in along:
            more, more_owners = _content(link, row)
            content |= more
            owners |= more_owners
        if not resource.active and resource.address not in self._replaced:
            content["active"] = False
        if resource.address in self._protected:
            content["protected"] = True
        faults = form.faults(content)
        if vital := sorted(faults.keys() & form.required):
            self.unsaid.rows[resource.address] = "; ".join(f"{name}: {faults[name]}" for name in vital)
            return
        for name, fault in faults.items():
            del content[name]
            self.unsaid.fields[owners[name], name] = fault
        entry = Entry(kind, resource.address.key, place.scope, around, form, content)
        self.by_address[resource.address] = entry
        (place.nest.nested.setdefault(kind.section, []) if place.nest else self.top).append(entry)

    def _place(self, kind: Kind, resource: Resource) -> _Place | str:
        """Where the row's entry stands, or why it can stand nowhere."""
        pack, key = self._pack, resource.address.key
        scope = root(key) if pack.lies_in_scope(kind) and kind.name != pack.scope else None
        home = Address(pack.scope, (scope,))
        if scope is not None and home not in self.by_address:
            return f"{home}, in which it lies, is left out too"
        left_out = ""
        for ref in kind.refs:
            above = resource.values[ref.name]
            if not ref.placed or not isinstance(above, tuple) or kind.name not in pack.kind[ref.to].children:
                continue
            nest = self.by_address.get(Address(ref.to, above))
            if nest is None:
                left_out = f"{Address(ref.to, above)}, to which it belongs, is left out too"
            elif _fits(kind, resource, nest.around, ref.to):
                return _Place(nest, nest.scope, nest.around)
        around: dict[str, Key | None] = {} if scope is None else {pack.scope: (scope,)}
        if kind in pack.top_level() and _fits(kind, resource, around, pack.scope):
            return _Place(None, scope, around)
        return left_out or "what it refers to lies in different places, so there is no place for its entry"

    def _links(self, kind: Kind, nest: Kind | None, inner: Mapping[str, Key | None]) -> list[tuple[Kind, Resource]]:
        """The rows that the entry makes along with its own, as they stand in the tables."""
        found = []
        for link in links(self._pack, kind, nest) if nest else ():
            refs = placed_refs(link, dict(inner), nest.name) if nest else {}
            row = self._state[link.name].get(tuple(refs[part] for part in link.key))  # type: ignore[misc]
            if row is not None:
                found.append((link, row))
        return found

    def _refer(self, kind: Kind, name: str) -> None:
        """Let the entries of a kind say the codes of what they refer to, where they can."""
        ref = kind.ref[name]
        target = self._pack.kind[ref.to]
        for key, resource in self._state[kind.name].items():
            entry = self.by_address.get(resource.address)
            value = resource.values[name]
            if entry is None or not isinstance(value, tuple):
                continue
            home = tuple(near(target, part, resource.values, entry.around) for part in target.key[:-1])
            said: Any = full_reference.table(self._pack, ref, value) if ref.full else value[-1]
            if (root(value) != entry.scope) if ref.full else (value[:-1] != home):
                fault: str | None = f"{Address(ref.to, value)} lies elsewhere, and entries name only what is near"
            elif Address(ref.to, value) not in self.by_address and not kind.derived:
                fault = f"{Address(ref.to, value)} is left out too"
            else:
                fault = entry.form.fault(name, said)
            if fault:
                self.unsaid.fields[Address(kind.name, key), name] = fault
            else:
                entry.content[name] = said


def covered(pack: Pack, kind: Kind, state: State, scope: str | None) -> Iterable[Resource]:
    """The rows of a kind that lie in the scope; all where there is none."""
    if scope is None:
        return state[kind.name].values()
    if not pack.lies_in_scope(kind):
        return ()
    return [resource for key, resource in state[kind.name].items() if root(key) == scope]


def _fits(kind: Kind, resource: Resource, around: Mapping[str, Key | None], place: str) -> bool:
    """Whether an entry at this place would refer to what the row refers to."""
    found = placed_refs(kind, dict(around), place)
    return all(resource.values[name] == value for name, value in found.items())


def _content(kind: Kind, resource: Resource) -> tuple[dict[str, Any], dict[str, Address]]:
    """The values to write, and whose they are: all but the defaults, which a new row gets by itself."""
    content = {
        field.name: plain(resource.values[field.name])
        for field in kind.fields
        if field.name not in kind.unwritten
        and (field.required or field.name == kind.code or resource.values[field.name] != field.default)
    }
    if kind.code in kind.ref and not kind.ref[kind.code].placed:
        content[kind.code] = plain(resource.values[kind.code])
    return content, dict.fromkeys(content, resource.address)
