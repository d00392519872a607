"""Plans as people read them in a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any, Literal, TypeAlias

from pipeline.model.address import path
from pipeline.model.values import Json, Value
from pipeline.model.values import json as canonical
from pipeline.plan.change import Action, Change, FieldChange, Plan
from pipeline.render.escape import one_line, width

Style: TypeAlias = Literal["create", "update", "move", "reactivate", "deactivate", "head", "faint", "cause"]
Paint: TypeAlias = Callable[[Style, str], str]
"""Dresses a piece of text for where it is shown."""

GLYPHS: dict[Action, str] = {"create": "+", "update": "~", "move": ">", "reactivate": "^", "deactivate": "-"}
VALUE_LIMIT = 60
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
_CAUSES = {
    "drift": "changed outside the manifests",
    "conflict": "changed in the manifests and outside them",
    "adopt": "was there before",
}


def plain(_style: Style, text: str) -> str:
    """No dress at all."""
    return text


def render(plan: Plan, paint: Paint = plain) -> str:
    """The whole plan: changes by scope and kind, then the summary."""
    lines = list(_changes(plan, paint))
    if lines:
        lines.append("")
    lines.append(summary(plan))
    return "\n".join(lines) + "\n"


def summary(plan: Plan) -> str:
    """One line of counts."""
    rest = [f"{plan.unchanged} unchanged"]
    if plan.records:
        rest.append(f"{len(plan.records)} to note in the ledger")
    rest.append(f"{plan.unmanaged} unmanaged")
    counts = [f"{plan.summary[action]} {_WORDS[action]}" for action in GLYPHS if plan.summary[action]]
    head = f"Plan: {', '.join(counts)}." if counts else "No changes."
    return f"{head} {', '.join(rest)}."


def applied(plan: Plan, run: int) -> str:
    """What an apply reports when it is done."""
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
    return f"Applied: {', '.join(counts)} (run {run}).\n"


def _changes(plan: Plan, paint: Paint) -> Iterator[str]:
    rank = {name: position for position, name in enumerate(plan.kinds)}

    def position(item: tuple[str | None, tuple[str, ...], Change]) -> tuple[bool, str, int, tuple[str, ...]]:
        scope, steps, change = item
        return scope is not None, scope or "", rank[change.address.kind], steps

    items = [(plan.scope_of(change.address), path(change.address.key), change) for change in plan.changes]
    for number, (scope, shown) in enumerate(groupby(sorted(items, key=position), lambda item: item[0])):
        if number:
            yield ""
        yield paint("head", one_line(plan.pack + (f" · {scope}" if scope else "")))
        for _, steps, change in shown:
            said = change.address.kind in plan.scoped and len(steps) > 1  # the heading names the scope, or none
            yield from _change(change, steps[1:] if said else steps, paint)


def _change(change: Change, steps: tuple[str, ...], paint: Paint) -> Iterator[str]:
    head = f"  {GLYPHS[change.action]} " + one_line(f"{change.address.kind} {'/'.join(steps)}")
    note = _place(change)
    if change.action == "create" and change.cause == "drift":
        note += " (the row had vanished)"
    elif change.cause != "manifest" and change.origin and change.cause not in {field.cause for field in change.fields}:
        note += f" ({_CAUSES[change.cause]})"
    space = " " * max(PLACE_COLUMN - width(head), 2)
    yield paint(change.action, head) + space + paint("faint", note)
    yield from _fields(change, paint)


def _place(change: Change) -> str:
    if change.origin is None:
        return "no longer in the manifests" if change.cause == "manifest" else "not in the manifests"
    return one_line(change.origin.file) + (f":{change.line}" if change.line else "")


def _fields(change: Change, paint: Paint) -> Iterator[str]:
    longest = max((width(field.name) for field in change.fields), default=0)
    for field in change.fields:
        name = field.name + " " * (longest - width(field.name))
        cause = "" if field.cause == "manifest" else "  " + paint("cause", f"({_CAUSES[field.cause]})")
        if isinstance(field.before, Json) and isinstance(field.after, Json):
            for number, line in enumerate(_json_lines(field)):
                start = name if number == 0 else " " * len(name)
                yield f"      {start}    {line}{cause if number == 0 else ''}"
        else:
            before, after = excerpts(shown(field.before), shown(field.after))
            yield f"      {name}    {before} -> {after}{cause}"


def excerpts(before: str, after: str) -> tuple[str, str]:
    """Both texts on one line each; of long ones the part around the first difference."""
    start = 0
    if max(len(before), len(after)) > VALUE_LIMIT:
        pairs = enumerate(zip(before, after, strict=False))
        parting = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
        start = max(parting - LEAD, 0)
        start = before.find(" ", start, parting) + 1 or start
    lead = "…" if start else ""
    return one_line(lead + before[start:], VALUE_LIMIT), one_line(lead + after[start:], VALUE_LIMIT)


def shown(value: Value) -> str:
    match value:
        case None:
            return "(none)"
        case bool():
            return "yes" if value else "no"
        case Decimal() | int():
            return str(value)
        case Json():
            return one_line(value)
        case tuple():
            return one_line(path(value)[-1])
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
            shown = f"{old} -> {new}" if old and new else f"+ {new}" if new else f"- {old}"
            place = [(isinstance(step, str), step) for step in where]
            found.append((place, one_line(f"{steps.removeprefix('.') or '(all)'} {shown}")))
    yield from (line for _, line in sorted(found))


def _marked(value: Any) -> Any:
    """JSON with booleans that no number equals, as True equals 1. No JSON in PostgreSQL holds the character NUL."""
    if isinstance(value, bool):
        return "\0true" if value else "\0false"
    if isinstance(value, dict):
        return {name: _marked(inner) for name, inner in value.items()}
    return [_marked(inner) for inner in value] if isinstance(value, list) else value


def _unmarked(value: Any) -> str:
    shown = canonical(value)
    for word in ("true", "false"):
        shown = Json(shown.replace(f'"\\u0000{word}"', word))
    return one_line(shown)
