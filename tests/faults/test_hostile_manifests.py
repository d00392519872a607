"""Manifests that were written to do harm: an error or a correct plan, soon, and nothing else."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.model import values
from tests.faults.states import Known, ask, rows
from tests.faults.steps import APPLY, Outcome, stepped

RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
HEAD = 'pack = "homologation"\nversion = 1\n'
TEXTS = {
    "a statement": "'; DROP TABLE policies; --",
    "a quoted statement": "$$; DELETE FROM elements; $$ \" ' \\'); COMMIT; --",
    "parameters": "%s %(x)s :key $1 {0} {key} ${HOME} `id`",
    "an array of arrays": '{NULL,"x"},{}',
    "a row of COPY": "\\N\ta\tb\n\\.\n",
    "colours": "\x1b[31mrojo\x1b[0m\x1b]0;titulo\x07\x9b2J",
    "other directions": "abc\u202edcba\u2066x\u2069",
    "markup": "[bold red]x[/] [link=http://x]y[/link] ::error::x",
    "carriage returns": "uno\rdos\r\n\u2028tres\x0bx\x0c",
    "a path": "../../../etc/passwd",
    "half a pair": "\ud800",
    "nothing": "\x00",
    "combined": "e" + "\u0301" * 500,
    "a formula": '=HYPERLINK("http://x")',
}


def policy(key: str, value: str) -> str:
    """A manifest of one policy, with everything escaped that TOML can escape."""
    return HEAD + f'[[policies]]\nkey = {_toml(key)}\nvalue = {_toml(value)}\ncategory = "x"\n'


def _toml(text: str) -> str:
    return '"' + "".join(char if char.isalnum() and char.isascii() else f"\\U{ord(char):08x}" for char in text) + '"'


def harmless(known: Known, home: Path, url: str, *arguments: str) -> Outcome:
    """Run a command and see that it ends soon, in words, and shows nothing raw; an error has written nothing."""
    with stepped(home, url, *arguments, standing=False) as process:
        done = process.end()
    assert done.code in (0, 1, 64), done.err[:2000]
    assert "pipeline itself" not in done.err, done.err[:2000]
    assert "Traceback" not in done.err
    for text in (done.out, done.err):
        assert not RAW.search(text), RAW.findall(text)
    if done.code:
        assert done.err or arguments[0] == "validate"
        assert rows(url) == known.before
    return done


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_texts(known: Known, home: Path, case: str, text: str) -> None:
    (home / "manifests" / "hostile.toml").write_text(policy("hostil", text), "utf-8")
    done = harmless(known, home, case, *APPLY)
    assert done.code == 0 or not text.isprintable()
    if done.code == 0:
        assert ask(case, "SELECT value FROM policies WHERE key = 'hostil'") == [(values.text(text),)]
        assert harmless(known, home, case, "plan").out.startswith("No changes.")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_codes(known: Known, home: Path, case: str, text: str) -> None:
    (home / "manifests" / "hostile.toml").write_text(policy(text[:100], "x"), "utf-8")
    done = harmless(known, home, case, *APPLY)
    if done.code == 0:
        assert ask(case, "SELECT key FROM policies WHERE value = 'x'") == [(values.text(text[:100]),)]
        assert harmless(known, home, case, "plan").out.startswith("No changes.")


@pytest.mark.parametrize(
    "name",
    [
        "'; DROP TABLE elements; --.toml",
        "$(touch pwned).toml",
        "\x1b[2J.toml",
        "uno\ndos.toml",
        "\u202e.toml",
        "-x.toml",
        "%s{0}.toml",
    ],
)
@pytest.mark.parametrize("content", [policy("hostil", "x"), "a = ["], ids=["whole", "broken"])
def test_names_of_files(known: Known, home: Path, case: str, name: str, content: str) -> None:
    (home / "manifests" / name).write_text(content, "utf-8")
    done = harmless(known, home, case, *APPLY)
    assert (done.code == 0) == (content == policy("hostil", "x"))
    harmless(known, home, case, "validate", "--format", "github")
    assert not (home / "pwned").exists()


def test_a_name_that_is_no_text(known: Known, home: Path, case: str) -> None:
    (home / "manifests" / os.fsdecode(b"\xff\xfe.toml")).write_text(policy("hostil", "x"), "utf-8")
    harmless(known, home, case, *APPLY)


def _link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


@pytest.mark.parametrize(
    "make",
    [_link("/etc/shadow"), _link("/dev/zero"), _link("x.toml"), _link("/nowhere"), _link(".."), os.mkfifo, Path.mkdir],
    ids=["secret", "endless", "loop", "nowhere", "upwards", "pipe", "folder"],
)
def test_what_is_no_file(known: Known, home: Path, case: str, make: Callable[[Path], None]) -> None:
    make(home / "manifests" / "x.toml")
    harmless(known, home, case, *APPLY)


LARGE = {
    "a text of a megabyte": policy("hostil", "x" * 1_000_000),
    "a code of a megabyte": policy("x" * 1_000_000, "x"),
    "a key of a megabyte": HEAD + "k" * 1_000_000 + " = 1\n",
    "a line of a megabyte": HEAD + "# " + "é" * 1_000_000 + "\nwrong = 1\n",
    "keys in a table": HEAD + "[[policies]]\n" + "".join(f"k{number} = 1\n" for number in range(100_000)),
    "keys of a manifest": HEAD + "".join(f"k{number} = 1\n" for number in range(100_000)),
    "entries that are wrong": HEAD + '[[policies]]\nkey = ""\n' * 20_000,
    "equal entries": HEAD + '[[policies]]\nkey = "a"\nvalue = "b"\ncategory = "c"\n' * 20_000,
    "deep lists": HEAD + "a = " + "[" * 100_000 + "]" * 100_000,
    "deep tables": HEAD + "a = " + "{a = " * 50_000 + "1" + "}" * 50_000,
    "deep keys": HEAD + ".".join(["a"] * 50_000) + " = 1\n",
    "a deep value": policy("hostil", "x") + "[[settings]]\nkey = 'x'\nvalue = " + "[" * 500 + "]" * 500 + "\n",
    "a long number": HEAD + "[[services]]\ncode = 'x'\nname = 'x'\nprice = " + "9" * 100_000 + "\n",
    "a large number": HEAD + "[[services]]\ncode = 'x'\nname = 'x'\nprice = 1e400\n",
    "no number": HEAD + "[[services]]\ncode = 'x'\nname = 'x'\nprice = nan\n",
    "a large whole number": HEAD + "[[services]]\ncode = 'x'\nname = 'x'\nsort_order = 9223372036854775808\n",
}


@pytest.mark.parametrize("content", LARGE.values(), ids=LARGE)
def test_what_is_too_much(known: Known, home: Path, case: str, content: str) -> None:
    (home / "manifests" / "hostile.toml").write_text(content, "utf-8")
    harmless(known, home, case, *APPLY)


def test_a_hundred_thousand_entries(known: Known, home: Path, case: str) -> None:
    entries = (f'[[policies]]\nkey = "k{number}"\nvalue = "v"\ncategory = "c"\n' for number in range(100_000))
    (home / "manifests" / "hostile.toml").write_text(HEAD + "".join(entries), "utf-8")
    assert "100015 to create" in harmless(known, home, case, "plan").out


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe" + HEAD.encode("utf-16-le"),
        b"\xef\xbb\xbf" + HEAD.encode(),
        HEAD.encode() + b"\x00",
        b"\xc3(",
        b"\x1b[2J",
        b"",
    ],
    ids=["utf-16", "bom", "nul", "broken", "escape", "empty"],
)
@pytest.mark.parametrize("name", ["hostile.toml", "hostile.json"])
def test_bytes(known: Known, home: Path, case: str, content: bytes, name: str) -> None:
    (home / "manifests" / name).write_bytes(content)
    harmless(known, home, case, *APPLY)


def test_json(known: Known, home: Path, case: str) -> None:
    for content in (
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"pack": "homologation", "version": 1e400}',
        '{"pack": "homologation", "version": 1, "pack": "other"}',
        json.dumps({"pack": "\x1b[2J", "version": 1}),
        json.dumps({"pack": "homologation", "version": 1, "policies": [{"\ud800": 1}]}),
        "9" * 100_000,
    ):
        (home / "manifests" / "hostile.json").write_text(content, "utf-8")
        assert harmless(known, home, case, *APPLY).code == 1
