"""The words of findings."""

from __future__ import annotations

import pytest

from pipeline.checks.wording import circle, closest, did_you_mean, fold, listing, quoted


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
        (list("ABCDEFGH"), "A, B, C, D, E, F, G and H"),
        (list("ABCDEFGHIJ"), "A, B, C, D, E, F, G and 3 more"),
    ],
)
def test_listing(names: list[str], said: str) -> None:
    assert listing(names) == said


def test_a_circle_ends_where_it_began() -> None:
    assert circle(["A"]) == "A -> A"
    assert circle(list("ABCDEFGH")) == "A -> B -> C -> D -> E -> F -> G -> H -> A"
    assert circle(list("ABCDEFGHI")) == "A -> B -> C -> D -> (1 more) -> F -> G -> H -> I -> A"


def test_folded_words_have_neither_case_nor_accents_nor_wide_spaces() -> None:
    assert fold("  Línea\tCOMPLETA ") == fold("linea completa") == "linea completa"
    assert fold("escape") != fold("escapes")


def test_the_closest_name_is_given_as_it_is_written() -> None:
    assert closest("suspension_del", ["SUSPENSION_TRAS", "SUSPENSION_DEL"]) == "SUSPENSION_DEL"
    assert closest("XYZ", ["SUSPENSION"]) is None
    assert closest("X" * 100_000, ["SUSPENSION"]) is None
    assert did_you_mean("XYZ", []) == ""


def test_long_words_are_cut() -> None:
    assert quoted("x" * 60) == f'"{"x" * 60}"'
    assert quoted("x" * 61) == f'"{"x" * 59}…"'
