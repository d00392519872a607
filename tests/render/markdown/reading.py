"""Markdown as a reader of CommonMark with tables makes HTML of it, taken apart."""

from __future__ import annotations

from html.parser import HTMLParser

from markdown_it import MarkdownIt


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.skeleton: list[str] = []
        self.code: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skeleton.append(f"<{tag} {sorted(attrs, key=str)}>")
        if tag == "code":
            self.code.append("")
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.skeleton.append(f"</{tag}>")
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "code" in self._open:
            self.code[-1] += data
        elif said := " ".join(data.split()):
            self.skeleton.append(said)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")


def taken_apart(markdown: str) -> tuple[list[str], list[str]]:
    """All elements with the text outside of code, in order, and the text of each element of code."""
    reader = _Reader()
    reader.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))
    reader.close()
    return reader.skeleton, reader.code
