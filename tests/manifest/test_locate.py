"""Where things stand: every path of every document, however it is written."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
import tomli
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.manifest.document import Document
from pipeline.manifest.locate import lines, locate
from pipeline.model.diagnostic import Diagnostic, Place
from pipeline.model.resource import Origin

Path = tuple[str | int, ...]


def document(text: str, name: str = "a.toml") -> Document:
    return Document(name, pathlib.Path(name), "p", {}, text.encode())


def place(text: str, path: Path, name: str = "a.toml") -> Place:
    (found,) = locate([document(text, name)], [Diagnostic("rule", "error", "message", Origin(name, path))])
    assert found.place
    assert lines([document(text, name)], [found.origin]) == {found.origin: found.place.line}
    return found.place


TOML = '''# ñ
pack = "homologation"  # [[elements]]
"quoted key" = 'x'
dotted . "k.2".x = 1
long = """
[[elements]]
code = "no\\"""
""" # é
list = [ # one, [two]
  "ñ]", 'b#',
  [1, [2, 3]], {a = 1, "b.c" = {d = [4]}},
]

[[elements]]
code = "A"

  [[elements.warnings]]
  code = "W1"

  [[elements.warnings]]
  code = "W2"

  [elements.rules]
  min = 1

[[elements]]
"code" = "B"
warnings = [{code = "W3"}, {code = "W4", scope.x = 1}]

[elements.rules]
max.x = 2

[tiers.T6]
groups = ["base", {group = "more"}]
[ tiers . "T 5" ]
groups = []
[[deep.list.entry]]
a = 1
[[deep.list.entry.below]]
b = 1
'''


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), (1, 1)),
        (("pack",), (2, 1)),
        (("quoted key",), (3, 1)),
        (("dotted",), (4, 1)),
        (("dotted", "k.2"), (4, 10)),
        (("dotted", "k.2", "x"), (4, 16)),
        (("long",), (5, 1)),
        (("list",), (9, 1)),
        (("list", 0), (10, 3)),
        (("list", 1), (10, 9)),
        (("list", 2), (11, 3)),
        (("list", 2, 1), (11, 7)),
        (("list", 2, 1, 1), (11, 11)),
        (("list", 3), (11, 16)),
        (("list", 3, "b.c"), (11, 24)),
        (("list", 3, "b.c", "d", 0), (11, 38)),
        (("elements",), (14, 3)),
        (("elements", 0), (14, 1)),
        (("elements", 0, "code"), (15, 1)),
        (("elements", 0, "warnings"), (17, 14)),
        (("elements", 0, "warnings", 0), (17, 3)),
        (("elements", 0, "warnings", 1), (20, 3)),
        (("elements", 0, "warnings", 1, "code"), (21, 3)),
        (("elements", 0, "rules"), (23, 13)),
        (("elements", 0, "rules", "min"), (24, 3)),
        (("elements", 1), (26, 1)),
        (("elements", 1, "code"), (27, 1)),
        (("elements", 1, "warnings"), (28, 1)),
        (("elements", 1, "warnings", 1), (28, 28)),
        (("elements", 1, "warnings", 1, "scope", "x"), (28, 48)),
        (("elements", 1, "rules", "max", "x"), (31, 5)),
        (("tiers",), (33, 2)),
        (("tiers", "T6"), (33, 8)),
        (("tiers", "T6", "groups", 1, "group"), (34, 20)),
        (("tiers", "T 5", "groups"), (36, 1)),
        (("deep", "list"), (37, 8)),
        (("deep", "list", "entry", 0, "below", 0, "b"), (40, 1)),
        # What is not there stands where the nearest thing around it stands.
        (("nothing",), (1, 1)),
        (("elements", 7), (14, 3)),
        (("elements", 0, "name"), (14, 1)),
        (("elements", "code"), (14, 3)),
        (("list", 2, 9, "x"), (11, 3)),
        (("pack", 0), (2, 1)),
        (("elements", 1, "warnings", 1, "scope", "y"), (28, 42)),
    ],
)
def test_places_in_toml(path: Path, expected: tuple[int, int]) -> None:
    assert tomli.loads(TOML)
    for text in (TOML, TOML.replace("\n", "\r\n"), "\ufeff" + TOML):
        found = place(text, path)
        assert (found.line, found.column) == expected
        assert found.quote == TOML.split("\n")[expected[0] - 1]


JSON = """{"pack": "homologation", "version": 1,
  "elements": [
    {"code": "\\"ñ{", "list": [1, [2, true], null]},
    {"caf\\u00e9": {}, "a.b":
      "x"}
  ]
}
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), (1, 1)),
        (("version",), (1, 26)),
        (("elements",), (2, 3)),
        (("elements", 0), (3, 5)),
        (("elements", 0, "code"), (3, 6)),
        (("elements", 0, "list", 1), (3, 34)),
        (("elements", 0, "list", 1, 1), (3, 38)),
        (("elements", 0, "list", 2), (3, 45)),
        (("elements", 1, "café"), (4, 6)),
        (("elements", 1, "a.b"), (4, 23)),
        (("elements", 1, "a", "b"), (4, 5)),
        (("elements", 2), (2, 3)),
    ],
)
def test_places_in_json(path: Path, expected: tuple[int, int]) -> None:
    found = place(JSON, path, "a.json")

    assert (found.line, found.column) == expected


def test_keys_are_found_in_any_normal_form_and_escape() -> None:
    text = '\'Accio\u0301n\' = 1\n"\\u0041ccio\\u0301n 2" = 1\n"\\x41" = 1\n"a\tb" = 1'

    assert place(text, ("Acción",)).line == 1
    assert place(text, ("Acción 2",)).line == 2
    assert place(text, ("A",)).line == 3
    assert place(text, ("a\tb",)).line == 4


def test_newer_toml() -> None:
    text = 'a = {\n  b = 1, # one\n  c = 2,\n}\ntext = "\\e"\ntime = 07:32\n[[d]]\ne = 1\n'
    assert tomli.loads(text)

    assert place(text, ("a", "c")).line == 3
    assert place(text, ("d", 0, "e")).line == 8


@pytest.mark.parametrize(
    "text",
    [
        "a = [1,",
        "a = {b = 1",
        'a = """x',
        "a",
        "a = ",
        "[a",
        "[[a",
        "]]",
        "a = ]",
        "a = [}",
        "a = {]",
        '"\\q" = 1\na = 1',
        '"a',
        "\x00",
        "[]\na.b = 1",
    ],
)
@pytest.mark.parametrize("name", ["a.toml", "a.json"])
def test_a_text_that_no_parser_accepts_is_no_reason_to_fail(text: str, name: str) -> None:
    assert place(text, ("a", "b", 0), name).line >= 1


@settings(deadline=None)
@given(st.text(alphabet="ab.=[]{}\"'\\\n#,: 1é"), st.sampled_from(["a.toml", "a.json"]))
def test_no_text_is_a_reason_to_fail(text: str, name: str) -> None:
    assert place(text, ("a", "b", 0), name).line >= 1


# Diagnostics


def finding(file: str, *path: str | int, also: tuple[Origin, ...] = ()) -> Diagnostic:
    return Diagnostic("rule", "error", "message", Origin(file, path), also=also)


def test_diagnostics_are_sorted_by_place() -> None:
    documents = [document("b = 1\na = 1", "b.toml"), document("c = 1", "a.toml")]
    known = Diagnostic("rule", "error", "message", Origin("b.toml"), place=Place("b.toml", 1, 5, "kept"))

    found = locate(
        documents,
        [finding("b.toml", "a"), known, finding("b.toml", "b"), finding("a.toml", "c"), finding("c.toml", "x")],
    )

    assert [one.place for one in found] == [
        ("a.toml", 1, 1, "c = 1"),
        ("b.toml", 1, 1, "b = 1"),
        ("b.toml", 1, 5, "kept"),
        ("b.toml", 2, 1, "a = 1"),
        ("c.toml", 0, 0, ""),
    ]


def test_further_places() -> None:
    documents = [document("a = 1\nb = 2"), document("c = 1", "c.toml")]

    (found,) = locate(documents, [finding("a.toml", "b", also=(Origin("c.toml", ("c",)), Origin("d.toml", ("d",))))])

    assert found.also_places == (Place("c.toml", 1, 1, "c = 1"), Place("d.toml"))


def test_nothing_to_locate() -> None:
    assert locate([document("a = 1")], []) == []


def test_lines_of_many_origins() -> None:
    text = "".join(f"[[e]]\ncode = {n}\n  [[e.w]]\n  c = 1\n" for n in range(5000))
    origins = [Origin("a.toml", ("e", n)) for n in range(5000)]
    origins += [Origin("a.toml", ("e", n, "w", 0)) for n in range(5000)]

    found = lines([document(text)], [*origins, Origin("gone.toml", ("a",))])

    assert [found[origin] for origin in origins] == [4 * n + 1 for n in range(5000)] + [4 * n + 3 for n in range(5000)]
    assert found[Origin("gone.toml", ("a",))] == 0


# Any document

KEYS = st.one_of(
    st.sampled_from(["a", "b-c", "d_1", "7", "e f", "ñ", "x.y", "", "'", '"', "#", "\t", "[[a]]", "\\", "=", "a\nb"])
)
LEAVES = st.sampled_from([1, "text", "[[a]]", "a = 1\n[b]", "'''", '"""', "# no", "\\", "ñ\\\n", True])
TABLES = st.recursive(
    st.dictionaries(KEYS, LEAVES, max_size=4),
    lambda inner: st.dictionaries(
        KEYS, st.one_of(LEAVES, inner, st.lists(inner, max_size=3), st.lists(LEAVES | inner, max_size=3)), max_size=4
    ),
    max_leaves=12,
)


def paths(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*path, index))


def numbered(value: Any, counter: Iterator[int]) -> Any:
    """The value with a different number in place of every 1, so that a place can be told from all others."""
    if isinstance(value, dict):
        return {key: numbered(item, counter) for key, item in value.items()}
    if isinstance(value, list):
        return [numbered(item, counter) for item in value]
    return next(counter) if value == 1 and value is not True else value


KEY = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')


def check(text: str, data: dict[str, Any], name: str) -> None:
    """Every path of the data is found where its key, its header or its value stands in the text."""
    source = text.replace("\r\n", "\n").split("\n")
    for path, value in paths(data):
        found = place(text, path, name)
        rest = "\n".join([source[found.line - 1][found.column - 1 :], *source[found.line :]])
        assert found.quote in (source[found.line - 1], source[found.line - 1][:500] + "…", "")
        if isinstance(path[-1], str):
            key = KEY.match(rest)
            assert key
            assert (json.loads(key[0]) if name == "a.json" else next(iter(tomli.loads(f"{key[0]} = 1")))) == path[-1]
            if type(value) is int:
                assert re.match(rf"[ \t]*[=:][ \t]*{value}\b", rest[key.end() :])
        elif isinstance(value, dict):
            assert rest.startswith(("{", "[["))
        elif isinstance(value, list):
            assert rest.startswith("[")
        elif type(value) is int:
            assert re.match(rf"{value}\b", rest)
        elif isinstance(value, str):
            assert rest.startswith(('"', "'"))
        else:
            assert rest.startswith("true")


@settings(deadline=None)
@given(TABLES)
def test_every_path_that_tomli_w_writes(table: dict[str, Any]) -> None:
    data = numbered(table, iter(range(1000, 9999)))

    check(tomli_w.dumps(data), data, "a.toml")


@settings(deadline=None)
@given(TABLES, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_every_path_of_json(table: dict[str, Any], indent: int | str | None, ascii_only: bool) -> None:
    data = numbered(table, iter(range(1000, 9999)))

    check(json.dumps(data, indent=indent, ensure_ascii=ascii_only), data, "a.json")


class Writer:
    """Writes a document in every way that TOML has for it, as a source of choices tells."""

    def __init__(self, draw: st.DataObject) -> None:
        self.draw = draw

    def choose(self, *ways: str) -> str:
        return self.draw.draw(st.sampled_from(ways))

    def key(self, key: str) -> str:
        ways = [json.dumps(key), json.dumps(key, ensure_ascii=False)]
        if re.fullmatch(r"[A-Za-z0-9_-]+", key):
            ways.append(key)
        if "'" not in key and "\n" not in key:
            ways.append(f"'{key}'")
        return self.choose(*ways)

    def keys(self, names: list[str]) -> str:
        return self.choose(".", " . ").join(map(self.key, names))

    def value(self, value: Any) -> str:
        if isinstance(value, dict):
            pairs = [f"{self.keys(names)} {self.choose('=', '= ')}{text}" for names, text in self.pairs(value)]
            return (
                "{"
                + self.choose("", " ")
                + self.choose(", ", ",", ",\n # }\n ").join(pairs)
                + self.choose("", " ")
                + "}"
            )
        if isinstance(value, list):
            gap = self.choose("", " ", "\n  ", " # [x\n")
            items = [gap + self.value(item) for item in value]
            return "[" + self.choose(",", " ,").join(items) + (self.choose("", ",") if items else "") + gap + "]"
        if isinstance(value, str):
            ways = [json.dumps(value)]
            if "'" not in value:
                ways.append(f"'''\n{value}'''")
                ways.extend([f"'{value}'"] if "\n" not in value else [])
            if '"' not in value:
                ways.append('"""\n' + value.replace("\\", "\\\\") + '"""')
                ways.append('"""\\\n   ' + json.dumps(value)[1:-1] + '"""')
            return self.choose(*ways)
        return json.dumps(value)

    def pairs(self, table: dict[str, Any]) -> Iterator[tuple[list[str], str]]:
        for key, value in table.items():
            if value and isinstance(value, dict) and self.choose("dotted", "table") == "dotted":
                yield from (([key, *names], text) for names, text in self.pairs(value))
            else:
                yield [key], self.value(value)

    def document(self, table: dict[str, Any], header: list[str]) -> str:
        later = {}
        for key, value in table.items():
            is_list = isinstance(value, list) and value and all(isinstance(item, dict) for item in value)
            if (isinstance(value, dict) or is_list) and self.choose("inline", "header") == "header":
                later[key] = value
        now = {key: value for key, value in table.items() if key not in later}
        text = "".join(f"{self.keys(names)} = {value}{self.choose('', ' # ]')}\n" for names, value in self.pairs(now))
        for key, value in later.items():
            names = [*header, key]
            for entry in value if isinstance(value, list) else [value]:
                title = self.choose("{}", " {} ").format(self.keys(names))
                text += self.choose("", "\n", "# a = 1\n  ") + (
                    f"[[{title}]]\n" if isinstance(value, list) else f"[{title}]\n"
                )
                text += self.document(entry, names)
        return text


@settings(deadline=None)
@given(TABLES, st.data())
def test_every_path_however_it_is_written(table: dict[str, Any], draw: st.DataObject) -> None:
    data = numbered(table, iter(range(1000, 9999)))
    text = Writer(draw).document(data, [])
    assert tomli.loads(text) == data

    check(text, data, "a.toml")
    check(text.replace("\n", "\r\n"), data, "a.toml")


def test_the_text_of_an_emptied_document_is_read_again_unless_the_file_has_changed(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(b"# x\n[[a]]\nb = 1\n")
    document = Document("a.toml", file, "p", {"a": [{"b": 1}]}, file.read_bytes()).emptied()
    origin = Origin("a.toml", ("a", 0))

    assert lines([document], [origin]) == {origin: 2}
    file.write_bytes(b"# x\n# y\n[[a]]\nb = 1\n")
    assert lines([document], [origin]) == {origin: 0}
    file.unlink()
    assert lines([document], [origin]) == {origin: 0}


@pytest.mark.parametrize("odd", ["[[ a ]]\n", '[["a"]]\n', '[[a]]\nt = """\n[[a]]\n"""\n'])
def test_entries_are_counted_right_whatever_their_headers_look_like(odd: str) -> None:
    document = Document("a.toml", pathlib.Path("a.toml"), "p", {}, f"{odd}x = [\n[[1]],\n]\n[[a]]\n".encode())
    origin = Origin("a.toml", ("a", 1))

    (line,) = lines([document], [origin]).values()
    assert line == f"{odd}x = [\n[[1]],\n]\n".count("\n") + 1
