"""The impact of a plan: sentences first, then tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.plan.impact import CauseOf, Difference, Impact
from pipeline.render.impact_words import addressed, answered, counted, difference, extremes, measured
from pipeline.render.markdown.fit import Fold, Piece, Weight
from pipeline.render.markdown.quote import cell, code, word

SHOWN_CAUSES = 20
SHOWN_ADDRESSES = 3


def parts(pack: str, impact: Impact, *, among_others: bool) -> Iterator[Piece | Fold]:
    """What changes in the answers to how many requests; the tables of it may be left out."""
    of = f" on {code(pack)}" if among_others else ""
    said = [measured(impact, code)]
    if impact.different:
        said.append(f"{extremes(impact, word)}")
    yield Piece(f"### Impact{of}\n\n{' '.join(filter(None, said))}\n\n", Weight.IMPACT)
    if not impact.different:
        return
    rows = [f"| {word(what)} | {number:,} |\n" for what, number in counted(impact)]
    yield _table("| What changes | Requests |\n|:--|--:|\n", rows)
    if impact.top:
        yield Piece(f"The largest differences of {word(impact.amount)}:\n\n", Weight.TABLES, counts=False)
        yield _table(
            f"| Request | Before | Afterwards | Difference |{' Because of |' if impact.caused else ''}\n"
            f"|:--|:--|:--|--:|{':--|' if impact.caused else ''}\n",
            [_difference(found, caused=impact.caused) for found in impact.top],
        )
    if impact.lost:
        yield Piece("Without an offer from now on:\n\n", Weight.TABLES, counts=False)
        rows = [f"| {cell(found.request)} | {answered(found.before, cell)} |\n" for found in impact.lost]
        yield _table("| Request | Before |\n|:--|:--|\n", rows)
    if impact.causes:
        yield Piece("Requests by what changes their answers:\n\n", Weight.TABLES, counts=False)
        causes = impact.causes[:SHOWN_CAUSES]
        yield _table(
            "| Because of | Requests | Without an offer | Smallest | Largest |\n|:--|--:|--:|--:|--:|\n",
            [_cause(cause) for cause in causes],
        )
        if len(impact.causes) > SHOWN_CAUSES:
            yield Piece(f"… and {len(impact.causes) - SHOWN_CAUSES} more.\n\n", Weight.TABLES)


def _table(head: str, rows: Sequence[str]) -> Fold:
    return Fold(head, [Piece(row, Weight.TABLES) for row in rows], "\n", "", Weight.IMPACT, counts=False)


def _difference(found: Difference, *, caused: bool) -> str:
    cells = [cell(found.request), answered(found.before, cell), answered(found.after, cell), difference(found.amount)]
    if caused:
        cells.append(addressed(found.causes, SHOWN_ADDRESSES, cell))
    return f"| {' | '.join(cells)} |\n"


def _cause(cause: CauseOf) -> str:
    numbers = [f"{cause.requests:,}", f"{cause.impossible:,}", difference(cause.smallest), difference(cause.largest)]
    return f"| {' | '.join([addressed(cause.addresses, SHOWN_ADDRESSES, cell), *numbers])} |\n"
