"""Values as TOML: what is read back is what was written, and it looks as people would write it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from pipeline.manifest.writing import WIDTH, plain, statement, toml
from pipeline.model.moments import Moment
from tests.strategies import texts

# Every character that a manifest may hold: see `manifest.text`.
anything = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\t\r"\\ '), max_size=40) | texts
numbers = st.integers(-(2**63), 2**63 - 1) | st.decimals(allow_nan=False, allow_infinity=False, places=2)
contents = st.recursive(
    anything | numbers | st.booleans(),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(anything, inner, max_size=4),
    max_leaves=12,
)


@given(anything, contents, st.sampled_from(("", "  ")))
def test_what_is_written_is_what_is_read(name: str, content: Any, indent: str) -> None:
    text = f"[table]\n{statement(name, content, indent)}\nlast = 1\n"
    assert tomli.loads(text, parse_float=Decimal) == {"table": {name: content, "last": 1}}


@given(contents)
def test_nothing_invisible_is_written(content: Any) -> None:
    assert toml(content).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (True, "true"),
        (Decimal("410.00"), "410.00"),
        (Decimal("1E+2"), "100"),
        ([], "[]"),
        ({}, "{}"),
        ("Motocicletas", '"Motocicletas"'),
        (r"\d+\s*€", r"'\d+\s*€'"),
        ('["es"]', "'[\"es\"]'"),
        ('it\'s "so"', '"it\'s \\"so\\""'),
        ("100\u00a0€", '"100\\u00a0€"'),
        ("one line\n", '"one line\\n"'),
        ('## Title\n\nA \\ and """ \nend"', '"""\n## Title\n\nA \\\\ and ""\\"\\u0020\nend\\""""'),
        ({"min": 1, "a b": ["x"]}, '{ min = 1, "a b" = ["x"] }'),
    ],
)
def test_the_shortest_form_that_reads_well(content: Any, text: str) -> None:
    assert toml(content) == text


def test_a_long_list_has_one_item_a_line() -> None:
    words = ["w" * 30, "x" * 30, "y" * 40]
    inner = "".join(f'      "{word}",\n' for word in words)

    assert statement("keywords", words, "  ") == f"  keywords = [\n{inner}  ]"
    assert "\n" not in statement("keywords", ["w" * (WIDTH - 40)])


def test_a_long_list_inside_a_table_is_broken_and_the_table_is_not() -> None:
    words = ["w" * 40, "x" * 40]
    assert toml({"any": words, "priority": 1}) == (
        f'{{ any = [\n    "{words[0]}",\n    "{words[1]}",\n], priority = 1 }}'
    )


@pytest.mark.parametrize("number", [1e22, 1e-5, 5.0, 0.1, 123456789012345680000.0, -2.5e-7, 1e18, 1e17])
def test_a_float_is_written_as_one_and_means_the_same(number: float) -> None:
    text = toml(plain(number))

    found = tomli.loads(f"a = {text}", parse_float=Decimal)["a"]
    assert float(found) == number


@pytest.mark.parametrize("text", ["2024-05-01", "2024-05-01T10:00:00.500000+00:00"])
def test_moments_are_written_without_quotes(text: str) -> None:
    assert toml(plain(Moment(text))) == text
    assert toml([Moment(text), text]) == f'[{text}, "{text}"]'
    tomli.loads(f"a = {text}")
