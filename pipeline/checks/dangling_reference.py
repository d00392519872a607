"""Whatever an entry refers to must be declared."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from pipeline.checks.wording import did_you_mean, listing, mapping_table, quoted, short, where
from pipeline.model.address import Address, Key, path
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, Resource, State

_COMPARISONS = 100_000
"""How many names are compared for hints in one run: past that a catalogue is too broken for hints to help."""

_FEW = 8
"""How many names a hint may list where none is near."""


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per reference that is written, and one per file for what is only implied by the place."""
    neighbours = _Neighbours(desired.state, pack)
    told: set[tuple[Address, str]] = set()
    refs = {kind.name: [(ref, desired.state[ref.to]) for ref in kind.refs] for kind in pack.kinds}
    for resource in desired.resources:
        for ref, targets in refs[resource.address.kind]:
            key = resource.values.get(ref.name)
            if not isinstance(key, tuple) or key in targets:
                continue
            target = Address(ref.to, key)
            missing = _outermost(desired.state, pack, target)
            written = not ref.placed and missing == target
            place = (missing, where(resource).file)
            if written or place not in told:
                yield _finding(resource, ref.name if written else None, missing, neighbours, pack)
            if not written:
                told.add(place)
    yield from _homeless(desired, pack, neighbours, told)


def _homeless(
    desired: Desired, pack: Pack, neighbours: _Neighbours, told: set[tuple[Address, str]]
) -> Iterable[Finding]:
    """One finding per file that has examples of a scope which is not there."""
    for example in desired.examples if pack.scope else ():
        missing = Address(pack.scope, (example.scope,))
        if missing.key not in desired.state[pack.scope] and (missing, example.origin.file) not in told:
            told.add((missing, example.origin.file))
            yield _no_scope(missing, example.origin.file, neighbours)


def _no_scope(missing: Address, file: str, neighbours: _Neighbours) -> Finding:
    """The scope is written once, at the head of the file."""
    message = f"no manifest declares {short(str(missing), 120)}"
    return Finding(message, Origin(file, (missing.kind,)), neighbours.hint(missing))


def _outermost(state: State, pack: Pack, target: Address) -> Address:
    """What is missing first on the way to the target: of an element in no category, the category."""
    kind = pack.kind[target.kind]
    for name, part in zip(kind.key, target.key, strict=False):
        if name in kind.ref and isinstance(part, tuple) and part not in state[kind.ref[name].to]:
            return _outermost(state, pack, Address(kind.ref[name].to, part))
    return target


def _finding(resource: Resource, written: str | None, missing: Address, neighbours: _Neighbours, pack: Pack) -> Finding:
    if missing.kind == pack.scope and not written:
        return _no_scope(missing, where(resource).file, neighbours)
    hint, named, user = neighbours.hint(missing), short(str(missing), 120), short(str(resource.address), 120)
    if written:
        message = f'{user}: "{written}" names {named}, which no manifest declares'
        return Finding(message, where(resource, written), hint)
    table = mapping_table(resource, pack)
    if table:
        place = table if missing.key == resource.address.key[0] else where(resource)
        return Finding(f"the mapping names {named}, which no manifest declares", place, hint)
    return Finding(f"{user} needs {named}, which no manifest declares", where(resource), hint)


class _Neighbours:
    """Where the name of a missing resource could come from. Indexes are made when something is missing."""

    def __init__(self, state: State, pack: Pack) -> None:
        self._state = state
        self._pack = pack
        self._left = _COMPARISONS
        self._scopes = cache(self._index)

    def _index(self, kind: str) -> tuple[dict[Key, list[str]], dict[str, list[Key]]]:
        codes: dict[Key, list[str]] = {}
        scopes: dict[str, list[Key]] = {}
        for key in self._state[kind]:
            code = path(key[-1:])[-1]
            codes.setdefault(key[:-1], []).append(code)
            scopes.setdefault(code, []).append(key[:-1])
        return codes, scopes

    def hint(self, missing: Address) -> str:
        """The nearest name in the same scope, or the other scopes that have this one."""
        codes, scopes = self._scopes(missing.kind)
        code, candidates = path(missing.key)[-1], codes.get(missing.key[:-1], [])
        self._left -= len(candidates)
        near = did_you_mean(code, candidates) if self._left >= 0 else ""
        if near:
            return near
        if code in scopes:
            kind = self._pack.kind[missing.kind]
            return f"{quoted(code)} exists in {listing([_scope(kind, scope) for scope in scopes[code]])}"
        return f"known: {listing([quoted(known) for known in candidates])}" if 0 < len(candidates) <= _FEW else ""


def _scope(kind: Kind, scope: Key) -> str:
    ref, part = kind.ref.get(kind.key[0]), scope[0]
    if ref and isinstance(part, tuple):
        return str(Address(ref.to, part))
    return part if isinstance(part, str) else f"no {kind.key[0]}"


RULE = Rule("dangling-reference", "error", "Whatever an entry refers to is declared.", check)
