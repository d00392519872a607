"""A plan's digest and its document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeline.model import values
from pipeline.model.address import Address
from pipeline.model.resource import Origin
from pipeline.plan.change import FORMAT, Basis, Hazard, Plan, Record
from tests.plan.small import PACK, item, label, plan, price, rule, shop, update

RECORD = Record(shop().address, shop().values, active=True)
HAZARD = Hazard("mass-update", (item("A").address, item("B").address), "item", "north", 3, 30)
PLAN = replace(
    plan(
        update("a", "b"),
        update(price(1), price(2), "price")._replace(address=item("B").address),
        records=(RECORD,),
        unchanged=3,
        unmanaged=1,
    ),
    hazards=(HAZARD,),
)


def changed(**how: object) -> Plan:
    """The plan with its first change otherwise."""
    first, *rest = PLAN.changes
    return replace(PLAN, changes=(first._replace(**how), *rest))  # type: ignore[arg-type]  # fields by name


def with_field(**how: object) -> Plan:
    """The plan with the first field of its first change otherwise."""
    return changed(fields=(PLAN.changes[0].fields[0]._replace(**how),))  # type: ignore[arg-type]  # fields by name


OTHERS: dict[str, Callable[[], Plan]] = {
    "pack": lambda: replace(PLAN, pack="other"),
    "scope": lambda: replace(PLAN, scope="north"),
    "rows": lambda: replace(PLAN, basis=PLAN.basis._replace(rows="other")),
    "revisions": lambda: replace(PLAN, basis=PLAN.basis._replace(revisions={"small": "small_0002"})),
    "manifests": lambda: replace(PLAN, basis=PLAN.basis._replace(manifests="other")),
    "unchanged": lambda: replace(PLAN, unchanged=4),
    "unmanaged": lambda: replace(PLAN, unmanaged=2),
    "fewer changes": lambda: replace(PLAN, changes=PLAN.changes[:1]),
    "no hazards": lambda: replace(PLAN, hazards=()),
    "hazard's rows": lambda: replace(PLAN, hazards=(HAZARD._replace(rows=HAZARD.rows[:1]),)),
    "hazard's limit": lambda: replace(PLAN, hazards=(HAZARD._replace(limit=20),)),
    "hazard's notes": lambda: replace(PLAN, hazards=(HAZARD._replace(notes=("a", "b")),)),
    "order": lambda: replace(PLAN, changes=PLAN.changes[::-1]),
    "no records": lambda: replace(PLAN, records=()),
    "record's values": lambda: replace(PLAN, records=(RECORD._replace(declared={"slug": "x"}),)),
    "record's liveness": lambda: replace(PLAN, records=(RECORD._replace(active=False),)),
    "record's address": lambda: replace(PLAN, records=(RECORD._replace(address=rule("north").address),)),
    "action": lambda: changed(action="reactivate"),
    "cause": lambda: changed(cause="drift"),
    "address": lambda: changed(address=Address("item", (("north",), "C"))),
    "key": lambda: changed(address=Address("item", (None, "north", "A"))),
    "liveness": lambda: changed(active=False),
    "declared": lambda: changed(declared={"note": "c"}),
    "file": lambda: changed(origin=Origin("other.toml")),
    "line": lambda: changed(line=8),
    "field's name": lambda: with_field(name="text"),
    "before": lambda: with_field(before=None),
    "after": lambda: with_field(after="c"),
    "field's cause": lambda: with_field(cause="drift"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_the_digest_changes_with_everything_that_is_shown_or_done(what: str) -> None:
    assert OTHERS[what]().digest != PLAN.digest


def test_equal_plans_have_one_digest() -> None:
    again = replace(plan(*PLAN.changes, records=PLAN.records, unchanged=3, unmanaged=1), hazards=(HAZARD,))

    assert again is not PLAN
    assert again.digest == PLAN.digest
    assert replace(PLAN, basis=Basis("rows", dict(PLAN.basis.revisions), "manifests")).digest == PLAN.digest


def test_the_document_says_all_there_is() -> None:
    document = PLAN.document()

    assert (document["format"], document["digest"]) == (FORMAT, PLAN.digest)
    assert document["summary"] == {
        "create": 0,
        "update": 2,
        "move": 0,
        "reactivate": 0,
        "deactivate": 0,
        "record": 1,
        "unchanged": 3,
        "unmanaged": 1,
    }
    assert [(change["address"], change["line"]) for change in document["changes"]] == [
        ("item north/A", 7),
        ("item north/B", 7),
    ]
    assert '"price":{"after":"2.00","before":"1.00","cause":"manifest"}' in values.canonical_text(document)


def test_the_document_says_what_allows_a_hazard() -> None:
    (written,) = PLAN.document()["hazards"]
    rows = [(row["kind"], row["key"], row["address"], row["note"]) for row in written.pop("rows")]

    assert written == {
        "name": "mass-update",
        "kind": "item",
        "scope": "north",
        "of": 3,
        "limit": 30,
        "allow": "mass-update:item=2",
    }
    assert rows == [("item", row.key, str(row), None) for row in HAZARD.rows]


def test_one_allowance_is_for_all_scopes() -> None:
    south = HAZARD._replace(scope="south", rows=(item("A", within="south").address,))
    labels = HAZARD._replace(kind="label", rows=(label("A", "x").address,))
    drift = Hazard("drift", (item("A").address,))
    whole = replace(PLAN, hazards=(drift, HAZARD, south, labels))

    assert [whole.needs(hazard) for hazard in whole.hazards] == [
        "drift=1",
        "mass-update:item=3",
        "mass-update:item=3",
        "mass-update:label=1",
    ]


def test_a_plan_is_empty_when_there_is_nothing_to_write_not_even_in_the_ledger() -> None:
    assert plan().is_empty
    assert not plan(records=(RECORD,)).is_empty
    assert not plan(update("a", "b")).is_empty


def test_what_lies_in_no_scope_has_none() -> None:
    assert PLAN.scope_of(item("A").address) == "north"
    assert PLAN.scope_of(rule("r").address) is None
    assert {kind.name for kind in PACK.kinds if PACK.lies_in_scope(kind)} == PLAN.scoped
