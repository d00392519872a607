"""The comment as a whole: summary, hazards and impact, then the changes folded by scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.plan.change import Action, Hazard, Plan
from pipeline.render import hazards, outline, text
from pipeline.render.address import shown, steps
from pipeline.render.escape import one_line, width
from pipeline.render.markdown import impact, quote
from pipeline.render.markdown.fit import ROOM, Fold, Piece, Weight, fitted

GLYPHS: dict[Action, str] = outline.GLYPHS | {"update": "!"}
"""Those by which a block of the language diff gets its colours."""
OPEN_UP_TO = 30
"""With so many changes or fewer, they are not hidden."""
VALUE_LIMIT = 100
SHOWN_ROWS = 10


def render(plans: Sequence[Plan], room: int = ROOM) -> str:
    """The plans in one comment of at most `room` characters, which must be more than 2,000."""
    head = "## Pipeline plan\n\n"
    body, notice = fitted(list(_parts(plans)), room - len(head))
    if notice:
        notice = f"> {notice} `pipeline plan` shows all of it.\n\n"
    return (head + notice + body).rstrip("\n") + "\n"


def _parts(plans: Sequence[Plan]) -> Iterator[Piece | Fold]:
    if not plans:
        yield Piece("No manifests, no plan.\n")
    for plan in plans:
        name = f"{quote.code(plan.pack, 60)}: " if len(plans) > 1 else ""
        yield Piece(name + text.summary(plan).replace("\n", " ") + "\n\n", Weight.PACKS if name else Weight.CORE)
    for plan in plans:
        yield from _hazards(plan, among_others=len(plans) > 1)
    for plan in plans:
        if plan.impact is not None:
            yield from impact.parts(plan.pack, plan.impact, among_others=len(plans) > 1)
    total = sum(len(plan.changes) for plan in plans)
    if not total:
        return
    yield Piece("### Changes\n\n")
    for plan in plans:
        for group in outline.groups(plan):
            yield _fold(plan, group, is_open=total <= OPEN_UP_TO)
    used = sum((Counter(plan.summary) for plan in plans), Counter[Action]())
    legend = ", ".join(f"`{glyph}` {action}" for action, glyph in GLYPHS.items() if used[action])
    yield Piece(f"{legend}\n")


def _hazards(plan: Plan, *, among_others: bool) -> Iterator[Piece | Fold]:
    if not plan.hazards:
        return
    one = len(plan.hazards) == 1
    count = "1 hazard" if one else f"{len(plan.hazards)} hazards"
    of = f" of {quote.code(plan.pack)}" if among_others else ""
    told = "it is allowed" if one else "each is allowed"
    yield Piece(
        f"### {count}{of}\n\nApply refuses the plan unless {told} by its name.\n\n", Weight.HAZARDS, counts=False
    )
    for hazard in plan.hazards:
        yield Piece(
            f"- **{hazard.name}**: {hazards.sentence(hazard, quote.code)}. "
            f"If that is meant: {quote.code('--allow ' + plan.needs(hazard))}\n",
            Weight.HAZARDS,
        )
        yield from _rows(hazard)
    yield Piece("\n", Weight.HAZARDS, counts=False)


def _rows(hazard: Hazard) -> Iterator[Piece]:
    notes = hazard.notes or ("",) * len(hazard.rows)
    for row, note in list(zip(hazard.rows, notes, strict=True))[:SHOWN_ROWS]:
        said = quote.code(shown(row)) + (f" {quote.code(note)}" if note else "")
        yield Piece(f"  - {said}\n", Weight.ROWS)
    if len(hazard.rows) > SHOWN_ROWS:
        yield Piece(f"  - … and {len(hazard.rows) - SHOWN_ROWS:,} more\n", Weight.ROWS)


def _fold(plan: Plan, group: outline.Group, *, is_open: bool) -> Fold:
    """The changes of a scope in a block, under a line that counts them."""
    pieces = list(_changes(plan, group.entries))
    ticks = quote.fence(piece.text for piece in pieces)
    title = plan.pack + (f" · {group.scope}" if group.scope else "")
    counts = ", ".join(text.planned(Counter(entry.change.action for entry in group.entries)))
    opening = f"<details{' open' if is_open else ''}><summary>{quote.element(title)}: {counts}</summary>\n\n"
    bare = f"- {quote.code(title)}: {counts}\n\n"
    return Fold(f"{opening}{ticks}diff\n", pieces, f"{ticks}\n\n</details>\n\n", bare, Weight.FOLDS)


def _changes(plan: Plan, entries: Sequence[outline.Entry]) -> Iterator[Piece]:
    """Each change as a piece, and as another what becomes of its fields."""
    for entry in entries:
        change = entry.change
        is_create = change.action == "create"
        head = f"{GLYPHS[change.action]} {one_line(change.address.kind)} {steps(entry.steps)}"
        remark = f"({entry.remark})" if entry.remark else ""
        note = " ".join(part for part in (one_line(entry.place), remark) if part)
        space = " " * max(text.PLACE_COLUMN - 2 - width(head), 2) if note else ""
        yield Piece(f"{head}{space}{note}\n", Weight.CREATES if is_create else Weight.CHANGES)
        limit = text.DERIVED_LIMIT if entry.is_derived else VALUE_LIMIT
        lines = list(text.value_lines(change, limit)) if is_create else []
        lines += [f"      from    {steps(entry.old)}"] if entry.old else []
        lines += text.field_lines(change.fields, text.plain, outline.causes(plan), limit)
        if lines:
            yield Piece("".join(f"{line[2:]}\n" for line in lines), Weight.VALUES if is_create else Weight.FIELDS)
