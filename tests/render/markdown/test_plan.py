"""Plans as a comment on a pull request."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given

from pipeline.model.resource import Origin
from pipeline.plan.change import Change, FieldChange, Hazard
from pipeline.render.escape import one_line
from pipeline.render.markdown import render
from pipeline.render.markdown.fit import LIMIT, size
from tests.plan.small import item, label, plan, price, rule, shop, update
from tests.render.everything import with_everything
from tests.render.hostile import RELAXED, TEXTS
from tests.render.impacts import impact
from tests.render.markdown.reading import taken_apart


@RELAXED
@given(TEXTS)
def test_no_text_is_more_than_text(text: str) -> None:
    assume(one_line(text) != "x")
    skeleton, code = taken_apart(render([with_everything(text)]))
    plain, _ = taken_apart(render([with_everything("x")]))

    assert skeleton == plain
    shown = one_line(text, 60)
    assert {f"small · {one_line(text)}"[:150]} & {found[:150] for found in code}
    assert any(shown in found for found in code if found.count("\n") > 3)


@RELAXED
@given(TEXTS)
def test_nothing_steers_the_reader(text: str) -> None:
    shown = render([with_everything(text)])

    assert one_line(shown.replace("\n", "")) == shown.replace("\n", "")


def creates(count: int) -> list[Change]:
    """So many creates, each with a value of 40 characters."""
    return [
        Change("create", item(f"I{number:05}").address, "manifest", (), {"note": "ñ" * 40}, True, Origin("i.toml"))
        for number in range(count)
    ]


def updates(count: int) -> list[Change]:
    """So many updates of rows, each with two values of 40 characters that scooters make twice as long."""
    changes = []
    for number in range(count):
        field = FieldChange("note", "🛵" * 40, "🛵" * 39 + str(number), "manifest")
        changes.append(
            Change("update", item(f"U{number:05}").address, "manifest", (field,), {}, True, Origin("i.toml"), number)
        )
    return changes


@pytest.mark.parametrize("count", [10, 600, 1_500, 20_000])
def test_it_is_never_too_long(count: int) -> None:
    found = plan(*creates(count), *updates(count))
    found = replace(found, hazards=(Hazard("drift", tuple(change.address for change in found.changes)),))

    shown = render([replace(found, impact=impact(top=10, causes=50))])

    assert size(shown) <= LIMIT
    assert ("Left out here" in shown) == (count > 10)
    assert f"{count} to create, {count} to update" in shown
    assert "- **drift**" in shown
    assert "| warnings | 12 |" in shown
    assert shown.count("- … and") == (1 if 2 * count > 10 else 0)
    taken_apart(shown)


def test_what_is_left_out_is_counted_to_the_last() -> None:
    shown = render([plan(*creates(700), *updates(300))])

    kept = shown.count("\n    note    ")
    assert "the values of 700 rows to create" in shown
    assert f"the fields of {300 - kept} changed rows" in shown
    assert shown.count("\n+ ") == 700
    assert shown.count("\n! ") == 300


def test_even_thousands_of_hazards_and_packs_fit() -> None:
    hazards = tuple(Hazard("mass-update", (item("A").address,), "item", "s" * 300, 2, 30) for _ in range(600))
    found = replace(plan(update("a", "b")), hazards=hazards)
    packs = [replace(plan(update("a", "b")), pack="p" * 300, impact=impact("t" * 300, top=10)) for _ in range(1_200)]

    shown = render([found, *packs])

    assert size(shown) <= LIMIT
    assert "600 hazards," in shown.split("\n")[2]
    assert "the impact of 1,200 packs, " in shown.split("\n")[2]


def test_a_plan_reads_by_scope() -> None:
    changes = (
        Change("create", rule("open").address, "manifest", (), {"text": "t"}, True, Origin("rules.toml"), 3),
        update(price(175), price(180), "price"),
        Change("deactivate", shop("south").address, "manifest", (), {}, False),
        Change("reactivate", label("A", "x").address, "drift", (), {}, True, Origin("items.toml"), 12),
    )
    hazard = Hazard("price-change", (item("A").address,), "item", None, 0, 2, ("175.00 -> 180.00 (+2.9 %)",))

    assert render([replace(plan(*changes), hazards=(hazard,))]) == (
        "## Pipeline plan\n\n"
        "Plan: 1 to create, 1 to update, 1 to reactivate, 1 to deactivate. 0 unchanged, 0 unmanaged.\n\n"
        "### 1 hazard\n\n"
        "Apply refuses the plan unless it is allowed by its name.\n\n"
        "- **price-change**: 1 row of kind `item` would change in price by more than 2 %. "
        "If that is meant: `--allow price-change:item=1`\n"
        "  - `item north/A` `175.00 -> 180.00 (+2.9 %)`\n\n"
        "### Changes\n\n"
        "<details open><summary><code>small</code>: 1 to create</summary>\n\n"
        "```diff\n"
        "+ rule open                               rules.toml:3\n"
        '    text    "t"\n'
        "```\n\n</details>\n\n"
        "<details open><summary><code>small · north</code>: 1 to update, 1 to reactivate</summary>\n\n"
        "```diff\n"
        "! item A                                  small.toml:7\n"
        "    price    175.00 -> 180.00\n"
        "^ label A/x                               items.toml:12 (changed outside the manifests)\n"
        "```\n\n</details>\n\n"
        "<details open><summary><code>small · south</code>: 1 to deactivate</summary>\n\n"
        "```diff\n"
        "- shop south                              no longer in the manifests\n"
        "```\n\n</details>\n\n"
        "`+` create, `!` update, `^` reactivate, `-` deactivate\n"
    )


def test_of_several_packs_each_is_named() -> None:
    shown = render([plan(update("a", "b")), replace(plan(unchanged=3), pack="other")])

    assert "`small`: Plan: 1 to update." in shown
    assert "`other`: No changes. 3 unchanged" in shown


def test_nothing_to_do_is_a_sentence() -> None:
    assert render([plan(unchanged=3)]) == "## Pipeline plan\n\nNo changes. 3 unchanged, 0 unmanaged.\n"
    assert render([]) == "## Pipeline plan\n\nNo manifests, no plan.\n"


def test_the_impact_comes_before_the_changes() -> None:
    shown = render([replace(plan(update("a", "b")), impact=impact())])

    assert shown.index("### Impact") < shown.index("### Changes")
    assert (
        "1,204 of 12,383 requests are answered otherwise afterwards. In `A + B` only requests for up to 2 of 3 "
        "`things` at once were compared, for there are too many. New, so that there is nothing to compare with: "
        "`A + B`. "
        "Differences of price: -15.00 the smallest, +5.00 the median, +35.00 the largest." in shown
    )
    assert "| `A + B` | `A + B` 140.00 | `A + B` 175.00 | +35.00 | `tier north/A + B` |\n" in shown
    assert "| `A + B` | `A + B` 140.00 |\n" in shown
    assert "| `tier north/A + B` | 1,204 | 1 | -15.00 | +35.00 |\n" in shown


def test_no_impact_is_a_sentence() -> None:
    found = replace(impact(), different=0, new=())
    shown = render([replace(plan(update("a", "b")), impact=found)])

    assert "### Impact\n\nNone of 12,383 requests is answered otherwise afterwards." in shown
    assert "| What" not in shown
