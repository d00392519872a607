"""Where things stand in a manifest's text: a scanner for TOML and JSON that their parsers have accepted.

Parsers keep no positions, and a syntax tree of a large file takes longer to build than the file to parse. But
only few places are ever asked for. So the paths that are wanted form a tree of `Node`, the scanner descends
only where that tree does, and skips all else with regular expressions. TOML's inline values and JSON differ
in nothing that matters here, so one scanner reads both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

import tomli

from pipeline.manifest.entry_headers import entries
from pipeline.model.resource import Origin
from pipeline.model.values import text as canonical

_BASIC = r'"(?!"")[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"'
_LITERAL = r"'(?!'')[^'\n]*+'"
_STRING = (
    r'"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+"{3,5}'
    r"|'''[^']*+(?:'(?!'')[^']*+)*+'{3,5}"
    rf"|{_BASIC}|{_LITERAL}"
)
_BLANK = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_BETWEEN = re.compile(r"(?:[ \t\r\n,]++|#[^\n]*+)*+")
_EQUALS = re.compile(r"[ \t\r\n]*[=:][ \t\r\n]*")
_KEY = re.compile(rf"[ \t]*((?:[A-Za-z0-9_-]++)|({_BASIC}|{_LITERAL}))(?:[ \t]*(\.))?")
_BARE_HEADER = re.compile(r"([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\]")
_SCALAR = re.compile(rf"{_STRING}|[^,\]}}\n#\[{{]*", re.DOTALL)
_SIMPLE = re.compile(
    rf"([A-Za-z0-9_-]++)[ \t]*+=[ \t]*+(?:{_STRING}|[^\[{{\"'\n#][^\n#]*+)(?:[ \t\r\n]++|#[^\n]*+)*+", re.DOTALL
)
_PLAIN_TABLE = re.compile(rf"(?:[^\[\]{{}}\"'#=]++|=(?![ \t]*[\[{{])|{_STRING}|#[^\n]*+)*+", re.DOTALL)
_BEFORE_EQUALS = re.compile(r"^[^\n=#]*+", re.MULTILINE)
_TOKEN = re.compile(rf"{_STRING}|#[^\n]*+|([\[{{])|([\]}}])|(\"\"\"|'''|[\"'])", re.DOTALL)
_JSON_TOKEN = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+")\s*+(:)?|([\[{])|[\]}]', re.DOTALL)


class Node(dict["str | int", "Node"]):
    """A wanted place and those wanted inside it. `offset` is -1 until it is found.

    `latest` is the index of the latest `[[entry]]` of an array of tables, which headers below it mean.
    """

    __slots__ = ("latest", "offset", "parent")

    def __init__(self, parent: Node | None) -> None:
        super().__init__()
        self.parent = parent
        self.offset = -1
        self.latest = -1


class _Lost(Exception):  # noqa: N818 - never leaves this module
    """The text is not what the parsers accepted: what is found so far has to do."""


def offsets(text: str, is_json: bool, origins: Sequence[Origin]) -> dict[Origin, int]:
    """The offset at which each origin stands in the text; for one that is not there, that of what encloses it."""
    known = {} if is_json else entries(text)
    found = {origin: known[origin.path] for origin in origins if origin.path in known}
    return found | _scanned(text, is_json, [origin for origin in origins if origin not in found])


def _scanned(text: str, is_json: bool, origins: Sequence[Origin]) -> dict[Origin, int]:
    """The same for any origins, by a scanner."""
    if not origins:
        return {}
    root = Node(None)
    root.offset = 0
    wanted: dict[Origin, Node] = {}
    for origin in origins:
        node = root
        for step in origin.path:
            below = node.get(step)
            if below is None:
                below = node[step] = Node(node)
            node = below
        wanted[origin] = node
    try:
        if is_json:
            _value(text, _blank(text, 0), root)
        else:
            _document(text, root)
    except (_Lost, ValueError):
        pass
    return {origin: _known(node) for origin, node in wanted.items()}


def _known(node: Node) -> int:
    """The offset of the node, or of the nearest around it that was found. That of the root always is."""
    while node.offset < 0 and node.parent is not None:
        node = node.parent
    return node.offset


def _document(text: str, root: Node) -> None:
    """A TOML document: statements and headers."""
    table: Node | None = root
    pos = _blank(text, 0)
    while pos < len(text):
        start = pos
        if text[pos] == "[":
            table, pos = _header(text, pos, root)
        elif table:
            simple = _SIMPLE.match(text, pos)
            pos = simple.end() if simple and simple[1] not in table else _statement(text, pos, table)
        else:
            pos = _PLAIN_TABLE.match(text, pos).end()  # type: ignore[union-attr]  # it matches nothing, too
            if text.startswith("=", pos):
                pos = _skip(text, _after_equals(text, pos))
        pos = _blank(text, pos)
        if pos == start:
            raise _Lost


def _header(text: str, pos: int, root: Node) -> tuple[Node | None, int]:
    """`[a.b]` or `[[a.b]]`: the table that the statements below it fill, if anything in it is wanted."""
    brackets = 2 if text.startswith("[[", pos) else 1
    keys, end = _header_keys(text, pos + brackets)
    end = _blank(text, end) + brackets
    node: Node | None = root
    for name, offset in keys[:-1]:
        node = _entered(node, name, offset)
        if node is not None and node.latest >= 0:
            node = node.get(node.latest)
        if node is None:
            return None, end
    node = _entered(node, *keys[-1])
    if node is not None and brackets == 2:
        node.latest += 1
        node = node.get(node.latest)
        if node is not None:
            node.offset = pos
    return node, end


def _header_keys(text: str, pos: int) -> tuple[list[tuple[str, int]], int]:
    """A header's dotted key, as `_keys` gives it. Nearly all are bare and without spaces."""
    bare = _BARE_HEADER.match(text, pos)
    if bare is None:
        return _keys(text, pos)
    keys = []
    for name in bare[1].split("."):
        keys.append((name, pos))
        pos += len(name) + 1
    return keys, bare.end(1)


def _entered(node: Node | None, name: str, offset: int) -> Node | None:
    """What is wanted under the name, which stands at the offset."""
    below = node.get(name) if node is not None else None
    if below is not None and below.offset < 0:
        below.offset = offset
    return below


def _statement(text: str, pos: int, table: Node) -> int:
    """`a.b = value`, in a table or an inline table, or `"a": value` in JSON."""
    keys, pos = _keys(text, pos)
    node: Node | None = table
    for name, offset in keys:
        node = _entered(node, name, offset)
    return _value(text, _after_equals(text, pos), node)


def _value(text: str, pos: int, node: Node | None) -> int:
    """Any value: notes what is wanted in it, returns where it ends."""
    if node and text.startswith("[", pos):
        index = 0
        pos = _between(text, pos + 1)
        while not text.startswith("]", pos):
            item = node.get(index)
            if item is not None:
                item.offset = pos
            pos = _advanced(pos, _between(text, _value(text, pos, item)))
            index += 1
        return pos + 1
    if node and text.startswith("{", pos):
        pos = _between(text, pos + 1)
        while not text.startswith("}", pos):
            pos = _advanced(pos, _between(text, _statement(text, pos, node)))
        return pos + 1
    return _skip(text, pos)


def _skip(text: str, pos: int) -> int:
    """The end of a value in which nothing is wanted."""
    if text[pos : pos + 1] not in {"[", "{"}:
        return _SCALAR.match(text, pos).end()  # type: ignore[union-attr]  # it matches nothing, too
    depth = 0
    for token in _TOKEN.finditer(text, pos):
        if token[1]:
            depth += 1
        elif token[2]:
            depth -= 1
            if depth == 0:
                return token.end()
    raise _Lost


def _keys(text: str, pos: int) -> tuple[list[tuple[str, int]], int]:
    """A dotted key as names with their offsets, and where it ends."""
    keys = []
    while found := _KEY.match(text, pos):
        keys.append((_decoded(found[2]) if found[2] else found[1], found.start(1)))
        pos = found.end()
        if not found[3]:
            return keys, pos
    raise _Lost


def _decoded(key: str) -> str:
    """A quoted key's name, in the form that documents hold it in."""
    if key[0] == "'" or "\\" not in key:
        return canonical(key[1:-1])
    try:
        return canonical(json.loads(key, strict=False))
    except ValueError:  # an escape that only TOML has
        return canonical(tomli.loads(f"key = {key}")["key"])


def _after_equals(text: str, pos: int) -> int:
    found = _EQUALS.match(text, pos)
    if found is None:
        raise _Lost
    return found.end()


def _blank(text: str, pos: int) -> int:
    return _BLANK.match(text, pos).end()  # type: ignore[union-attr]  # it matches nothing, too


def _between(text: str, pos: int) -> int:
    return _BETWEEN.match(text, pos).end()  # type: ignore[union-attr]  # it matches nothing, too


def _advanced(before: int, after: int) -> int:
    if after == before:
        raise _Lost
    return after


def repeated_keys(text: str) -> Iterator[tuple[str, int, int]]:
    """Keys that stand twice in one JSON object: the name, and the offsets of the first and of the repetition."""
    enclosing: list[dict[str, int]] = []
    for token in _JSON_TOKEN.finditer(text):
        if token[3]:
            enclosing.append({})
        elif not token[1]:
            enclosing.pop()
        elif token[2]:
            name = _decoded(token[1])
            first = enclosing[-1].setdefault(name, token.start())
            if first != token.start():
                yield name, first, token.start()


def too_deep(text: str, depth: int) -> int:
    """The offset of the first bracket, or of the first line with dots, that opens something nested deeper."""
    nested = 0
    for token in _TOKEN.finditer(text):
        if token[1]:
            nested += 1
            if nested > depth:
                return token.start()
        elif token[2]:
            nested -= 1
    return next((line.start() for line in _BEFORE_EQUALS.finditer(text) if line[0].count(".") >= depth), 0)


def unclosed_text(text: str) -> int | None:
    """The offset of the quotation mark that opens a text which is never closed."""
    return next((token.start() for token in _TOKEN.finditer(text) if token[3]), None)


def longest_number(text: str, digits: int) -> int:
    """The offset of the first whole number with at least so many digits."""
    numbers = re.compile(rf"{_STRING}|#[^\n]*+|(?<![\w.-])([0-9][0-9_]{{{digits - 1},}}+)", re.DOTALL)
    return next((found.start() for found in numbers.finditer(text) if found[1]), 0)
