"""Links to files and lines."""

from __future__ import annotations

import pytest

from pipeline.errors import UsageError
from pipeline.render.source import Mark, checked_base, mark


def test_a_place_becomes_a_link_to_its_line() -> None:
    base = checked_base("https://host/org/repo/blob/main/")
    assert mark("manifests/a b/é.toml", 3, base) == Mark(
        "manifests/a b/é.toml", 3, "https://host/org/repo/blob/main/manifests/a%20b/%C3%A9.toml#L3"
    )
    assert mark("x.toml", 0, base).url == "https://host/org/repo/blob/main/x.toml"
    assert mark('"><script>.toml', 1, base).url == "https://host/org/repo/blob/main/%22%3E%3Cscript%3E.toml#L1"
    assert mark("x.toml", 3, None) == Mark("x.toml", 3)


@pytest.mark.parametrize(("line", "said"), [(0, "x.toml"), (3, "x.toml:3")])
def test_a_place_as_text(line: int, said: str) -> None:
    assert str(Mark("x.toml", line)) == said


@pytest.mark.parametrize(
    "url",
    [
        "",
        "main",
        "//host/org",
        "javascript:alert(1)",
        "JAVASCRIPT://host/%0aalert(1)",
        "data:text/html,x",
        "file:///docs",
        "ftp://host/x",
        "https://",
        "https:///org",
        "https://user:secret@host/org",
        "https://host/org?ref=main",
        "https://host/org#top",
        "https://host/a b",
        'https://host/"onclick="x',
        "https://host/\njavascript:",
        "https://[host/org",
        "https://host/\u202eorg",
    ],
)
def test_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="--source-url must be a plain web address") as refused:
        checked_base(url)
    assert "secret" not in str(refused.value)
