"""The least important is left out first, and as little as need be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.render.markdown.fit import Fold, Piece, Weight, fitted, size
from tests.render.hostile import RELAXED

LINES = st.builds(Piece, st.text("a🛵\n", min_size=1, max_size=40), st.sampled_from(list(Weight)[:-1]))
INNER = st.builds(Piece, st.text("a🛵\n", min_size=1, max_size=40), st.sampled_from([Weight.VALUES, Weight.CHANGES]))
FOLDS = st.builds(
    lambda pieces: Fold("<open>\n", pieces, "<close>\n", "- bare\n", Weight.FOLDS), st.lists(INNER, max_size=10)
)


@RELAXED
@given(st.lists(LINES | FOLDS, max_size=80), st.integers(1_000, 2_500))
def test_it_fits(parts: list[Piece | Fold], room: int) -> None:
    text, notice = fitted(parts, room)

    assert size(text) + size(notice) <= room
    assert len(text) <= size(text)


@RELAXED
@given(st.lists(LINES, max_size=80))
def test_all_is_there_where_there_is_room(parts: list[Piece | Fold]) -> None:
    assert fitted(parts, 10_000) == ("".join(part.text for part in parts if isinstance(part, Piece)), "")


def test_what_goes_first_and_how_it_is_counted() -> None:
    parts = [Piece(f"{number} {weight.name}\n" + "x" * 95, weight) for weight in Weight for number in range(3)]

    text, notice = fitted(parts, len("".join(part.text for part in parts)) - 1)

    assert notice == (
        "Left out here, where there is room for 65,536 characters: the values of 3 rows to create, "
        "the fields of 3 changed rows, 2 rows to create."
    )
    assert "0 CREATES" in text
    assert "1 CREATES" not in text
    assert text.endswith("".join(part.text for part in parts if part.weight > Weight.CREATES))


def test_a_fold_with_nothing_left_in_it_is_a_line() -> None:
    full = Fold("<open>\n", [Piece("x" * 900 + "\n", Weight.VALUES)], "<close>\n", "- bare\n", Weight.FOLDS)
    kept = Fold("<open>\n", [Piece("kept\n", Weight.CHANGES)], "<close>\n", "- bare\n", Weight.FOLDS)

    text, notice = fitted([full, kept], 900)

    assert text == "- bare\n<open>\nkept\n<close>\n"
    assert notice.endswith("the values of 1 row to create.")


def test_characters_are_counted_as_the_longest_way_does() -> None:
    assert (size("añ"), size("🛵")) == (2, 2)
