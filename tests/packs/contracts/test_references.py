"""What documents call their parents: only what equals fits."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.address import Key
from pipeline.packs.contracts.references import Shelf, type_and_date
from tests.packs.contracts.register import ACME, document

CHILD: Key = (ACME, "2024/amendment.pdf")
OTHER: Key = ("Other",)
DOCUMENTS = (
    document("2024/amendment.pdf", doc_type="Amendment", effective_date="2024-02-01"),
    document("2022/msa.pdf", doc_type="MSA", effective_date="2022-05-02"),
    document("2023/msa.pdf", doc_type="MSA", effective_date="2023-01-10"),
    document("sow.pdf", doc_type="SOW", effective_date="2023-01-10", active=False),
    document("old/sow.pdf", doc_type="SOW"),
    document("nda.pdf", organization=OTHER, doc_type="NDA", effective_date="2023-01-10"),
)
SHELF = Shelf({one.address.key: one for one in DOCUMENTS})


@pytest.mark.parametrize(
    ("reference", "fits"),
    [
        ("2023/msa.pdf", ["2023/msa.pdf"]),
        (" 2023/msa.pdf ", ["2023/msa.pdf"]),
        ("msa.pdf", ["2022/msa.pdf", "2023/msa.pdf"]),
        ("sow.pdf", ["sow.pdf"]),  # the path comes before the name, and a retired document is a parent like any
        ("MSA dated 2023-01-10", ["2023/msa.pdf"]),
        ("msa  dated January 10, 2023", ["2023/msa.pdf"]),
        ("SOW dated 2023-01-10", ["sow.pdf"]),
        ("NDA dated 2023-01-10", []),
        ("nda.pdf", []),
        ("amendment.pdf", []),
        ("Amendment dated 2024-02-01", []),
        ("MSA dated 2023-01", []),
        ("MSA.pdf", []),
        ("the MSA dated 2023-01-10", []),
    ],
)
def test_what_fits(reference: str, fits: list[str]) -> None:
    match = SHELF.match(CHILD, reference)

    assert [key[1] for key in match.documents] == fits
    assert bool(match.attempts) == (not fits)


def test_how_a_parent_was_looked_for_does_not_depend_on_what_else_is_there() -> None:
    attempts = Shelf({}).match(CHILD, "NDA dated 2020-01-01").attempts

    assert attempts == SHELF.match(CHILD, "NDA dated 2020-01-01").attempts
    assert [one["found"] for one in attempts] == [
        "no other document has this path",
        "no other document has this name",
        "no other NDA is of 2020-01-01",
    ]
    assert SHELF.match(CHILD, "our agreement").attempts[-1]["found"] == "the reference does not name them"


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["MSA", "SOW", "Order Form", "Addendum"]))
def test_both_ways_to_write_a_date_are_one(day: date, doc_type: str) -> None:
    written = f"{day:%B} {day:%d}, {day.year}".replace(" 0", " ")

    assert type_and_date(f"{doc_type} dated {day}") == (doc_type, str(day))
    assert type_and_date(f"{doc_type.lower()} dated {written}") == (doc_type, str(day))
