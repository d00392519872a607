"""Tables of groups -> one resource per row of a many-to-many kind (see `model.kind.Mapping`)."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, NamedTuple

from pipeline.manifest import canonical
from pipeline.manifest.document import Document
from pipeline.model.address import Address, Key
from pipeline.model.diagnostic import Diagnostic
from pipeline.model.kind import Kind, Mapping
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, Resource
from pipeline.model.values import Declared

GROUPS = "groups"
INCLUDES = "includes"
PROTECTED = "protected"


class _Member(NamedTuple):
    """One member of one subject: its code, the limits (and the guard) written for it, and where."""

    code: str
    limits: dict[str, Any]
    origin: Origin


def read(
    pack: Pack, mapping: Mapping, document: Document, scope: Key | None
) -> tuple[list[Resource], list[Diagnostic]]:
    """The rows that the mapping of one document makes, and what is wrong with its groups."""
    subject, member = pack.kind[mapping.subject], pack.kind[mapping.member]
    include = pack.kind[mapping.include]
    resources: list[Resource] = []
    diagnostics: list[Diagnostic] = []
    for code, table in document.data[subject.section].items():
        origin = Origin(document.file, (subject.section, code))
        if scope is None:
            return [], [_missing_scope(pack, subject, origin)]
        if not isinstance(table, dict):
            continue
        owner = (scope, code)
        for found in _members(pack, mapping, document, table, origin, diagnostics):
            resources.append(_row(member, owner, (scope, found.code), found.limits, found.origin))
        for index, other in enumerate(_list(table, INCLUDES)):
            if isinstance(other, str):
                guard = {PROTECTED: table.get(PROTECTED)}
                resources.append(_row(include, owner, (scope, other), guard, origin.at(INCLUDES, index)))
    return resources, diagnostics


def _missing_scope(pack: Pack, subject: Kind, origin: Origin) -> Diagnostic:
    message = f"a mapping of {subject.section} belongs to a {pack.scope}, and this file does not say which"
    hint = f'write {pack.scope} = "…" at the top of the file, before the first section'
    return Diagnostic(f"missing-{pack.scope}", "error", message, origin, hint)


def _row(kind: Kind, owner: Key, other: Key, limits: dict[str, Any], origin: Origin) -> Resource:
    fields = {name: value for name, value in limits.items() if name != PROTECTED}
    values = Declared({kind.key[0]: owner, kind.key[1]: other, **fields})
    return Resource(Address(kind.name, (owner, other)), values, True, origin, limits.get(PROTECTED) is True)


def _members(
    pack: Pack,
    mapping: Mapping,
    document: Document,
    table: dict[str, Any],
    origin: Origin,
    diagnostics: list[Diagnostic],
) -> Iterator[_Member]:
    """The members of one subject: those of its groups, then those named one by one."""
    member = pack.kind[mapping.member]
    other = pack.kind[member.ref[member.code].to]
    common = _limits(member, table, origin, diagnostics)
    groups = document.data.get(GROUPS)
    groups = groups if isinstance(groups, dict) else {}
    for index, item in enumerate(_list(table, GROUPS)):
        name, limits = _item(member, "group", item, origin.at(GROUPS, index), diagnostics)
        group = groups.get(name)
        if isinstance(group, list):
            limits |= {mapping.group: name} if mapping.group else {}
            for at, code in enumerate(group):
                if isinstance(code, str):
                    yield _Member(code, common | limits, Origin(document.file, (GROUPS, name, at)))
        elif name:
            diagnostics.append(_unknown_group(name, groups, origin.at(GROUPS, index)))
    for index, item in enumerate(_list(table, other.section)):
        code, limits = _item(member, other.name, item, origin.at(other.section, index), diagnostics)
        if code:
            yield _Member(code, common | limits, origin.at(other.section, index))


def _item(
    member: Kind, word: str, item: object, origin: Origin, diagnostics: list[Diagnostic]
) -> tuple[str, dict[str, Any]]:
    """A listed name with its own limits: plain text, or a table such as `{ group = "base", max_quantity = 1 }`."""
    if isinstance(item, dict):
        name = item.get(word)
        return (name if isinstance(name, str) else ""), _limits(member, item, origin, diagnostics)
    return (item if isinstance(item, str) else ""), {}


def _limits(member: Kind, table: dict[str, Any], origin: Origin, diagnostics: list[Diagnostic]) -> dict[str, Any]:
    """The fields of the member that a table names, in canonical form, and whether its rows are protected."""
    limits = {PROTECTED: table[PROTECTED]} if PROTECTED in table else {}
    for name, value in table.items():
        if name in member.field:
            diagnostics += canonical.add(member.field[name], value, origin.at(name), limits)
    return limits


def _unknown_group(name: str, groups: dict[str, Any], origin: Origin) -> Diagnostic:
    close = difflib.get_close_matches(name, groups, n=1)
    hint = f"did you mean {close[0]}?" if close else f"define it under [{GROUPS}] in this file"
    return Diagnostic("unknown-group", "error", f"there is no group {name!r} in this file", origin, hint)


def _list(table: dict[str, Any], name: str) -> list[Any]:
    value = table.get(name)
    return value if isinstance(value, list) else []
