"""Pages of documentation that are run as they stand: their console blocks, and the steps between those.

A block ```console holds lines `$ pipeline …` and what each prints; a line `…` stands for any lines of it. A command
ends with 0, or with what `; echo $?` behind it prints. What a reader does elsewhere stands in comments, which a page
does not show:

    <!-- edit: FILE: OLD -> NEW -->    put NEW for OLD, which stands in the file once
    <!-- cut: FILE: TEXT -->           take out the paragraphs that hold the text
    <!-- write: FILE -->               make the next block a file
    <!-- remove: PATH -->             delete a file or folder
    <!-- sql: STATEMENT -->            run SQL on the database; without a statement it is the next block
    <!-- pipeline: ARGUMENTS -->       run a command that the page does not show
    <!-- restore -->                   the manifests as they were at the beginning
    <!-- picture: NAME -->             what the picture on the next line shows stands there now (tests/pictures.py)

The block after an edit must stand in the edited file. Every other block is for reading only.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pipeline.cli import run

WORDS = ("edit", "cut", "write", "remove", "sql", "pipeline", "restore", "picture")
_STEP = re.compile(
    rf"^ *<!-- (?P<word>{'|'.join(WORDS)})(?:: (?P<what>.*?))? -->\n"
    r"|^(?P<margin> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=margin)```\n",
    re.MULTILINE | re.DOTALL,
)
_ECHO = "; echo $?"
_ANY = "…"


class Step(NamedTuple):
    """A comment to carry out (`word`) or a block (`language`), and where the text of the block stands in the page."""

    word: str
    language: str
    text: str
    margin: str
    start: int
    end: int


class Call(NamedTuple):
    """A command line and what a page says it prints, its exit code as the last line if that is asked for."""

    line: str
    printed: str


def steps(page: str) -> Iterator[Step]:
    """The comments and blocks of a page, in order."""
    unknown = set(re.findall(r"<!-- *(\w+)", page)) - set(WORDS)
    assert not unknown, f"nobody knows what to do with the comments {unknown}"
    for found in _STEP.finditer(page):
        if found["word"]:
            yield Step(found["word"], "", found["what"] or "", "", *found.span())
        else:
            margin = found["margin"]
            text = re.sub(f"^{margin}", "", found["text"], flags=re.MULTILINE)
            yield Step("", found["language"], text, margin, *found.span("text"))


def calls(block: str) -> Iterator[Call]:
    """The commands of a console block."""
    head, *parts = re.split(r"^\$ ", block, flags=re.MULTILINE)
    assert not head.strip(), f"a console block begins with a command, not with {head!r}"
    for part in parts:
        line, _, printed = part.partition("\n")
        yield Call(line, printed.rstrip("\n") + "\n" if printed.strip() else "")


def fits(printed: str, expected: str) -> bool:
    """Whether a command printed what a page says, where `…` on a line stands for lines left out."""
    lines = expected.splitlines()
    pattern = "".join(r"(?:.*\n)+?" if line.strip() == _ANY else re.escape(line) + r"\n" for line in lines)
    return re.fullmatch(pattern, printed) is not None


@dataclass
class Reader:
    """Somebody who does what a page says, in the working directory.

    `query` runs SQL; `normal` puts stand-ins for what is different in each run; `original` are the manifests;
    `look` is told the name of each picture, when there is something to see.
    """

    query: Callable[[str], object]
    normal: Callable[[str], str]
    original: Path
    look: Callable[[str], object] = str
    written_to: str = ""
    asked: bool = False
    edited: str = ""
    _uncommitted: bool = field(default=False, init=False)

    def read(self, page: str) -> str:
        """Do it all. Returns the page with what the commands really print."""
        parts, position = [], 0
        for step in steps(page):
            parts.append(page[position : step.start])
            position = step.end
            if step.word:
                self._do(step)
            done = None if step.word else self._block(step)
            parts.append(page[step.start : step.end] if done is None else _indented(done, step.margin))
        return "".join([*parts, page[position:]])

    def _do(self, step: Step) -> None:
        file, _, what = step.text.partition(": ")
        self.edited = ""
        match step.word:
            case "edit":
                old, _, new = what.partition(" -> ")
                self._replace(file, old, new)
            case "cut":
                self._cut(file, what)
            case "write":
                self.written_to = step.text
            case "remove":
                shutil.rmtree(step.text) if Path(step.text).is_dir() else Path(step.text).unlink()
                self._uncommitted = True
            case "sql":
                if step.text:
                    self.query(step.text)
                self.asked = not step.text
            case "pipeline":
                self._commit()
                code, printed = self._run(shlex.split(step.text))
                assert code == 0, printed
            case "restore":
                shutil.rmtree("manifests", ignore_errors=True)
                shutil.copytree(self.original, "manifests")
                self._uncommitted = True
            case "picture":
                self.look(step.text)

    def _replace(self, file: str, old: str, new: str) -> None:
        content = Path(file).read_text("utf-8")
        assert content.count(old) == 1, f"{old!r} stands in {file} {content.count(old)} times"
        Path(file).write_text(content.replace(old, new), "utf-8")
        self.edited, self._uncommitted = file, True

    def _cut(self, file: str, text: str) -> None:
        paragraphs = Path(file).read_text("utf-8").split("\n\n")
        left = [paragraph for paragraph in paragraphs if text not in paragraph]
        assert len(left) < len(paragraphs), f"{file} holds no {text!r}"
        Path(file).write_text("\n\n".join(left).rstrip("\n") + "\n", "utf-8")
        self._uncommitted = True

    def _block(self, step: Step) -> str | None:
        """Carry a block out; the text that it should have, None where it is only to be read."""
        written_to, self.written_to = self.written_to, ""
        edited, self.edited = self.edited, ""
        asked, self.asked = self.asked, False
        if step.language == "console":
            self._commit()
            return "".join(map(self._call, calls(step.text)))
        if asked:
            self.query(step.text)
        elif written_to:
            Path(written_to).parent.mkdir(parents=True, exist_ok=True)
            Path(written_to).write_text(step.text, "utf-8")
            self._uncommitted = True
        elif edited:
            assert step.text in Path(edited).read_text("utf-8"), f"{step.text!r} does not stand in {edited}"
        return None

    def _call(self, call: Call) -> str:
        line = call.line.removesuffix(_ECHO)
        program, *arguments = shlex.split(line)
        assert program == "pipeline", f"a page runs nothing but the pipeline, not {call.line!r}"
        code, printed = self._run(arguments)
        if line != call.line:
            printed += f"{code}\n"
        else:
            assert code == 0, f"`{line}` ends with {code}:\n{printed}"
        return f"$ {call.line}\n" + (call.printed if fits(printed, call.printed) else printed)

    def _run(self, arguments: list[str]) -> tuple[int, str]:
        with redirect_stdout(io.StringIO()) as printed, redirect_stderr(printed):
            code = run(arguments)
        return code, self.normal(printed.getvalue())

    def _commit(self) -> None:
        """Edits are committed before a command: a page tells of what was merged."""
        if self._uncommitted:
            commit("Edit the manifests")
            self._uncommitted = False


def commit(message: str) -> None:
    """Commit the manifests in the working directory."""
    who = ("-c", "user.name=Ana", "-c", "user.email=ana@example.org", "-c", "commit.gpgsign=false")
    for arguments in (("add", "--all", "."), (*who, "commit", "--quiet", "--message", message)):
        subprocess.run(["git", *arguments], check=True, stdout=subprocess.DEVNULL)  # noqa: S603, S607


def _indented(text: str, margin: str) -> str:
    return re.sub(r"^(?=.)", margin, text, flags=re.MULTILINE)
