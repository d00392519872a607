"""Findings as people, GitHub and programs read them."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.model.diagnostic import Diagnostic, Place, Severity, placed
from pipeline.model.resource import Origin
from pipeline.render import diagnostics
from pipeline.render import json as as_json
from tests.render.test_escape import ANYTHING, HOSTILE

FILE = "manifests/motos-part/tiers.toml"


def finding(
    message: str = "there is no element 'ESCAPPE'",
    *,
    file: str = FILE,
    quote: str = 'element = "ESCAPPE"',
    column: int = 11,
    line: int = 4,
    hint: str = "did you mean ESCAPE?",
    severity: Severity = "error",
    also: tuple[Place, ...] = (),
) -> Diagnostic:
    bare = Diagnostic("dangling-reference", severity, message, Origin(file), hint)
    return placed(bare, Place(file, line, column, quote), also)


def test_text_quotes_the_line_and_points_into_it() -> None:
    also = Place("other.toml", 12, 1, 'code = "ESCAPE"')

    assert diagnostics.text([finding(also=(also,))], 3) == (
        f"{FILE}:4:11: error: there is no element 'ESCAPPE' [dangling-reference]\n"
        '      4 | element = "ESCAPPE"\n'
        "        |           ^\n"
        "  see also other.toml:12:1\n"
        '     12 | code = "ESCAPE"\n'
        "        | ^\n"
        "  hint: did you mean ESCAPE?\n"
        "\n"
        "3 manifests checked: 1 error.\n"
    )


def test_the_caret_stands_under_the_column_whatever_the_width_of_what_is_before_it() -> None:
    quote, caret = diagnostics.text([finding(quote='名 = "an\u0303o" x', column=12)], 1).splitlines()[1:3]

    assert quote.split("| ")[1] == '名 = "an\u0303o" x'
    assert caret.split("| ")[1] == " " * 11 + "^"


def test_of_a_long_line_the_part_around_the_place_is_quoted() -> None:
    quote = "a" * 500 + "HERE" + "b" * 500
    shown, caret = diagnostics.text([finding(quote=quote, column=501)], 1).splitlines()[1:3]

    assert len(shown) < 140
    assert shown[caret.index("^") :].startswith("HERE")


def test_a_finding_about_a_whole_file_quotes_nothing() -> None:
    bare = Diagnostic("empty-file", "warning", "the file is empty", Origin(FILE))

    assert diagnostics.text([bare], 1) == (
        f"{FILE}: warning: the file is empty [empty-file]\n\n1 manifest checked: 1 warning.\n"
    )


@pytest.mark.parametrize(
    ("severities", "count"),
    [
        ([], "2 manifests checked: no findings.\n"),
        (["error", "error", "warning"], "2 manifests checked: 2 errors, 1 warning.\n"),
        (["info"], "2 manifests checked: 1 for your information.\n"),
    ],
)
def test_findings_are_counted(severities: list[Severity], count: str) -> None:
    assert diagnostics.text([finding(severity=severity) for severity in severities], 2).endswith(count)


def test_github_shows_each_finding_beside_its_line() -> None:
    also = Place("other.toml", 12, 1)

    assert diagnostics.github([finding("50 % off\r\nnow", also=(also,)), finding(severity="info", hint="")]) == (
        f"::error file={FILE},line=4,col=11,title=dangling-reference::"
        "50 %25 off\\r%0Anow%0Ahint: did you mean ESCAPE?%0Asee also other.toml:12:1\n"
        f"::notice file={FILE},line=4,col=11,title=dangling-reference::there is no element 'ESCAPPE'\n"
    )


def test_github_escapes_what_would_end_a_property() -> None:
    shown = diagnostics.github([finding(file="a,b:c%d\ne.toml", line=0, severity="warning", hint="")])

    assert shown.startswith("::warning file=a%2Cb%3Ac%25d%0Ae.toml,title=dangling-reference::")


def test_json_holds_everything() -> None:
    (found,) = json.loads(as_json.diagnostics([finding(also=(Place("other.toml", 12, 1),))]))["diagnostics"]

    assert found == {
        "rule": "dangling-reference",
        "severity": "error",
        "file": FILE,
        "line": 4,
        "column": 11,
        "message": "there is no element 'ESCAPPE'",
        "hint": "did you mean ESCAPE?",
        "also": [{"file": "other.toml", "line": 12, "column": 1}],
    }


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING, st.integers(1, 300))
@example(HOSTILE, HOSTILE, HOSTILE, HOSTILE, 3)
def test_no_control_character_gets_through(message: str, file: str, quote: str, hint: str, column: int) -> None:
    also = (Place(file, 2, column, quote),)
    found = [finding(message, file=file, quote=quote, hint=hint, column=column, also=also)]
    shown = [diagnostics.text(found, 1), diagnostics.github(found)]

    controls = {char for text in shown for char in text if unicodedata.category(char) in {"Cc", "Cs"}}
    assert controls <= {"\n"}
    assert diagnostics.github(found).count("\n") == 1


@given(st.text(st.characters(codec="utf-8")))
@example("\x9b31m\x7f\x1b\u202e\U000e0041")
def test_json_holds_no_raw_control_character_and_means_the_same(text: str) -> None:
    shown = as_json.diagnostics([finding(text, file=text, quote=text, hint=text)])

    assert {char for char in shown if unicodedata.category(char) == "Cc"} == {"\n"}
    assert json.loads(shown)["diagnostics"][0]["message"] == text
