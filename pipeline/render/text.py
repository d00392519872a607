"""Plans as people read them in a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, Literal, TypeAlias

from pipeline.model.address import path
from pipeline.model.moments import Moment
from pipeline.model.values import Json, Value
from pipeline.model.values import json as canonical
from pipeline.plan.allowance import Allowance
from pipeline.plan.change import Action, Cause, Change, FieldChange, Plan
from pipeline.render import hazards, impact
from pipeline.render.address import steps as shown_steps
from pipeline.render.escape import one_line, width

Style: TypeAlias = Literal["create", "update", "move", "reactivate", "deactivate", "head", "faint", "cause"]
Paint: TypeAlias = Callable[[Style, str], str]
"""Dresses a piece of text for where it is shown."""

GLYPHS: dict[Action, str] = {"create": "+", "update": "~", "move": ">", "reactivate": "^", "deactivate": "-"}
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
_CAUSES: dict[Cause, str] = {
    "drift": "changed outside the manifests",
    "conflict": "changed in the manifests and outside them",
    "adopt": "was there before",
}
_SINCE: dict[Cause, str] = _CAUSES | {"conflict": "changed or built upon since"}
"""The same of a plan that takes a run back."""


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
    counts = _counts(plan)
    head = f"Plan: {', '.join(counts)}." if counts else "No changes."
    return f"{head} {_rest([plan])}"


def _rest(plans: Sequence[Plan]) -> str:
    """What the plans leave as it is, counted together."""
    rest = [f"{sum(plan.unchanged for plan in plans)} unchanged"]
    if records := sum(len(plan.records) for plan in plans):
        rest.append(f"{records} to note in the ledger")
    return f"{', '.join(rest)}, {sum(plan.unmanaged for plan in plans)} unmanaged."


def _rollback_summary(plan: Plan) -> str:
    counts = _counts(plan)
    if plan.records:
        counts.append(f"{len(plan.records)} to note in the ledger")
    if not counts:
        return f"No changes. Nothing is left of run {plan.undoes} to take back."
    return (
        f"Plan: {', '.join(counts)}. This takes run {plan.undoes} back.\nThe manifests stay as they are: what they "
        "still ask for, the next apply writes again."
    )


def _counts(plan: Plan) -> list[str]:
    return [f"{plan.summary[action]} {_WORDS[action]}" for action in GLYPHS if plan.summary[action]]


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
    causes = _CAUSES if plan.undoes is None else _SINCE
    rank = {name: position for position, name in enumerate(plan.kinds)}

    def position(item: tuple[str | None, tuple[str, ...], Change]) -> tuple[bool, str, int, tuple[str, ...]]:
        scope, steps, change = item
        return scope is not None, scope or "", rank[change.address.kind], steps

    items = [(plan.scope_of(change.address), path(change.address.key), change) for change in plan.changes]
    for number, (scope, within) in enumerate(groupby(sorted(items, key=position), lambda item: item[0])):
        if number:
            yield ""
        yield paint("head", one_line(plan.pack + (f" · {scope}" if scope else "")))
        for _, steps, change in within:
            said = change.address.kind in plan.scoped and len(steps) > 1  # the heading names the scope, or none
            is_derived = change.address.kind in plan.derived
            yield from _change(change, steps[1:] if said else steps, causes, paint, is_derived=is_derived)
            if change.action == "create" and is_derived:
                yield from _derived(change)


def _change(
    change: Change, steps: tuple[str, ...], causes: Mapping[Cause, str], paint: Paint, *, is_derived: bool
) -> Iterator[str]:
    head = f"  {GLYPHS[change.action]} " + f"{one_line(change.address.kind)} {shown_steps(steps)}"
    own_cause = change.cause != "manifest" and change.cause not in {field.cause for field in change.fields}
    note = "" if causes is _SINCE else _place(change)
    if change.action == "create" and (change.cause == "drift" or causes is _SINCE):
        note += " (the row had vanished)"
    elif own_cause and (change.origin or causes is _SINCE):
        note += f" ({causes[change.cause]})"
    space = " " * max(PLACE_COLUMN - width(head), 2)
    yield paint(change.action, head) + (space + paint("faint", note.strip()) if note else "")
    if change.moved_from is not None:
        old = path(change.moved_from)
        yield "      from    " + shown_steps(old[len(old) - len(steps) :])
    yield from field_lines(change.fields, paint, causes, DERIVED_LIMIT if is_derived else VALUE_LIMIT)


def _derived(change: Change) -> Iterator[str]:
    """What a row will hold that no entry says: all but what its address tells."""
    told = {name: value for name, value in change.declared.items() if value not in (None, *change.address.key)}
    longest = max(map(width, told), default=0)
    for name, value in sorted(told.items()):
        yield f"      {name}{' ' * (longest - width(name))}    {one_line(shown(value), DERIVED_LIMIT)}"


def _place(change: Change) -> str:
    if change.origin is None:
        return "no longer in the manifests" if change.cause == "manifest" else "not in the manifests"
    return one_line(change.origin.file) + (f":{change.line}" if change.line else "")


def field_lines(
    fields: Sequence[FieldChange],
    paint: Paint = plain,
    causes: Mapping[Cause, str] = _CAUSES,
    limit: int = VALUE_LIMIT,
) -> Iterator[str]:
    """Each field with its values before and after, and its cause where that is not the manifest."""
    longest = max((width(field.name) for field in fields), default=0)
    for field in fields:
        name = field.name + " " * (longest - width(field.name))
        cause = "" if field.cause == "manifest" else "  " + paint("cause", f"({causes[field.cause]})")
        if isinstance(field.before, Json) and isinstance(field.after, Json):
            for number, line in enumerate(_json_lines(field)):
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


def _json_lines(field: FieldChange) -> Iterator[str]:
    """What differs inside two JSON documents, by path."""
    from deepdiff import DeepDiff  # slow to import, and few plans need it

    before, after = (_marked(json.loads(str(value), parse_float=Decimal)) for value in (field.before, field.after))
    tree = DeepDiff(before, after, view="tree", verbose_level=2, ignore_private_variables=False)
    found = []
    for report, items in tree.items():
        for item in items:
            where = item.path(output_format="list")
            steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
            old, new = excerpts(
                "" if report.endswith("_added") else _unmarked(item.t1),
                "" if report.endswith("_removed") else _unmarked(item.t2),
            )
            said = f"{old} -> {new}" if old and new else f"+ {new}" if new else f"- {old}"
            place = [(isinstance(step, str), step) for step in where]
            found.append((place, one_line(f"{steps.removeprefix('.') or '(all)'} {said}")))
    yield from (line for _, line in sorted(found))


def _marked(value: Any) -> Any:
    """JSON with booleans that no number equals, as True equals 1. No JSON in PostgreSQL holds the character NUL."""
    if isinstance(value, bool):
        return "\0true" if value else "\0false"
    if isinstance(value, dict):
        return {name: _marked(inner) for name, inner in value.items()}
    return [_marked(inner) for inner in value] if isinstance(value, list) else value


def _unmarked(value: Any) -> str:
    text = canonical(value)
    for word in ("true", "false"):
        text = Json(text.replace(f'"\\u0000{word}"', word))
    return one_line(text)
