"""Plans as people read them in a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal, TypeAlias

from pipeline.model.address import path
from pipeline.model.moments import Moment
from pipeline.model.values import Json, Value
from pipeline.plan.allowance import Allowance
from pipeline.plan.change import Action, Cause, Change, FieldChange, Plan
from pipeline.render import hazards, impact, inside_json, outline
from pipeline.render.address import steps as shown_steps
from pipeline.render.escape import one_line, width
from pipeline.render.outline import GLYPHS

Style: TypeAlias = Literal["create", "update", "move", "reactivate", "deactivate", "head", "faint", "cause"]
Paint: TypeAlias = Callable[[Style, str], str]
"""Dresses a piece of text for where it is shown."""

VALUE_LIMIT = 60
DERIVED_LIMIT = 400
"""How much is shown of a value that no manifest says: who reads the plan can read it nowhere else."""
LEAD = 20
"""How much of two long texts is shown before the place where they part."""
PLACE_COLUMN = 44
_WORDS: dict[Action, str] = {
    "create": "to create",
    "update": "to update",
    "move": "to move",
    "reactivate": "to reactivate",
    "deactivate": "to deactivate",
}


def plain(_style: Style, text: str) -> str:
    """No dress at all."""
    return text


def render_all(plans: Sequence[Plan], paint: Paint = plain, allowed: Sequence[Allowance] | None = None) -> str:
    """The plans of several packs below each other; those in which nothing changes, and no hazard is, share a line."""
    texts = [render(plan, paint, allowed) for plan in plans if _tells(plan) or len(plans) == 1]
    still = [plan for plan in plans if not _tells(plan)]
    if still and len(plans) > 1:
        head = f"No changes in {', '.join(plan.pack for plan in still)}." if texts else "No changes."
        texts.append(f"{head} {_rest(still)}\n")
    return "\n".join(texts)


def _tells(plan: Plan) -> bool:
    return bool(plan.changes or plan.hazards)


def render(plan: Plan, paint: Paint = plain, allowed: Sequence[Allowance] | None = None) -> str:
    """The whole plan: changes by scope and kind, summary, impact, and hazards; with `allowed` those that pass."""
    lines = list(changes(plan, paint))
    if lines:
        lines.append("")
    lines.append(summary(plan))
    lines += impact.section(plan.impact, paint)
    lines += hazards.section(plan, paint, allowed)
    return "\n".join(lines) + "\n"


def summary(plan: Plan) -> str:
    """One line of counts."""
    if plan.undoes is not None:
        return _rollback_summary(plan)
    counts = planned(plan.summary)
    head = f"Plan: {', '.join(counts)}." if counts else "No changes."
    return f"{head} {_rest([plan])}"


def _rest(plans: Sequence[Plan]) -> str:
    """What the plans leave as it is, counted together."""
    rest = [f"{sum(plan.unchanged for plan in plans)} unchanged"]
    if records := sum(len(plan.records) for plan in plans):
        rest.append(f"{records} to note in the ledger")
    return f"{', '.join(rest)}, {sum(plan.unmanaged for plan in plans)} unmanaged."


def _rollback_summary(plan: Plan) -> str:
    counts = planned(plan.summary)
    if plan.records:
        counts.append(f"{len(plan.records)} to note in the ledger")
    if not counts:
        return f"No changes. Nothing is left of run {plan.undoes} to take back."
    return (
        f"Plan: {', '.join(counts)}. This takes run {plan.undoes} back.\nThe manifests stay as they are: what they "
        "still ask for, the next apply writes again."
    )


def planned(count: Mapping[Action, int]) -> list[str]:
    """How many changes of each action there are, those of which there is none left out: `3 to create`."""
    return [f"{count[action]} {_WORDS[action]}" for action in GLYPHS if count[action]]


def applied(plan: Plan, run: int, *, among_others: bool = False) -> str:
    """What an apply reports when it is done; of one plan among others with its pack."""
    done = {
        "create": "created",
        "update": "updated",
        "move": "moved",
        "reactivate": "reactivated",
        "deactivate": "deactivated",
    }
    counts = [f"{plan.summary[action]} {done[action]}" for action in GLYPHS if plan.summary[action]]
    if plan.records:
        counts.append(f"{len(plan.records)} noted in the ledger")
    what = f"Applied {plan.pack}" if among_others else "Applied"
    return f"{what}: {', '.join(counts)} (run {run}).\n"


def changes(plan: Plan, paint: Paint = plain) -> Iterator[str]:
    """The lines of all changes, under a heading for each scope."""
    for number, (scope, entries) in enumerate(outline.groups(plan)):
        if number:
            yield ""
        yield paint("head", one_line(plan.pack + (f" · {scope}" if scope else "")))
        for entry in entries:
            yield from _change(entry, outline.causes(plan), paint)
            if entry.change.action == "create" and entry.is_derived:
                yield from value_lines(entry.change)


def _change(entry: outline.Entry, causes: Mapping[Cause, str], paint: Paint) -> Iterator[str]:
    change = entry.change
    head = f"  {GLYPHS[change.action]} " + f"{one_line(change.address.kind)} {shown_steps(entry.steps)}"
    note = " ".join(part for part in (one_line(entry.place), f"({entry.remark})" if entry.remark else "") if part)
    space = " " * max(PLACE_COLUMN - width(head), 2)
    yield paint(change.action, head) + (space + paint("faint", note) if note else "")
    if entry.old:
        yield "      from    " + shown_steps(entry.old)
    yield from field_lines(change.fields, paint, causes, DERIVED_LIMIT if entry.is_derived else VALUE_LIMIT)


def value_lines(change: Change, limit: int = DERIVED_LIMIT) -> Iterator[str]:
    """What a row to create will hold: all but what its address tells."""
    told = {
        one_line(name): value for name, value in change.declared.items() if value not in (None, *change.address.key)
    }
    longest = max(map(width, told), default=0)
    for name, value in sorted(told.items()):
        yield f"      {name}{' ' * (longest - width(name))}    {one_line(shown(value), limit)}"


def field_lines(
    fields: Sequence[FieldChange],
    paint: Paint = plain,
    causes: Mapping[Cause, str] = outline.CAUSES,
    limit: int = VALUE_LIMIT,
) -> Iterator[str]:
    """Each field with its values before and after, and its cause where that is not the manifest."""
    names = [one_line(field.name) for field in fields]
    longest = max(map(width, names), default=0)
    for field, said in zip(fields, names, strict=True):
        name = said + " " * (longest - width(said))
        cause = "" if field.cause == "manifest" else "  " + paint("cause", f"({causes[field.cause]})")
        if isinstance(field.before, Json) and isinstance(field.after, Json):
            for number, line in enumerate(_json_lines(field.before, field.after)):
                start = name if number == 0 else " " * len(name)
                yield f"      {start}    {line}{cause if number == 0 else ''}"
        else:
            before, after = excerpts(shown(field.before), shown(field.after), limit)
            yield f"      {name}    {before} -> {after}{cause}"


def excerpts(before: str, after: str, limit: int = VALUE_LIMIT) -> tuple[str, str]:
    """Both texts on one line each; of long ones the part around the first difference."""
    start = 0
    if max(len(before), len(after)) > limit:
        pairs = enumerate(zip(before, after, strict=False))
        parting = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
        start = max(parting - LEAD, 0)
        start = before.find(" ", start, parting) + 1 or start
    lead = "…" if start else ""
    return one_line(lead + before[start:], limit), one_line(lead + after[start:], limit)


def shown(value: Value) -> str:
    """A value as a person reads it, on one line."""
    match value:
        case None:
            return "(none)"
        case bool():
            return "yes" if value else "no"
        case Decimal() | int() | float():
            return str(value)
        case Json() | Moment():
            return one_line(value)
        case tuple():
            return shown_steps(path(value)[-1:])
        case str():
            return one_line(json.dumps(value, ensure_ascii=False))
    raise TypeError(type(value))


def _json_lines(before: Json, after: Json) -> Iterator[str]:
    """What differs inside two JSON documents, by path."""
    for where, *pair in inside_json.differences(before, after):
        old, new = excerpts(one_line(pair[0]), one_line(pair[1]))
        said = f"{old} -> {new}" if old and new else f"+ {new}" if new else f"- {old}"
        yield one_line(f"{where} {said}")
