"""Rows of a many-to-many kind -> the tables and groups of a mapping: the way back from `mapping`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from pipeline.manifest.mapping import GROUPS, INCLUDES
from pipeline.manifest.writing import key, statement
from pipeline.model.values import json

Limits: TypeAlias = dict[str, Any]
_FEW = 4


class Row(NamedTuple):
    """What one row says: which subject includes which member, the limits that hold for it, and the group it came by."""

    subject: str
    member: str
    limits: Limits
    group: str = ""


class Words(NamedTuple):
    """What a mapping's tables are called in manifests: their section, and the list and word for a member.

    `group` is the key by which a member that is listed by itself says its group; empty where rows know of none.
    """

    section: str
    members: str
    member: str
    group: str = ""


def tables(words: Words, rows: Iterable[Row], includes: Mapping[str, list[str]]) -> str:
    """The TOML text of a mapping. Members that several subjects hold alike stand in a group, written once.

    Rows that know their group stand in it, or beside it where one subject has other members of it than another; for
    them a group of any other name would say something else.
    """
    rows = list(rows)
    common, own = _own_limits(rows)
    if words.group:
        belongs = {(row.subject, row.member): row.group for row in rows if row.group}
        groups = _known_groups(own, belongs)
    else:
        groups = _groups(own)
        grouped = {code: group for group, codes in groups.items() for code in codes}
        belongs = {(subject, one): grouped[one] for subject, held in own.items() for one in held if one in grouped}
    lines = [f"[{GROUPS}]"] if groups else []
    lines += [statement(group, codes) for group, codes in groups.items()]
    for subject in sorted(own.keys() | includes.keys()):
        lines += ["", f"[{key(words.section)}.{key(subject)}]"]
        used, single = _split(words.group, groups, _by_group(subject, own.get(subject, {}), belongs))
        if used:
            lines.append(statement(GROUPS, _listed("group", used)))
        if single:
            lines.append(statement(words.members, _listed(words.member, single)))
        if includes.get(subject):
            lines.append(statement(INCLUDES, sorted(includes[subject])))
        lines += [statement(name, value) for name, value in common.get(subject, {}).items()]
    return "\n".join(lines).lstrip("\n") + "\n"


def _own_limits(rows: list[Row]) -> tuple[dict[str, Limits], dict[str, dict[str, Limits]]]:
    """For each subject the limits that are written once for all its members, and what each member has besides."""
    held: dict[str, dict[str, Limits]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: (row.subject, row.member)):
        held[row.subject][row.member] = row.limits
    common = {subject: _common(list(members.values())) for subject, members in held.items()}
    own = {
        subject: {
            member: {name: value for name, value in limits.items() if not _same(common[subject].get(name), value)}
            for member, limits in members.items()
        }
        for subject, members in held.items()
    }
    return common, own


def _common(limits: list[Limits]) -> Limits:
    """The value that most members share, of each limit that every one of them has: none can do without it then."""
    shared = [name for name in limits[0] if all(name in one for one in limits)]
    found = {}
    for name in shared:
        values = {json(one[name]): one[name] for one in limits}
        counts = Counter(json(one[name]) for one in limits)
        found[name] = values[min(counts, key=lambda text: (-counts[text], text))]
    return found


def _same(one: Any, other: Any) -> bool:
    return one is not None and json(one) == json(other)


def _by_group(
    subject: str, held: Mapping[str, Limits], belongs: Mapping[tuple[str, str], str]
) -> dict[str, dict[str, Limits]]:
    """The members of a subject with their limits by group; those of none under the empty name."""
    found: dict[str, dict[str, Limits]] = defaultdict(dict)
    for member, limits in held.items():
        found[belongs.get((subject, member), "")][member] = limits
    return found


def _split(
    word: str, groups: Mapping[str, list[str]], held: Mapping[str, dict[str, Limits]]
) -> tuple[dict[str, Limits], dict[str, Limits]]:
    """The groups that a subject holds as they are, and the members that it lists; both with their limits.

    A member that is listed though it belongs to a group says so, by the word for it.
    """
    used: dict[str, Limits] = {}
    single = dict(held.get("", {}))
    for group, members in held.items():
        if sorted(members) == groups.get(group) and _alike(members):
            used[group] = next(iter(members.values()))
        elif group:
            single |= {member: limits | ({word: group} if word else {}) for member, limits in members.items()}
    return used, single


def _alike(members: Mapping[str, Limits]) -> bool:
    return len({json(limits) for limits in members.values()}) == 1


def _known_groups(
    own: Mapping[str, Mapping[str, Limits]], belongs: Mapping[tuple[str, str], str]
) -> dict[str, list[str]]:
    """The groups that rows say they came by, each with the members that most subjects hold of it all alike."""
    held: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for subject, limited in own.items():
        for group, members in _by_group(subject, limited, belongs).items():
            if group and _alike(members):
                held[group][tuple(sorted(members))] += 1
    found = {}
    for group in sorted(held):
        most = min((-number, members) for members, number in held[group].items())
        found[group] = list(most[1])
    return found


def _groups(own: Mapping[str, Mapping[str, Limits]]) -> dict[str, list[str]]:
    """Members that are held by the same subjects with the same limits, named after those subjects.

    Only what would else be written several times is worth a group: two members and two subjects at least.
    """
    held: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for subject, limited in own.items():
        for member, limits in limited.items():
            held[member].append((subject, json(limits)))
    alike: dict[tuple[tuple[str, str], ...], list[str]] = defaultdict(list)
    for member in sorted(held):
        alike[tuple(sorted(held[member]))].append(member)
    groups: dict[str, list[str]] = {}
    worth = [([subject for subject, _ in by], them) for by, them in alike.items() if len(by) > 1 < len(them)]
    for holders, members in sorted(worth):
        groups[_name(holders, groups)] = members
    return groups


def _name(subjects: list[str], taken: Mapping[str, Any]) -> str:
    name = "_".join(subjects) if len(subjects) <= _FEW else f"{subjects[0]}_and_{len(subjects) - 1}_more"
    number = 1
    while (found := name if number == 1 else f"{name}_{number}") in taken:
        number += 1
    return found


def _listed(word: str, items: Mapping[str, Limits]) -> list[str | Limits]:
    """A list of names, those with limits of their own as tables."""
    return [{word: name, **limits} if limits else name for name, limits in sorted(items.items())]
