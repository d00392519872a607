"""What in a plan is a hazard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.address import Key
from pipeline.model.resource import Ledger, Resource
from pipeline.model.values import Value
from pipeline.plan import hazard
from pipeline.plan.change import HAZARDS, Change, FieldChange, Hazard, Record
from pipeline.plan.hazard import Use
from pipeline.plan.policy import Limits, Policy
from tests.plan.small import PACK, difference, item, label, ledger, price, rows, rule, shop, update

NONE: Ledger = ledger()
DEFAULT = Policy()


def items(count: int, within: str = "north", *, active: bool = True, first: int = 0) -> list[Resource]:
    """So many items."""
    return [item(f"I{number:02}", within=within, active=active) for number in range(first, first + count)]


def retire(found: Iterable[Resource]) -> list[Change]:
    """Deactivations, caused by the manifests."""
    return [Change("deactivate", resource.address, "manifest", (), {}, active=False) for resource in found]


def edit(found: Iterable[Resource]) -> list[Change]:
    """Updates of a field."""
    return [update("a", "b")._replace(address=resource.address) for resource in found]


def find(
    changes: Iterable[Change],
    have: Iterable[Resource] = (),
    last: Ledger = NONE,
    policy: Policy = DEFAULT,
    uses: Iterable[Use] = (),
) -> list[Hazard]:
    """The hazards of changes to these rows."""
    return list(hazard.find(PACK, list(changes), rows(*have), last, policy, uses))


def found(want: list[Resource], have: list[Resource], last: list[Resource]) -> dict[str, list[str]]:
    """The hazards of what separates rows from manifests: the addresses by name."""
    changes = difference(want, have, last).changes
    return {made.name: [str(row) for row in made.rows] for made in find(changes, have, ledger(*last))}


def test_what_is_in_use_is_listed_by_address_with_what_uses_it() -> None:
    one, other = item("I00").address, rule("R00").address
    uses = [Use(one, "2 of them"), Use(other, "b"), Use(other, "a")]

    assert find((), uses=uses) == [Hazard("in-use", (other, one), notes=("a; b", "2 of them"))]
    assert list(hazard.in_use(())) == []


@pytest.mark.parametrize(
    ("count", "of", "dangerous"),
    [(3, 10, False), (4, 10, True), (4, 9, False), (8, 9, False), (9, 9, True), (1, 2, False), (2, 2, True)],
)
def test_a_mass_is_more_than_the_limit_of_ten_rows_or_all(count: int, of: int, dangerous: bool) -> None:
    have = items(of)
    retired, edited = find(retire(have[:count]), have), find(edit(have[:count]), have)

    addresses = tuple(resource.address for resource in have[:count])
    for name, made in (("mass-deactivation", retired), ("mass-update", edited)):
        expected = [Hazard(name, addresses, "item", "north", of, 30)]  # type: ignore[arg-type]
        assert made == (expected if dangerous else [])


def test_the_only_row_is_a_mass_when_it_retires_and_none_when_it_changes() -> None:
    assert [made.name for made in find(retire(items(1)), items(1))] == ["mass-deactivation"]
    assert not find(edit(items(1)), items(1))


def test_each_scope_and_kind_is_counted_apart() -> None:
    labels = [label("I00", str(number)) for number in range(20)]
    have = [*items(20), *items(10, "south"), *labels]

    made = find(retire([*items(4), *items(4, "south"), *labels[:4]]), have)

    assert [(one.kind, one.scope, len(one.rows), one.of) for one in made] == [("item", "south", 4, 10)]


def test_what_lies_in_no_scope_is_counted_as_a_whole() -> None:
    rules = [rule(f"R{number:02}") for number in range(10)]

    (made,) = find(retire(rules[:4]), rules)

    assert (made.kind, made.scope, made.of) == ("rule", None, 10)


def test_rows_that_are_not_in_use_do_not_count() -> None:
    idle = items(20, active=False, first=20)

    assert [made.of for made in find(retire(items(4)), [*items(10), *idle])] == [10]
    assert not find(edit(idle), [*items(10), *idle])


def test_creates_never_count() -> None:
    new = [Change("create", resource.address, "manifest", (), {}, True) for resource in items(50)]

    assert not find(new)
    assert [len(made.rows) for made in find([*new, *retire(items(4, first=50))], items(10, first=50))] == [4]


def test_what_comes_back_counts_as_an_update_and_as_in_use() -> None:
    back = [Change("reactivate", one.address, "manifest", (), {}, True) for one in items(5, first=10)]
    have = [*items(10), *items(5, active=False, first=10)]

    (made,) = find(back, have)

    assert (made.name, len(made.rows), made.of) == ("mass-update", 5, 15)
    assert not find(back[:4], have)
    assert [made.of for made in find(back, items(5, active=False, first=10))] == [5]


def test_a_row_that_moves_counts_under_its_new_key() -> None:
    before, after = items(10), items(10, first=50)
    moved = [
        Change("move", new.address, "manifest", (), {}, True, moved_from=old.address.key)
        for old, new in zip(before[:4], after, strict=False)
    ]

    (made,) = find(moved, [*after[:4], *before[4:]])

    assert (made.name, made.of, made.rows[0]) == ("mass-update", 10, after[0].address)


def test_a_limit_of_a_kind_is_its_own() -> None:
    policy = Policy(Limits(mass_deactivation=50, minimum_rows=4), {"item": Limits(mass_deactivation=75)})
    rules = [rule(f"R{number}") for number in range(4)]

    made = find(retire([*items(7), *rules[:3]]), [*items(10), *rules], policy=policy)

    assert [(one.kind, one.limit) for one in made] == [("rule", 50)]


def test_a_limit_of_a_hundred_turns_a_rule_off() -> None:
    policy = Policy(Limits(mass_deactivation=100))

    assert not find(retire(items(12)), items(12), policy=policy)
    assert find(retire(items(12)), items(12), policy=Policy(Limits(mass_deactivation=99.9)))


counts = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), min_size=1, max_size=4)


@given(counts, st.integers(0, 100), st.integers(1, 20))
def test_masses_are_what_the_definition_says(shops: list[tuple[int, int]], limit: int, minimum: int) -> None:
    policy = Policy(Limits(mass_update=limit, mass_deactivation=limit, minimum_rows=minimum))
    have = [one for number, (of, _) in enumerate(shops) for one in items(of, f"s{number}")]
    touched = [one for number, (of, count) in enumerate(shops) for one in items(min(of, count), f"s{number}")]

    for changes, least in ((retire(touched), 1), (edit(touched), 2)):
        expected = [
            (f"s{number}", min(of, count), of)
            for number, (of, count) in enumerate(shops)
            if min(of, count) / max(of, 1) > limit / 100 and (of >= minimum or (count >= of >= least))
        ]
        made = find(changes, have, policy=policy)
        assert [(one.scope, len(one.rows), one.of) for one in made] == expected


def test_a_row_changed_by_others_is_drift() -> None:
    want = [shop(), item("A", stock=1), item("B", stock=1), item("C", stock=2)]
    have = [shop(), item("A", stock=3), item("B", stock=1), item("C", stock=1)]
    last = [shop(), item("A", stock=1), item("B", stock=1), item("C", stock=1)]

    assert found(want, have, last) == {"drift": ["item north/A"]}


def test_a_row_that_vanished_is_drift() -> None:
    assert found([shop(), item("A")], [shop()], [shop(), item("A")]) == {"drift": ["item north/A"]}


def test_a_row_with_both_causes_is_both_hazards() -> None:
    want, last = item("A", stock=1, note="new"), item("A", stock=1, note="old")

    made = found([want], [item("A", stock=3, note="by hand")], [last])

    assert made == {"drift": ["item north/A"], "conflict": ["item north/A"]}


def test_drift_of_liveness_shows_beside_the_conflict_of_a_field() -> None:
    made = found([item("A", note="new")], [item("A", note="hand", active=False)], [item("A", note="old")])

    assert made == {"drift": ["item north/A"], "conflict": ["item north/A"]}


def test_what_was_there_before_is_no_drift() -> None:
    assert found([item("A", stock=1)], [item("A", stock=3)], []) == {}


def test_what_the_manifests_retire_is_no_drift() -> None:
    made = found([item("A")], [item("A"), item("B")], [item("A"), item("B")])

    assert made == {}


def guarded(resource: Resource) -> Resource:
    """The resource, protected."""
    return resource._replace(protected=True)


@pytest.mark.parametrize(
    "want", [[], [item("A", active=False)], [guarded(item("A", active=False))]], ids=["gone", "lifted", "retired"]
)
def test_what_was_protected_at_the_last_apply_does_not_retire(want: list[Resource]) -> None:
    others = items(5)

    made = found([*want, *others], [item("A"), *others], [guarded(item("A")), *others])

    assert made == {"protected": ["item north/A"]}


def test_what_was_not_protected_at_the_last_apply_retires() -> None:
    others = items(5)
    want = guarded(item("A", active=False))

    assert found([want, *others], [item("A"), *others], [item("A"), *others]) == {}


def test_what_is_protected_may_change_and_lose_its_protection() -> None:
    want, have = item("A", stock=2), item("A", stock=1)
    changes = difference([want], [have], [guarded(have)]).changes

    assert [change.protected for change in changes] == [False]
    assert find(changes, [have], ledger(guarded(have))) == []


def test_a_protection_outlives_the_manifest() -> None:
    """Once the deactivation was allowed, or somebody did it by hand, the ledger still says protected."""
    gone = item("A", active=False)

    (change,) = difference([], [item("A")], [guarded(item("A"))]).changes
    (record,) = difference([], [gone], [guarded(item("A"))]).records

    assert change.protected
    assert record == Record(gone.address, dict(gone.values), active=False, protected=True)


def test_a_protected_row_that_moves_is_protected_under_its_new_key() -> None:
    last = ledger(guarded(item("B")))
    retired = Change("deactivate", item("B").address, "manifest", (), {}, False, moved_from=item("A").address.key)

    assert [made.name for made in find([retired], [item("B"), *items(5)], last)] == ["protected"]


@pytest.mark.parametrize(
    ("before", "after", "limit", "note"),
    [
        (price(175), price(210), 10, "175.00 -> 210.00 (+20.0 %)"),
        (price(175), price(210), 20, ""),
        (price(175), price(210), 19.99, "175.00 -> 210.00 (+20.0 %)"),
        (price(210), price(175), 10, "210.00 -> 175.00 (-16.7 %)"),
        (price(0), price(210), 10, "0.00 -> 210.00"),
        (price(210), price(0), 99, "210.00 -> 0.00 (-100.0 %)"),
        (price(210), price(0), 100, ""),
        (None, price(210), 10, "(none) -> 210.00"),
        (price(210), None, 10, "210.00 -> (none) (-100.0 %)"),
        (None, price(0), 0, ""),
        (price(1000), Decimal("1000.01"), 0, "1000.00 -> 1000.01 (+0.0 %)"),
        (100, 150, 10, "100 -> 150 (+50.0 %)"),
        (price(-100), price(-150), 10, "-100.00 -> -150.00 (-50.0 %)"),
        (price(-100), price(-105), 10, ""),
    ],
)
def test_a_price_that_changes_too_much(before: Value, after: Value, limit: float, note: str) -> None:
    change = update(before, after, "price")
    policy = Policy(Limits(price_change=limit))

    expected = [Hazard("price-change", (change.address,), "item", None, 0, limit, (note,))]
    assert find([change], [item("A")], policy=policy) == (expected if note else [])


def test_prices_are_watched_only_where_that_is_asked_for() -> None:
    change = update(price(1), price(100), "price")
    other = update(1, 100, "stock")

    assert not find([change], [item("A")])
    assert not find([other], [item("A")], policy=Policy(Limits(price_change=1)))
    assert not find([change], [item("A")], policy=Policy(Limits(price_change=1), {"item": Limits()}))
    assert find([change], [item("A")], policy=Policy(Limits(), {"item": Limits(price_change=1)}))


def test_hazards_come_in_one_order() -> None:
    keys: list[Key] = [item("Z").address.key, item("A").address.key]
    changes = [
        update(price(1), price(9), "price")._replace(
            address=item("A").address._replace(key=key),
            cause="conflict",
            fields=(FieldChange("price", price(1), price(9), "conflict"), FieldChange("stock", 1, 2, "drift")),
        )
        for key in keys
    ]
    changes += retire([shop()])
    have = [item("A"), item("Z"), shop()]
    last = ledger(*have[:2], guarded(shop()))
    policy = Policy(Limits(price_change=0))

    uses = [Use(shop().address, "2 of them")]

    made = find(changes, have, last, policy, uses)

    answers = ("scenario", "price-impact", "unquotable")  # these are found by asking the pack, and come last
    assert (*(one.name for one in made), *answers) == HAZARDS
    assert [str(row) for row in made[0].rows] == ["item north/A", "item north/Z"]
    assert made == find(reversed(changes), have, last, policy, uses)


def test_what_is_derived_is_no_mass() -> None:
    have = items(1)
    changes, current = retire(have), rows(*have)
    derived = replace(PACK, kinds=tuple(replace(kind, derived=kind.name == "item") for kind in PACK.kinds))

    assert [one.name for one in hazard.find(PACK, changes, current, NONE, DEFAULT)] == ["mass-deactivation"]
    assert not hazard.find(derived, changes, current, NONE, DEFAULT)
