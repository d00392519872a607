"""Impacts made by hand, for the pages that show them."""

from __future__ import annotations

from decimal import Decimal

from pipeline.model.address import Address
from pipeline.model.probe import Answer
from pipeline.plan.impact import CauseOf, Difference, Impact, Probed


def answer(label: str | None, amount: int | None = None) -> Answer:
    """An answer; without a label there is no offer."""
    return Answer(label, None if amount is None else Decimal(amount).quantize(Decimal("0.01")))


def impact(text: str = "A + B", *, top: int = 1, causes: int = 1) -> Impact:
    """Something of everything, with `text` wherever a name may stand; with so many lines in the tables."""
    row = Address("tier", (("north",), text))
    amounts = [Decimal(number).quantize(Decimal("0.01")) for number in (-15, 5, 35)]
    return Impact(
        label="tier",
        amount="price",
        aspects=("warnings", "documents"),
        probed=(Probed("north", 12_000, 3, 3), Probed(text, 383, 2, 3)),
        different=1_204,
        amounts=1_100,
        labels=30,
        changed=(12, 0),
        impossible=1,
        possible=2,
        smallest=amounts[0],
        median=amounts[1],
        largest=amounts[2],
        top=tuple(
            Difference(text, "north", answer(text, 140 + number), answer(text, 175), (row,)) for number in range(top)
        ),
        lost=(Difference(text, "north", answer(text, 140), answer(None), (row,)),),
        by_cause=tuple(CauseOf((row,), 1_204 - number, 1, amounts[0], amounts[2]) for number in range(causes)),
        new=(text,),
    )
