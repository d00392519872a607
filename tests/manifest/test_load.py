"""Which files are read, and what is said of those that cannot be."""

from __future__ import annotations

import json
import os
import socket
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import ManifestError
from pipeline.manifest.document import Document
from pipeline.manifest.load import load
from pipeline.model.diagnostic import Diagnostic, Place
from pipeline.model.resource import Origin

PACKS = {"homologation": 3, "components": 1}
HEAD = 'pack = "homologation"\nversion = 1\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test runs in a folder of its own, with its manifests in `m`."""
    monkeypatch.chdir(tmp_path)
    Path("m").mkdir()
    return tmp_path


def write(name: str, content: str | bytes) -> Path:
    path = Path("m", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read() -> tuple[list[Document], list[Diagnostic]]:
    return load(Path("m"), PACKS)


def data(content: str | bytes, name: str = "a.toml") -> dict[str, Any]:
    write(name, content)
    (document,), found = read()
    assert not found
    return document.data


def finding(content: str | bytes, name: str = "a.toml") -> Diagnostic:
    """The one thing that is wrong with a file, which has its place."""
    write(name, content)
    documents, (found,) = read()
    assert not documents
    assert found.severity == "error"
    assert found.place is not None
    assert found.place.file == found.origin.file
    return found


def place(found: Diagnostic) -> tuple[int, int]:
    assert found.place is not None
    return found.place.line, found.place.column


# Finding files


def test_manifests_are_read_in_the_order_of_their_paths() -> None:
    for name in ("b/x.toml", "b.toml", "a.json", "b/a/y.TOML", "c.txt", ".hidden.toml", ".git/x.toml", "~.toml~"):
        write(name, json.dumps({"pack": "components", "version": 1}) if name.endswith("json") else HEAD)

    documents, found = read()

    assert not found
    assert [document.file for document in documents] == ["m/a.json", "m/b/a/y.TOML", "m/b/x.toml", "m/b.toml"]
    assert [document.pack for document in documents] == ["components", *["homologation"] * 3]
    assert documents[1].source == HEAD.encode()


def test_a_folder_without_manifests() -> None:
    assert read() == ([], [])


def test_a_folder_that_does_not_exist() -> None:
    with pytest.raises(ManifestError, match="manifests' folder nowhere does not exist"):
        load(Path("nowhere"), PACKS)


def test_a_single_file_can_be_loaded() -> None:
    documents, found = load(write("a.toml", HEAD), PACKS)

    assert [document.file for document in documents] == ["m/a.toml"]
    assert not found


def test_files_outside_the_current_directory_have_their_whole_path(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.toml", HEAD)
    (here / "elsewhere").mkdir()
    monkeypatch.chdir(here / "elsewhere")

    (inside,), _ = load(Path("../m"), PACKS)

    assert inside.file == (here / "m/a.toml").as_posix()


def test_unprintable_names_are_shown_escaped() -> None:
    write("a\x1b[31m.toml", HEAD)
    write(os.fsdecode(b"b\xff.toml"), HEAD)

    documents, _ = read()

    assert [document.file for document in documents] == ["m/a\\x1b[31m.toml", "m/b\\udcff.toml"]


def test_a_folder_with_the_name_of_a_manifest() -> None:
    write("x.toml/y.toml", HEAD)

    documents, (found,) = read()

    assert not documents
    assert (found.rule, found.place) == ("not-a-file", Place("m/x.toml"))
    assert "folder" in found.message


def test_pipes_and_sockets_are_never_opened(here: Path) -> None:
    os.mkfifo("m/pipe.toml")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("m/socket.json")

        documents, found = read()

    assert not documents
    assert [(one.rule, one.origin.file) for one in found] == [
        ("not-a-file", "m/pipe.toml"),
        ("not-a-file", "m/socket.json"),
    ]
    assert "a pipe" in found[0].message
    assert "a socket" in found[1].message


def test_a_large_file_is_not_read() -> None:
    with Path("m/large.toml").open("wb") as file:
        file.truncate(50 * 1024 * 1024)

    _, (found,) = read()

    assert found.rule == "file-too-large"
    assert found.message == "the file has 50 MB; a manifest may have 32 MB"


def test_a_file_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.toml", HEAD)
    write("b.toml", HEAD)
    opened = Path.open

    def refuse(path: Path, *arguments: Any) -> Any:
        if path.name == "a.toml":
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments)

    monkeypatch.setattr(Path, "open", refuse)

    documents, (found,) = read()

    assert [document.file for document in documents] == ["m/b.toml"]
    assert (found.rule, found.message) == ("unreadable", "the file cannot be read: permission denied")


def test_a_folder_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.toml", HEAD)
    write("secret/b.toml", HEAD)
    listed = os.scandir

    def refuse(path: Path) -> Any:
        if path.name == "secret":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)

    documents, (found,) = read()

    assert [document.file for document in documents] == ["m/a.toml"]
    assert (found.rule, found.origin.file) == ("unreadable", "m/secret")


def test_a_file_that_vanishes_while_the_folder_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a.toml", HEAD)
    is_link = Path.is_symlink

    def vanish(checked: Path) -> bool:
        path.unlink(missing_ok=True)
        return is_link(checked)

    monkeypatch.setattr(Path, "is_symlink", vanish)

    documents, (found,) = read()

    assert not documents
    assert (found.rule, found.origin.file) == ("unreadable", "m/a.toml")


# Links


def test_links_that_stay_inside_are_read_once(here: Path) -> None:
    write("a.toml", HEAD)
    write("folder/b.toml", HEAD)
    Path("m/again.toml").symlink_to("a.toml")
    Path("m/aaa").symlink_to("folder")
    Path("m/folder/loop").symlink_to(here / "m")
    Path("m/folder/self").symlink_to(".")

    documents, found = read()

    assert not found
    assert [document.file for document in documents] == ["m/a.toml", "m/folder/b.toml"]


def test_a_link_to_what_would_be_hidden_is_followed() -> None:
    write(".data/a.toml", HEAD)
    write(".data/b.toml", HEAD)
    Path("m/current").symlink_to(".data")
    Path("m/a.toml").symlink_to(".data/a.toml")

    documents, found = read()

    assert not found
    assert [document.file for document in documents] == ["m/a.toml", "m/current/b.toml"]


def test_links_that_leave_the_folder() -> None:
    Path("outside").mkdir()
    Path("outside/a.toml").write_text(HEAD)
    Path("m/a.toml").symlink_to("../outside/a.toml")
    Path("m/folder").symlink_to("../outside")
    Path("m/notes.txt").symlink_to("/etc/hostname")
    Path("m/text").symlink_to("/etc/hostname")

    documents, found = read()

    assert not documents
    assert [(one.rule, one.origin.file) for one in found] == [
        ("link-outside", "m/a.toml"),
        ("link-outside", "m/folder"),
        ("link-outside", "m/text"),
    ]


def test_links_that_lead_nowhere() -> None:
    Path("m/gone.toml").symlink_to("nothing.toml")
    Path("m/folder").symlink_to("nothing")
    Path("m/loop.toml").symlink_to("loop.toml")
    Path("m/.lock.toml").symlink_to("nobody@nowhere")
    Path("m/fine").symlink_to("notes")
    Path("m/notes").write_text("no manifest")

    documents, found = read()

    assert not documents
    assert [(one.rule, one.origin.file) for one in found] == [
        ("unreadable", "m/folder"),
        ("unreadable", "m/gone.toml"),
        ("unreadable", "m/loop.toml"),
    ]


# Encodings


@pytest.mark.parametrize("name", ["a.toml", "a.json"])
def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(name: str) -> None:
    text = HEAD + 'name = "ñ"\n' if name == "a.toml" else '{"pack": "homologation",\n"version": 1, "name": "ñ"}'

    assert data(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), name)["name"] == "ñ"


def test_windows_line_ends_are_plain_in_long_texts() -> None:
    assert data(HEAD.replace("\n", "\r\n") + 'long = """\r\none\r\ntwo"""')["long"] == "one\ntwo"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16(encoding: str) -> None:
    mark = b"" if encoding == "utf-16" else ("\ufeff").encode(encoding)
    found = finding(mark + HEAD.encode(encoding))

    assert (found.rule, place(found)) == ("not-utf8", (1, 1))
    assert "UTF-16" in found.message
    assert "UTF-8" in found.hint


def test_latin_1() -> None:
    found = finding(b"\xef\xbb\xbf" + HEAD.encode() + 'a = "ññ"; b = "'.encode() + b'\xf3"\n')

    assert (found.rule, place(found)) == ("not-utf8", (3, 16))
    assert found.message == "the file is not UTF-8: here is the byte F3"
    assert '"ó"' in found.hint


def test_bytes_that_are_no_letter_in_any_encoding() -> None:
    assert finding(HEAD.encode() + b"a = '\x81'").hint == "save it as UTF-8"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.toml", ""),
        ("a.toml", "\n  \n"),
        ("a.toml", "# nothing yet\n"),
        ("a.json", ""),
        ("a.json", " \n"),
        ("a.json", "{}"),
    ],
)
def test_empty_files(name: str, content: str) -> None:
    found = finding(content, name)

    assert (found.rule, place(found)) == ("empty-file", (1, 1))
    assert 'pack = "' in found.hint


# Syntax


@pytest.mark.parametrize(
    ("line", "rule", "column", "message"),
    [
        ("a", "toml-syntax", 2, "a key must be followed by = and its value"),
        ("a = ", "toml-syntax", 4, "no value that a manifest knows"),
        ("a = hello", "toml-syntax", 5, "no value that a manifest knows"),
        ("a = 12,50", "toml-syntax", 7, "something after the value"),
        ("a = True", "toml-syntax", 5, "no value"),
        ('a = "one', "toml-syntax", 5, "quotation mark is missing"),
        ("a = 'one", "toml-syntax", 5, "quotation mark is missing"),
        ('a = """one\ntwo\nthree', "toml-syntax", 5, "quotation mark is missing"),
        ("a = '''one\ntwo", "toml-syntax", 5, "quotation mark is missing"),
        ("a = [1, 2\nb = 3", "toml-syntax", 1, "this list is not closed"),
        ("a = [1, 2", "toml-syntax", 10, "this list is not closed"),
        ("a = {b = 1", "toml-syntax", 11, "this table is not closed"),
        ("[a", "toml-syntax", 3, "header is not closed"),
        ("[[a]", "toml-syntax", 4, "header is not closed"),
        ("= 1", "toml-syntax", 1, "neither a key"),
        ("á = 1", "toml-syntax", 1, "neither a key"),
        ("[á]", "toml-syntax", 2, "a key is expected"),
        ('a = "\\d"', "toml-syntax", 8, "backslash"),
        ('a = "\\ud800"', "toml-syntax", 12, "name no character"),
        ('a = "\\uxyz1"', "toml-syntax", 8, "name no character"),
        ("a = 2026-02-30", "toml-syntax", 5, "no such date"),
        ("  version = 2", "duplicate-key", 3, "written twice"),
        ("a = {b = 1, b = 2}", "duplicate-key", 1, "written twice"),
        ("[a]\n[a]", "duplicate-key", 1, "stands twice"),
        ("a = {}\n[[a.b]]", "toml-syntax", 6, "complete already"),
        ("a.b = 1\n[t]\n[[t.c]]\n[t]\nc.d = 1", "duplicate-key", 1, "stands twice"),
    ],
)
def test_mistakes_in_toml(line: str, rule: str, column: int, message: str) -> None:
    found = finding(HEAD + line)

    assert (found.rule, place(found)[1]) == (rule, column)
    assert message in found.message
    assert found.place
    assert found.place.quote in (HEAD + line).split("\n")


def test_an_unknown_complaint_of_the_parser_is_shown_as_it_is() -> None:
    found = finding(HEAD + "[a]\nb.c = 1\n[a.b]\n")

    assert found.rule in {"toml-syntax", "duplicate-key"}
    assert found.message


@pytest.mark.parametrize(
    ("text", "rule", "where", "message"),
    [
        ('{"pack": "x"', "json-syntax", (1, 13), "comma or a closing bracket"),
        ('{"pack": "x",}', "json-syntax", None, "comma"),
        ("{pack: 1}", "json-syntax", (1, 2), "double quotes"),
        ('{"a" 1}', "json-syntax", (1, 6), "colon"),
        ('{"a": }', "json-syntax", (1, 7), "value is expected"),
        ('{"a": 1}\n{}', "json-syntax", (2, 1), "complete before"),
        ('{"a": "b', "json-syntax", (1, 7), "quotation mark"),
        ('{"a": "b\nc"}', "json-syntax", (1, 9), "next line"),
        ('{"a": "\\d"}', "json-syntax", (1, 8), "backslash"),
        ("[]", "json-syntax", (1, 1), "begins with {"),
        ("7", "json-syntax", (1, 1), "begins with {"),
        ("null", "json-syntax", (1, 1), "begins with {"),
        ('{"a": 1,\n "b": {"a": 1, "a": 2}}', "duplicate-key", (2, 16), 'the key "a" is written twice'),
    ],
)
def test_mistakes_in_json(text: str, rule: str, where: tuple[int, int] | None, message: str) -> None:
    found = finding(text, "a.json")

    assert found.rule == rule
    assert where in (None, place(found))
    assert message in f"{found.message} {found.hint}"


def test_every_repeated_key_of_a_json_file_is_shown_with_its_first() -> None:
    write("a.json", '{"a": [{"\\u0062": 1, "b": "}"}],\n "a": 2, "c": {"a": 1}}')

    _, found = read()

    assert [(place(one), one.also_places[0].line, one.also_places[0].column) for one in found] == [
        ((1, 22), 1, 9),
        ((2, 2), 1, 2),
    ]


def test_the_first_hundred_repeated_keys_are_enough() -> None:
    write("a.json", "{" + '"a": 1, ' * 1000 + '"b": 2}')

    assert len(read()[1]) == 100


def test_one_faulty_file_does_not_hide_the_others() -> None:
    write("a.toml", "= 1")
    write("b.toml", HEAD)
    write("c.toml", b"\xff")

    documents, found = read()

    assert [document.file for document in documents] == ["m/b.toml"]
    assert [(one.rule, one.origin.file) for one in found] == [("toml-syntax", "m/a.toml"), ("not-utf8", "m/c.toml")]


# Depth

DEEP = 10_000


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("a.toml", HEAD + "a = " + "[" * DEEP + "]" * DEEP, (3, 69)),
        ("a.toml", HEAD + "a = " + "{a = " * DEEP + "1" + "}" * DEEP, (3, 325)),
        ("a.toml", HEAD + ".".join("a" * DEEP) + " = 1", (3, 1)),
        ("a.toml", HEAD + f"\n[{'.'.join('a' * DEEP)}]", (4, 1)),
        ("a.toml", HEAD + f"\n[[{'.'.join('a' * DEEP)}]]", (4, 1)),
        ("a.toml", HEAD + f"[{'.'.join('a' * 500)}]\nb = 1", (3, 128)),
        ("a.toml", HEAD + ".".join("a" * 66) + " = 1", (3, 127)),
        ("a.toml", HEAD + "a = " + "[" * 64 + "]" * 64, (3, 68)),
        ("a.json", '{"a": ' + "[" * DEEP + "]" * DEEP + "}", (1, 70)),
        ("a.json", '{"a": ' * DEEP + "1" + "}" * DEEP, (1, 385)),
        ("a.json", '{"a": ' + "[" * 64 + "]" * 64 + "}", (1, 70)),
    ],
)
def test_what_is_nested_too_deep(name: str, text: str, where: tuple[int, int]) -> None:
    found = finding(text, name)

    assert found.rule == "too-deep"
    assert found.place
    assert found.place.line == where[0]
    assert abs(found.place.column - where[1]) <= 6


def test_sixty_four_levels_are_allowed() -> None:
    assert data(HEAD + "a = " + "[" * 63 + "]" * 63)["a"]


# Numbers and dates


def test_numbers_are_read_exactly() -> None:
    numbers = data(HEAD + "a = 175.10\nb = 1_000.5\nc = 9223372036854775807\nd = 0x10\ne = 1e2\nf = -0.0")

    assert numbers["a"] == Decimal("175.10")
    assert str(numbers["a"]) == "175.10"
    assert numbers["b"] == Decimal("1000.5")
    assert numbers["c"] == 2**63 - 1
    assert (numbers["d"], numbers["e"]) == (16, 100)
    assert not [number for number in numbers.values() if isinstance(number, float)]


def test_numbers_of_json_are_read_exactly() -> None:
    assert data('{"pack": "components", "version": 1, "a": 175.10, "b": null}', "a.json")["a"] == Decimal("175.10")


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        ("9223372036854775808", "number-range"),
        ("-9223372036854775809", "number-range"),
        ("9" * 5000, "number-range"),
        ("0." + "1" * 31, "number-range"),
        ("1e31", "number-range"),
        ("1e-31", "number-range"),
        ("1e999999999999999999999", "number-range"),
        ("nan", "not-a-number"),
        ("inf", "not-a-number"),
        ("-inf", "not-a-number"),
        ("0x" + "f" * 9000, "number-range"),
    ],
)
def test_values_that_no_manifest_may_hold(number: str, rule: str) -> None:
    found = finding(f'{HEAD}a = "{number}" # {number}\n[[list]]\nb = [\n  "ñ", {number}]')

    assert found.rule == rule
    assert place(found) == (6, 8)
    assert found.hint or found.message


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_infinity_in_json(number: str) -> None:
    found = finding(f'{{"pack": "components", "version": 1, "a": [1, {number}]}}', "a.json")

    assert (found.rule, place(found)) == ("not-a-number", (1, 47))


@pytest.mark.parametrize("number", ["9" * 5000, "1e999999999999999999999", "12345678901234567890"])
def test_large_numbers_in_json(number: str) -> None:
    found = finding(f'{{"pack": "components", "version": 1, "a": [1, {number}]}}', "a.json")

    assert (found.rule, place(found)) == ("number-range", (1, 47))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("2026-11-21", "2026-11-21"),
        ("07:32:00", "07:32:00"),
        ("2026-11-21T07:32:00Z", "2026-11-21T07:32:00+00:00"),
        ("2026-11-21 07:32:00.5", "2026-11-21T07:32:00.500000"),
    ],
)
def test_dates_are_read_as_text_and_their_places_are_kept(written: str, text: str) -> None:
    write("a.toml", f'{HEAD}a = [{{ "e\u0301" = {written} }}, "{written}"]')

    ((document,), found) = read()
    assert found == []
    assert document.data["a"] == [{"\xe9": text}, written]
    assert document.dates == (Origin(document.file, ("a", 0, "\xe9")),)


# The header


@pytest.mark.parametrize(
    ("head", "rules"),
    [
        ("a = 1", ["missing-pack", "missing-version"]),
        ("version = 1", ["missing-pack"]),
        ('pack = ""\nversion = 1', ["missing-pack"]),
        ("pack = 7\nversion = 1", ["missing-pack"]),
        ('pack = "homologacion"\nversion = 9', ["unknown-pack"]),
        ('pack = "zzz"\nversion = 1', ["unknown-pack"]),
        ('pack = "homologation"', ["missing-version"]),
        ('pack = "homologation"\nversion = "1"', ["missing-version"]),
        ('pack = "homologation"\nversion = true', ["missing-version"]),
        ('pack = "homologation"\nversion = 1.0', ["missing-version"]),
        ('pack = "homologation"\nversion = 0', ["version"]),
        ('pack = "homologation"\nversion = -1', ["version"]),
        ('pack = "homologation"\nversion = 4', ["version"]),
    ],
)
def test_headers(head: str, rules: list[str]) -> None:
    write("a.toml", f"# a manifest\n{head}\n")

    documents, found = read()

    assert not documents
    assert [one.rule for one in found] == rules
    assert all(one.place and one.place.line and one.hint for one in found)


def test_hints_of_headers() -> None:
    assert finding('pack = "homologacion"\nversion = 1').hint == 'did you mean "homologation"?'
    assert finding('pack = "zzz"\nversion = 1').hint == 'known packs: "components" and "homologation"'
    assert finding('pack = "components"\nversion = 2').hint == "upgrade the tool"
    assert finding('pack = "homologation"').hint == "write version = 3 below its pack"


# Whatever the bytes


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(["f.toml", "f.json"]),
    st.one_of(
        st.binary(max_size=200),
        st.text(alphabet="ab.=[]{}\"'\\\n#,:0-9éu\x1b\ud7ff ", max_size=120).map(lambda text: text.encode()),
    ),
)
def test_no_bytes_raise(name: str, content: bytes) -> None:
    for head in (b"", HEAD.encode()):
        write(name, head + content)
        documents, found = read()
        assert bool(documents) != bool(found)
        assert all(one.place and one.place.file == f"m/{name}" and "\x1b" not in one.place.quote for one in found)
        assert all(text.isprintable() for one in found for text in (one.message, one.hint))
    Path("m", name).unlink()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_json_holds_is_read_as_nfc_or_refused(value: Any) -> None:
    write("f.json", json.dumps({"pack": "components", "version": 1, "value": value}))

    documents, found = read()

    if documents:
        assert documents[0].data["value"] == _nfc(value)
    else:
        assert {one.rule for one in found} <= {"control-character", "number-range", "duplicate-key"}


def _nfc(value: Any) -> Any:
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case list():
            return [_nfc(item) for item in value]
        case dict():
            return {_nfc(key): _nfc(item) for key, item in value.items()}
        case _:
            return value
