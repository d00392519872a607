"""Plans as the page shows them: what the templates walk through."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from pipeline.plan.change import ACTIONS, CAUSES, Action, Cause, Hazard, Plan
from pipeline.render import hazards, outline, text
from pipeline.render.address import shown, steps
from pipeline.render.escape import one_line
from pipeline.render.html import value
from pipeline.render.html.impact import ImpactView, impact_view

CAUSE_WORDS: dict[Cause, str] = outline.CAUSES | {"manifest": "changed in the manifests"}


class HazardView(NamedTuple):
    """A hazard: what it is, the flag that allows it, and its rows with what is said of each."""

    name: str
    sentence: str
    flag: str
    rows: tuple[tuple[str, str], ...]


class ChangeView(NamedTuple):
    """A change: `path` within its scope and kind, why the row as a whole changes, and its fields."""

    action: Action
    glyph: str
    path: str
    old: str
    place: str
    remark: str
    causes: str
    rows: tuple[value.Row, ...]


class KindView(NamedTuple):
    """The changes of a kind in a scope."""

    name: str
    changes: tuple[ChangeView, ...]


class ScopeView(NamedTuple):
    """The changes of a scope; `anchor` is where in the page they start."""

    anchor: str
    title: str
    counts: str
    kinds: tuple[KindView, ...]


class PageView(NamedTuple):
    """The whole page. `actions`, `kinds` and `causes` are those that occur."""

    title: str
    summaries: tuple[tuple[str, str], ...]
    hazards: tuple[tuple[str, tuple[HazardView, ...]], ...]
    impacts: tuple[ImpactView, ...]
    scopes: tuple[ScopeView, ...]
    total: int
    actions: tuple[Action, ...]
    kinds: tuple[str, ...]
    causes: tuple[tuple[Cause, str], ...]
    digests: tuple[tuple[str, str], ...]


def page(plans: Sequence[Plan]) -> PageView:
    """The plans, one below the other."""
    changes = [change for plan in plans for change in plan.changes]
    causes = {cause for change in changes for cause in (change.cause, *(field.cause for field in change.fields))}
    actions = {change.action for change in changes}
    kinds = {change.address.kind for change in changes}
    numbered = enumerate(((plan, group) for plan in plans for group in outline.groups(plan)), 1)
    return PageView(
        title=f"Plan for {', '.join(one_line(plan.pack) for plan in plans) or 'nothing'}",
        summaries=tuple((one_line(plan.pack), text.summary(plan)) for plan in plans),
        hazards=tuple((one_line(plan.pack), _hazards(plan)) for plan in plans if plan.hazards),
        impacts=tuple(impact_view(one_line(plan.pack), plan.impact) for plan in plans if plan.impact is not None),
        scopes=tuple(_scope(number, plan, group) for number, (plan, group) in numbered),
        total=len(changes),
        actions=tuple(action for action in ACTIONS if action in actions),
        kinds=tuple(dict.fromkeys(one_line(name) for plan in plans for name in plan.kinds if name in kinds)),
        causes=tuple((cause, CAUSE_WORDS[cause]) for cause in CAUSES if cause in causes),
        digests=tuple((one_line(plan.pack), plan.digest) for plan in plans),
    )


def _hazards(plan: Plan) -> tuple[HazardView, ...]:
    return tuple(
        HazardView(
            hazard.name,
            _sentence(hazard),
            one_line(f"--allow {plan.needs(hazard)}"),
            tuple(_rows(hazard)),
        )
        for hazard in plan.hazards
    )


def _sentence(hazard: Hazard) -> str:
    said = one_line(hazards.sentence(hazard))
    return said[0].upper() + said[1:]


def _rows(hazard: Hazard) -> list[tuple[str, str]]:
    notes = hazard.notes or ("",) * len(hazard.rows)
    return [(shown(row), one_line(note)) for row, note in zip(hazard.rows, notes, strict=True)]


def _scope(number: int, plan: Plan, group: outline.Group) -> ScopeView:
    count = {action: sum(entry.change.action == action for entry in group.entries) for action in ACTIONS}
    title = plan.pack + (f" · {group.scope}" if group.scope else "")
    kinds = groupby(group.entries, lambda entry: entry.change.address.kind)
    return ScopeView(
        f"group-{number}",
        one_line(title),
        ", ".join(text.planned(count)),
        tuple(KindView(one_line(name), tuple(_change(plan, entry) for entry in within)) for name, within in kinds),
    )


def _change(plan: Plan, entry: outline.Entry) -> ChangeView:
    change = entry.change
    causes = {change.cause, *(field.cause for field in change.fields)}
    rows = value.declared(change) if change.action == "create" else value.changed(change, outline.causes(plan))
    return ChangeView(
        action=change.action,
        glyph=outline.GLYPHS[change.action],
        path=steps(entry.steps),
        old=steps(entry.old),
        place=one_line(entry.place),
        remark=entry.remark,
        causes=" ".join(cause for cause in CAUSES if cause in causes),
        rows=tuple(rows),
    )
