"""Changes to a manifest's text that leave all else as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.manifest.edit import Edit, UneditableError, edited
from pipeline.manifest.load import understood

PACKS = {"homologation": 1}
SOURCE = """\
pack = "homologation"  # ours
version = 1

# The tiers, cheapest last.
[[tiers]]
code = "T1"
price = 410.00   # since May

  [[tiers.warnings]]
  code = "w"
  keywords = [
    "one",  # first
    "two",
  ]

[[tiers]]
code  =  'T2'
price = 5
"""


def change(source: bytes, *edits: Edit, file: str = "a.toml") -> str:
    (document,), problems = understood({file: source.decode("utf-8-sig")}, PACKS)
    assert not problems
    return edited(replace(document, source=source), edits, PACKS).decode()


def test_one_value_changes_and_nothing_else() -> None:
    changed = change(SOURCE.encode(), Edit(("tiers", 0, "price"), 7), Edit(("tiers", 1, "price"), "x\ny"))

    assert changed == SOURCE.replace("410.00", "7").replace("price = 5", 'price = """\nx\ny"""')


def test_a_new_key_stands_below_the_others_of_its_entry() -> None:
    changed = change(SOURCE.encode(), Edit(("tiers", 0, "active"), False))

    assert changed == SOURCE.replace("since May\n", "since May\nactive = false\n")


def test_keys_and_items_are_taken_away() -> None:
    gone = [Edit(("tiers", 0, "warnings", 0, "keywords", index), None) for index in (0, 1)]
    changed = change(SOURCE.encode(), Edit(("tiers", 1, "price"), None), *gone)

    assert "price = 5" not in changed
    assert '"one"' not in changed
    assert '"two"' not in changed
    assert changed.startswith(SOURCE[: SOURCE.index("  keywords")])


def test_line_ends_and_the_byte_order_mark_stay() -> None:
    source = b"\xef\xbb\xbf" + SOURCE.replace("\n", "\r\n").encode()
    changed = change(source, Edit(("tiers", 0, "price"), "x\ny"))

    assert changed.encode() == source.replace(b"410.00", b'"""\r\nx\r\ny"""')


@pytest.mark.parametrize(
    ("source", "file", "reason"),
    [
        (
            SOURCE.replace("\n[[tiers]]\ncode  =", "[u]\na = 1\n[[tiers]]\ncode  =") + "[u.v]\na = 1\n",
            "a.toml",
            "this way",
        ),
        ('{"pack": "homologation", "version": 1, "tiers": [{"rules": {}}]}', "a.json", "the file is JSON"),
    ],
)
def test_what_cannot_be_changed_with_care_is_left_alone(source: str, file: str, reason: str) -> None:
    with pytest.raises(UneditableError, match=reason):
        change(source.encode(), Edit(("tiers", 0, "rules"), {"a": 2}), file=file)
