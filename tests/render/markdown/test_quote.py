"""Whatever stands in a text, Markdown shows just that."""

from __future__ import annotations

import html

import pytest
from hypothesis import example, given

from pipeline.render.escape import one_line
from pipeline.render.markdown import quote
from tests.render.hostile import RELAXED, SAMPLES, TEXTS
from tests.render.markdown.reading import taken_apart


@pytest.mark.parametrize("text", SAMPLES)
def test_known_tricks(text: str) -> None:
    assert taken_apart(f"a {quote.code(text)} b")[1] == [one_line(text)]


@RELAXED
@given(TEXTS)
@example(" ` ")
@example("   ")
def test_a_code_span_shows_the_text(text: str) -> None:
    skeleton, code = taken_apart(f"a {quote.code(text)} b")

    assert code == [one_line(text, quote.LONGEST)]
    assert skeleton == ["<p []>", "a", "<code []>", "</code>", "b", "</p>"]


@RELAXED
@given(TEXTS, TEXTS)
@example("\\", "|")
@example("\\|", "a\\\\||")
def test_two_cells_stay_two(one: str, other: str) -> None:
    skeleton, code = taken_apart(f"| A | B |\n|--|--|\n| {quote.cell(one)} | {quote.cell(other)} |\n")

    assert code == [one_line(text, quote.LONGEST) for text in (one, other)]
    assert skeleton.count("<td []>") == 2


@RELAXED
@given(TEXTS)
def test_an_element_shows_the_text(text: str) -> None:
    skeleton, code = taken_apart(f"<details><summary>{quote.element(text)}</summary>\n\n*a*\n\n</details>")

    assert code == [one_line(text, quote.LONGEST)]
    assert "<em []>" in skeleton
    assert html.unescape(quote.element(text)) == f"<code>{one_line(text, quote.LONGEST)}</code>"


@RELAXED
@given(TEXTS)
def test_a_fence_is_longer_than_what_is_in_it(text: str) -> None:
    lines = [one_line(text), "  " + one_line(text)]
    block = "\n".join(lines)
    ticks = quote.fence(lines)

    assert taken_apart(f"{ticks}diff\n{block}\n{ticks}\n\nend\n")[1] == [f"{block}\n"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("price", "price"), ("no offer", "no offer"), ("a_b_", "`a_b_`"), ("", "(empty)"), ("a|b", "`a\\|b`")],
)
def test_plain_words_are_not_dressed(text: str, shown: str) -> None:
    assert quote.word(text) == shown
