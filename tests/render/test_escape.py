"""Text from manifests and rows must neither steer a terminal nor hide in it."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.render.escape import one_line, visible, width

ANYTHING = st.text(st.characters(codec=None))
HOSTILE = "\x1b[2J\x9b31m\r\n\t\u202e\u200b\u2028\ud800\U000e0041\x7f\xad"
INVISIBLE = {"Cc", "Cs", "Zl", "Zp"}


@given(ANYTHING)
@example(HOSTILE)
def test_one_line_is_one_line_without_control_characters(text: str) -> None:
    shown = one_line(text)

    assert not {unicodedata.category(char) for char in shown} & INVISIBLE
    assert shown.splitlines() in ([], [shown])


@given(ANYTHING)
@example(HOSTILE)
def test_visible_text_keeps_nothing_but_line_ends_and_tabs(text: str) -> None:
    controls = {char for char in visible(text) if unicodedata.category(char) in INVISIBLE}

    assert controls <= {"\n", "\t"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Suspensión «delantera» 日本", "Suspensión «delantera» 日本"),
        ("\x1b[31m", "\\u001b[31m"),
        ("a\r\nb\nc\rd\te", "a⏎b⏎c\\rd e"),
        ("\x9b\x7f", "\\u009b\\u007f"),
        ("\u202eright to left", "\\u202eright to left"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("tag\U000e0041", "tag\\udb40\\udc41"),
        ("half\ud800", "half\\ud800"),
    ],
)
def test_what_is_unsafe_is_spelled_out(text: str, shown: str) -> None:
    assert one_line(text) == shown


@given(st.text(st.characters(codec="utf-8")))
def test_visible_text_inside_json_says_the_same(text: str) -> None:
    assert json.loads(visible(json.dumps(text, ensure_ascii=False))) == text


@given(ANYTHING, st.integers(1, 30))
def test_a_limit_is_kept_and_a_shortened_text_says_so(text: str, limit: int) -> None:
    whole, shown = one_line(text), one_line(text, limit)

    assert len(shown) <= limit
    assert shown == whole if len(whole) <= limit else shown.endswith("…")


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("año", 3), ("an\u0303o", 3), ("日本", 4), ("ｗ", 2)])
def test_width_counts_columns_of_a_terminal(text: str, columns: int) -> None:
    assert width(text) == columns
