"""Control characters, Unicode's normal form, and how values are quoted."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.manifest.document import Document
from pipeline.manifest.load import load
from pipeline.manifest.position import Lines
from pipeline.manifest.words import described, listed, quoted, shortened, suggestion
from pipeline.model.diagnostic import Diagnostic

HEAD = 'pack = "homologation"\nversion = 1\n'
NFC, NFD = "Acción", "Accio\u0301n"


def read(folder: Path, content: str, name: str = "a.toml") -> tuple[list[Document], list[Diagnostic]]:
    (folder / name).write_bytes(content.encode("utf-8", "surrogatepass"))
    return load(folder, {"homologation": 1})


def findings(folder: Path, content: str, name: str = "a.toml") -> list[tuple[str, int, int]]:
    documents, found = read(folder, content, name)
    assert not documents
    return [(one.rule, one.place.line, one.place.column) for one in found if one.place]


# Control characters


@pytest.mark.parametrize("code", [0x00, 0x07, 0x08, 0x0B, 0x0C, 0x1B, 0x1F, 0x7F])
@pytest.mark.parametrize("around", ["# {}", "a = '{}'", 'a = """x{}"""', "'{}' = 1", "{}"])
def test_control_characters_in_toml(tmp_path: Path, code: int, around: str) -> None:
    line = around.format(chr(code))

    assert findings(tmp_path, HEAD + line) == [("control-character", 3, line.index(chr(code)) + 1)]


@pytest.mark.parametrize("code", [0x80, 0x85, 0x9B, 0x9F])
def test_control_characters_that_parsers_let_pass(tmp_path: Path, code: int) -> None:
    assert findings(tmp_path, f"{HEAD}a = 'ñ{chr(code)}'") == [("control-character", 3, 7)]


def test_a_control_character_is_named_and_never_shown_raw(tmp_path: Path) -> None:
    _, (first, second) = read(tmp_path, HEAD + "a = '\x1b[31mred\x9b'")

    assert first.message == "here is the control character U+001B (escape), which no text may hold"
    assert "U+009B" in second.message
    assert first.place
    assert first.place.quote == "a = '␛[31mred\N{REPLACEMENT CHARACTER}'"


def test_only_the_first_of_very_many_control_characters_are_shown(tmp_path: Path) -> None:
    assert len(findings(tmp_path, HEAD + "# " + "\x01" * 1000)) == 20


def test_utf_16_without_its_mark(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(HEAD.encode("utf-16-le"))

    _, (found,) = load(tmp_path, {"homologation": 1})

    assert found.rule == "control-character"
    assert "UTF-16" in found.hint


def test_a_control_character_does_not_hide_an_error_elsewhere(tmp_path: Path) -> None:
    assert findings(tmp_path, HEAD + "a = \nb = '\x9b'") == [("toml-syntax", 3, 5), ("control-character", 4, 6)]


@pytest.mark.parametrize("escape", ["\\u001b", "\\b", "\\f", "\\U0000009b", "\\u0000", "\\u007f"])
def test_escapes_that_make_control_characters(tmp_path: Path, escape: str) -> None:
    text = f'{HEAD}[[a]]\nb = [\n  "ok",\n  "x{escape}"\n]\n"k{escape}" = 1\n'

    assert findings(tmp_path, text) == [("control-character", 6, 3), ("control-character", 8, 1)]


def test_escapes_of_newer_toml(tmp_path: Path) -> None:
    assert findings(tmp_path, HEAD + 'a = "\\e"\n"\\x7f" = 1') == [
        ("control-character", 3, 1),
        ("control-character", 4, 1),
    ]


@pytest.mark.parametrize("escape", ["\\u001b", "\\b", "\\ud83d", "\\ude00x", "\\u0085"])
def test_escapes_of_json(tmp_path: Path, escape: str) -> None:
    text = f'{{"pack": "homologation", "version": 1,\n "a": [{{"b": "{escape}"}}]}}'

    assert findings(tmp_path, text, "a.json") == [("control-character", 2, 9)]


def test_half_a_character_is_named(tmp_path: Path) -> None:
    _, (found,) = read(tmp_path, '{"pack": "homologation", "version": 1, "a": "\\ud83d"}', "a.json")

    assert found.message == 'the text "\\ud83d" holds the control character U+D83D (half of a character)'


def test_both_written_and_escaped_control_characters_are_found(tmp_path: Path) -> None:
    assert findings(tmp_path, HEAD + "a = 'x\x9b'\nb = \"\\u001b\"") == [
        ("control-character", 3, 7),
        ("control-character", 4, 1),
    ]


def test_tabs_line_ends_and_emoji_are_text(tmp_path: Path) -> None:
    (document,), found = read(tmp_path, HEAD + 'a = "\\t\\n\\r\\u00e1\\U0001f600 €"\n# \u00a0ok')

    assert not found
    assert document.data["a"] == "\t\n\rá😀 €"


# Normal form


@pytest.mark.parametrize("written", [NFC, NFD])
@pytest.mark.parametrize(
    "text", ["'{}' = 1", "a = '{}'", "a = ['{}']", "[['{}'.b]]", "a = {{'{}' = '{}'}}", "[a]\nb = [[{{c = '{}'}}]]"]
)
def test_texts_and_keys_are_nfc(tmp_path: Path, written: str, text: str) -> None:
    (document,), found = read(tmp_path, HEAD + text.replace("{}", written).replace("{{", "{").replace("}}", "}"))

    assert not found
    assert NFC in repr(document.data)
    assert NFD not in repr(document.data)


@pytest.mark.parametrize(
    "text", ['"Accio\\u0301n"', '"""Accio\\\n   \u0301n"""', '"Acci\\u006f\u0301n"', '"Accio\\U00000301n"']
)
def test_texts_that_only_escapes_take_out_of_normal_form(tmp_path: Path, text: str) -> None:
    (document,), _ = read(tmp_path, f"{HEAD}a = {text}")

    assert document.data["a"] == NFC


def test_keys_that_are_equal_in_normal_form(tmp_path: Path) -> None:
    documents, (found,) = read(tmp_path, f"{HEAD}[t]\n'{NFC}' = 1\n'{NFD}' = 2")

    assert not documents
    assert found.rule == "duplicate-key"
    assert found.place
    assert found.place.line == 4


@settings(deadline=None)
@given(st.dictionaries(st.text(), st.text() | st.lists(st.text()), max_size=4))
def test_data_is_printable_and_nfc_or_refused(tmp_path_factory: pytest.TempPathFactory, table: dict[str, Any]) -> None:
    folder = tmp_path_factory.mktemp("text")
    text = json.dumps({"pack": "homologation", "version": 1, "table": table}, ensure_ascii=False)

    documents, found = read(folder, text, "a.json")

    assert bool(documents) != bool(found)
    for document in documents:
        for one in document.data["table"]:
            assert not any(0x7F <= ord(char) < 0xA0 or ord(char) < 9 for char in one)


# Quotes


def test_values_in_messages_are_short_and_printable() -> None:
    assert quoted("a\x1b[31m\n\u202e\ud800") == '"a\\x1b[31m\\n\\u202e\\ud800"'
    assert quoted("x" * 100) == f'"{"x" * 59}…"'
    assert quoted(True) == "true"
    assert quoted(Decimal("175.10")) == "175.10"
    assert quoted([1]) == "a list"
    assert len(quoted(Decimal("1" * 1000))) == 60


def test_descriptions() -> None:
    values: list[object] = ["", False, 1, [], {}, None, ()]

    assert [described(value) for value in values] == [
        "text",
        "false",
        "a number",
        "a list",
        "a table",
        "null",
        "something else",
    ]


def test_lists() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == '"a"'
    assert listed(["a", 1, True]) == '"a", 1 or true'
    assert listed(range(20)).endswith("11 … (20 in all)")


@settings(deadline=None)
@given(st.text(st.characters(codec=None)))
def test_nothing_unprintable_is_quoted(text: str) -> None:
    assert shortened(text).isprintable()


def test_suggestions() -> None:
    known = ["code", "name", "image_url", "Piel"]

    assert suggestion("nmae", known) == 'did you mean "name"?'
    assert suggestion("piel", known) == 'did you mean "Piel"?'
    assert suggestion("url", known) == 'did you mean "image_url"?'
    assert suggestion("zzz", known) == ""
    assert suggestion(5, known) == ""


def test_places_quote_their_line() -> None:
    lines = Lines("añ = 1\r\nb\n" + "x" * 600)

    assert lines.place("f", 0) == ("f", 1, 1, "añ = 1")
    assert lines.place("f", 8) == ("f", 2, 1, "b")
    assert lines.place("f", 10).quote == "x" * 500 + "…"
    assert lines.place("f", 10 + 550) == ("f", 3, 551, "")
