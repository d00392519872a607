"""Plans as a page: what is in it. How a browser takes it is told in tests/browser."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import example, given

from pipeline.model.resource import Origin
from pipeline.model.values import Value, json
from pipeline.plan.change import Change
from pipeline.render.escape import one_line, visible
from pipeline.render.html import render
from tests.plan.small import item, plan, price, update
from tests.render.everything import with_everything
from tests.render.hostile import RELAXED, TEXTS
from tests.render.impacts import impact

LONG = "the escape of a motorcycle"


class Reader(HTMLParser):
    """The elements with the names of their attributes, and all texts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.skeleton: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skeleton.append(f"{tag} {[name for name, _ in attrs]}")
        assert not any(name in ("src", "srcdoc", "action", "style") or name.startswith("on") for name, _ in attrs)
        assert all(value and value.startswith("#") for name, value in attrs if name == "href")

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    """The page, taken apart."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


def cells(before: Value, after: Value) -> list[str]:
    """The cells of the one field that changes, as HTML."""
    found = re.search(r'<tr><th scope="row">(.*)', render([plan(update(before, after))]))
    assert found
    return found[1].split("<td>")


@RELAXED
@given(TEXTS)
@example("</script><script>alert(1)</script>")
def test_no_text_is_more_than_text(text: str) -> None:
    found, plain = read(render([with_everything(text)])), read(render([with_everything("x" * len(text))]))

    # How the two values of a field differ is shown by elements of their own; all else is the same.
    marks = re.compile("(del|ins|i) ")
    assert [tag for tag in found.skeleton if not marks.match(tag)] == [
        tag for tag in plain.skeleton if not marks.match(tag)
    ]
    assert visible(text) in found.text
    assert one_line(text) in found.text


@RELAXED
@given(TEXTS)
def test_nothing_hides(text: str) -> None:
    page = render([with_everything(text)])

    assert visible(page) == page


def test_the_page_allows_just_its_own_style_and_script() -> None:
    page = render([plan(update("a", "b"))])

    (policy,) = re.findall(r'Content-Security-Policy" content="(.*?)"', page)
    for tag in ("style", "script"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = b64encode(sha256(content.encode()).digest()).decode()
        assert f"{tag}-src &#39;sha256-{digest}&#39;" in policy
    assert policy.startswith("default-src &#39;none&#39;")


def test_the_same_plan_is_the_same_page() -> None:
    assert render([with_everything("a")]) == render([with_everything("a")])


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("a", "b", ["note", "<del>a</del>", "<ins>b</ins>"]),
        (None, "b", ["note", "<i>(none)</i>", "<ins>b</ins>"]),
        ("a", "", ["note", "<del>a</del>", "<i>(empty)</i>"]),
        (True, False, ["note", "<del>yes</del>", "<ins>no</ins>"]),
        (price(140), price(175), ["note", "<del>140.00</del>", "<ins>175.00</ins>"]),
        (LONG, f"{LONG} <b>", ["note", LONG, f"{LONG}<ins> &lt;b&gt;</ins>"]),
        (f"a{LONG}b", f"a{LONG}c", ["note", f"a{LONG}<del>b</del>", f"a{LONG}<ins>c</ins>"]),
        (f"old {LONG}", f"new {LONG}", ["note", f"<del>old</del> {LONG}", f"<ins>new</ins> {LONG}"]),
        ((("north",), "A"), (("north",), "B"), ["note", "<del>A</del>", "<ins>B</ins>"]),
        (json(["a"]), json(["b"]), ["note[0]", "<del>&#34;a&#34;</del>", "<ins>&#34;b&#34;</ins>"]),
        (json({"a": {}}), json({"a": {"b": 1}}), ["note.a.b", "<i>(empty)</i>", "<ins>1</ins>"]),
    ],
)
def test_values_before_and_afterwards(before: Value, after: Value, shown: list[str]) -> None:
    assert cells(before, after) == shown


def test_of_long_texts_what_differs_is_shown() -> None:
    start, end = "a" * 500, "b" * 500
    _, before, after = cells(f"{start}one{end}", f"{start}{'x' * 5_000}{end}")

    assert before == f"<del>{start}one{end}</del>"
    assert after.startswith(f"<ins>{start}xxx")
    _, before, after = cells(f"{start}one{end}", f"{start}two{end}")
    assert before == f"…{'a' * 160}<del>one</del>{'b' * 160}…"
    assert after == f"…{'a' * 160}<ins>two</ins>{'b' * 160}…"
    assert cells("", "x" * 3_000)[2] == f"<ins>{'x' * 2_000}… (1,000 characters more)</ins>"


def test_a_create_shows_what_the_row_will_hold() -> None:
    created = Change("create", item("A").address, "manifest", (), {"note": "n", "code": "A"}, True, Origin("a.toml"), 4)

    page = render([plan(created)])

    assert "<p>a.toml:4</p>" in page
    assert '<tr><th>Field<th>Value\n<tr><th scope="row">note<td>n\n</table>' in page


def test_what_there_is_none_of_is_not_there() -> None:
    page = render([plan(unchanged=3)])

    assert "<h2" in page
    assert "There are none." in page
    assert "<form" not in page
    assert "Impact" not in page
    assert "allowed by its name" not in page
    assert "No manifests, no plan." in render([])


def test_an_impact_that_is_none_is_a_sentence() -> None:
    page = render([replace(plan(), impact=replace(impact(), different=0, top=(), amounts=0))])

    assert "None of 12,383 requests is answered otherwise afterwards." in page


def test_bars_reach_to_both_sides_of_nothing() -> None:
    falling = impact().top[0]._replace(after=impact().top[0].before._replace(amount=price(105)))
    page = render([replace(plan(update("a", "b")), impact=replace(impact(), top=(impact().top[0], falling)))])

    assert '<rect x="170.0" y="19" width="170.0" height="8"/>' in page
    assert '<rect class="falls" x="0.0" y="53" width="170.0" height="8"/>' in page
    assert '<line x1="170.0" x2="170.0"' in page
