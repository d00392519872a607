"""A small pack of a domain of its own, and short calls that make its resources."""

from __future__ import annotations

from decimal import Decimal
from typing import NoReturn

from pipeline.model.address import Address, Key
from pipeline.model.kind import Field, Kind, Ref
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, Recorded, Resource, State, fingerprint
from pipeline.model.values import Declared, Value
from pipeline.plan.change import Basis, Change, FieldChange, Plan, Record
from pipeline.plan.diff import Difference, diff, unsettled


def _no_tables() -> NoReturn:
    raise AssertionError("a plan needs no tables")


SHOP = Kind("shop", table="shops", section="shops", key=("slug",))
ITEM = Kind(
    "item",
    table="items",
    section="items",
    key=("shop", "code"),
    refs=(
        Ref("shop", to="shop", column="shop_id", placed=True),
        Ref("parent", to="item", column="parent_id", optional=True),
    ),
    children=("label",),
    prices=("price",),
    fields=(
        Field("price", "decimal", required=True, scale=2),
        Field("stock", "integer", default=0),
        Field("note", "text"),
    ),
)
LABEL = Kind(
    "label",
    table="labels",
    section="labels",
    key=("item", "name"),
    refs=(Ref("item", to="item", column="item_id", placed=True),),
)
RULE = Kind("rule", table="rules", section="rules", key=("key",), fields=(Field("text", "text"),))
PACK = Pack("small", 1, (SHOP, ITEM, LABEL, RULE), _no_tables, scope="shop")
BASIS = Basis("rows", {"small": "small_0001"}, "manifests")


def shop(slug: str = "north", *, active: bool = True) -> Resource:
    """A shop."""
    return _resource("shop", (slug,), active, {"slug": slug})


def item(
    code: str, *, within: str = "north", active: bool = True, parent: str | None = None, **given: Value
) -> Resource:
    """An item; `parent` is a code."""
    above: dict[str, Value] = {"parent": ((within,), parent)} if parent else {}
    return _resource("item", ((within,), code), active, {"shop": (within,), "code": code, **above, **given})


def label(of: str, name: str, *, active: bool = True) -> Resource:
    """A label of an item."""
    key = (("north",), of)
    return _resource("label", (key, name), active, {"item": key, "name": name})


def rule(key: str, *, active: bool = True, **given: Value) -> Resource:
    """Something that lies in no shop."""
    return _resource("rule", (key,), active, {"key": key, **given})


def _resource(kind: str, key: Key, active: bool, given: dict[str, Value]) -> Resource:
    return Resource(Address(kind, key), Declared(given), active, Origin("small.toml", (kind, str(key))))


def state(*resources: Resource) -> State:
    """The resources by kind and key."""
    return {
        kind.name: {found.address.key: found for found in resources if found.address.kind == kind.name}
        for kind in PACK.kinds
    }


def rows(*resources: Resource) -> State:
    """The resources as rows: with every field, and no place in a manifest."""
    whole = []
    for found in resources:
        kind = PACK.kind[found.address.kind]
        nothing: dict[str, Value] = dict.fromkeys(kind.ref) | {field.name: field.default for field in kind.fields}
        whole.append(found._replace(values=nothing | dict(found.values), origin=None))
    return state(*whole)


def ledger(*resources: Resource) -> dict[str, dict[Key, Recorded]]:
    """The resources as they were last applied."""
    entries: dict[str, dict[Key, Recorded]] = {kind.name: {} for kind in PACK.kinds}
    for address, given, active, _, protected in resources:
        assert isinstance(given, Declared)
        entries[address.kind][address.key] = Recorded(
            active, fingerprint(given, active=active, protected=protected), protected, given
        )
    return entries


def difference(
    want: list[Resource], have: list[Resource], last: list[Resource], scope: str | None = None
) -> Difference:
    """What separates the rows from the manifests, as a plan finds it."""
    desired, current, recorded = state(*want), rows(*have), ledger(*last)
    addresses = unsettled(desired, current, recorded, PACK, scope)
    return diff(desired, current, recorded, PACK, scope, addresses)


def plan(*changes: Change, records: tuple[Record, ...] = (), unchanged: int = 0, unmanaged: int = 0) -> Plan:
    """A plan of these changes."""
    return Plan(
        pack=PACK.name,
        scope=None,
        kinds=tuple(kind.name for kind in PACK.kinds),
        scoped=frozenset({"shop", "item", "label"}),
        changes=changes,
        records=records,
        unchanged=unchanged,
        unmanaged=unmanaged,
        basis=BASIS,
    )


def price(number: int) -> Decimal:
    """A price in canonical form."""
    return Decimal(number).quantize(Decimal("0.01"))


def update(before: Value, after: Value, name: str = "note") -> Change:
    """An update of one field of the item A, changed in the manifests."""
    resource = item("A")._replace(values=Declared({name: after}))
    change = FieldChange(name, before, after, "manifest")
    return Change("update", resource.address, "manifest", (change,), resource.values, True, resource.origin, 7)
