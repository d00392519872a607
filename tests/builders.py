"""Short calls that build desired resources of the homologation pack, as the manifests would make them.

A value given as a list or table becomes a JSON field; a reference is given as the code that a manifest writes.
Every resource stands in `catalogue.toml`, at its section and its position in it, unless it says otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pipeline.model import values
from pipeline.model.address import Address, Key
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.kind import Field
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, Resource, State
from pipeline.model.values import Value
from pipeline.packs.homologation import PACK as REAL_PACK

MOTOS = "motos-part"
FILE = "catalogue.toml"

_FIELDS = {
    "tier": (Field("price", "decimal", required=True, scale=2),),
    "service": (Field("price", "decimal", required=True, scale=2),),
    "required_field": (Field("field_type", "text", default="text"),),
    "setting": (Field("value_type", "text", default="string"),),
}
PACK: Pack = replace(
    REAL_PACK, kinds=tuple(replace(kind, fields=_FIELDS.get(kind.name, ())) for kind in REAL_PACK.kinds)
)
"""The pack with those fields whose type or default a rule asks for."""


def _resource(kind: str, key: Key, active: bool, origin: Origin | None, given: dict[str, Any]) -> Resource:
    parts: dict[str, Value] = dict(zip(PACK.kind[kind].key, key, strict=True))
    for name, value in given.items():
        parts[name] = values.json(value) if isinstance(value, list | dict) else value
    return Resource(Address(kind, key), parts, active, origin)


def category(slug: str = MOTOS, *, active: bool = True, origin: Origin | None = None, **given: Any) -> Resource:
    """A category."""
    return _resource("category", (slug,), active, origin, given)


def tier(
    code: str, *, within: str = MOTOS, active: bool = True, origin: Origin | None = None, **given: Any
) -> Resource:
    """A tier of a category."""
    return _resource("tier", ((within,), code), active, origin, given)


def service(
    code: str, *, within: str | None = MOTOS, active: bool = True, origin: Origin | None = None, **given: Any
) -> Resource:
    """A service of a category, or of none."""
    return _resource("service", ((within,) if within else None, code), active, origin, given)


def element(
    code: str, *, within: str = MOTOS, active: bool = True, origin: Origin | None = None, **given: Any
) -> Resource:
    """An element; `parent` is a code."""
    if "parent" in given:
        given["parent"] = ((within,), given["parent"])
    return _resource("element", ((within,), code), active, origin, given)


def field(
    of: str, name: str, *, within: str = MOTOS, active: bool = True, origin: Origin | None = None, **given: Any
) -> Resource:
    """A required field of an element; `condition_field` is a field name."""
    owner = ((within,), of)
    if "condition_field" in given:
        given["condition_field"] = (owner, given["condition_field"])
    return _resource("required_field", (owner, name), active, origin, given)


def image(of: str, title: str, *, within: str = MOTOS, active: bool = True, **given: Any) -> Resource:
    """An image of an element."""
    return _resource("image", (((within,), of), title), active, None, given)


def warning(
    code: str,
    *,
    of: str | None = None,
    of_tier: str | None = None,
    within: str = MOTOS,
    active: bool = True,
    origin: Origin | None = None,
    **given: Any,
) -> Resource:
    """A warning of an element, of a tier, or else of the category."""
    home = (within,)
    scopes: dict[str, Any] = {
        "scope": None if of or of_tier else home,
        "tier": (home, of_tier) if of_tier else None,
        "element": (home, of) if of else None,
    }
    return _resource("warning", (home, code), active, origin, scopes | given)


def document(code: str, *, within: str = MOTOS, active: bool = True, **given: Any) -> Resource:
    """A document that every case needs."""
    return _resource("document", ((within,), code), active, None, given)


def link(of: str, code: str, *, within: str = MOTOS, active: bool = True, **given: Any) -> Resource:
    """The association of an element and a warning."""
    return _resource("element_warning", (((within,), of), ((within,), code)), active, None, given)


def include(
    code: str,
    of: str,
    *,
    within: str = MOTOS,
    active: bool = True,
    origin: Origin | None = None,
    **given: Any,
) -> Resource:
    """The row that includes an element in a tier."""
    return _resource("inclusion", (((within,), code), ((within,), of)), active, origin, given)


def include_tier(
    code: str, other: str, *, within: str = MOTOS, active: bool = True, origin: Origin | None = None
) -> Resource:
    """The row that includes a tier in a tier."""
    return _resource("tier_inclusion", (((within,), code), ((within,), other)), active, origin, {})


def setting(key: str, **given: Any) -> Resource:
    """A setting."""
    return _resource("setting", (key,), True, None, given)


def constraint(code: str, **given: Any) -> Resource:
    """A response constraint that holds for every category."""
    return _resource("constraint", (None, code), True, None, given)


def desired(*resources: Resource, pack: Pack = PACK) -> Desired:
    """What manifests with these entries declare."""
    placed: list[Resource] = []
    count: Counter[str] = Counter()
    for resource in resources:
        section = pack.kind[resource.address.kind].section
        origin = resource.origin or Origin(FILE, (section, count[section]))
        count[section] += 1
        placed.append(resource._replace(origin=origin))
    return Desired(tuple(placed), state(*placed, pack=pack))


def state(*resources: Resource, pack: Pack = PACK) -> State:
    """The resources by kind and key; of two with one address the first stays."""
    found: dict[str, dict[Key, Resource]] = {kind.name: {} for kind in pack.kinds}
    for resource in resources:
        found[resource.address.kind].setdefault(resource.address.key, resource)
    return found


def check(rule: Rule, *resources: Resource) -> list[Finding]:
    """What a rule finds in manifests with these entries."""
    return list(rule.check(desired(*resources), PACK))


def messages(rule: Rule, *resources: Resource) -> list[str]:
    """The messages of what a rule finds in manifests with these entries."""
    return [finding.message for finding in check(rule, *resources)]


def places(findings: Iterable[Finding]) -> list[tuple[str | int, ...]]:
    """Where findings stand in their file."""
    return [finding.origin.path for finding in findings]


def catalogue() -> list[Resource]:
    """A small catalogue with something of every kind and nothing wrong in it."""
    return [
        category(name="Motocicletas", sort_order=10),
        tier("T1", price=values.decimal(410, 2), sort_order=10),
        tier("T6", price=values.decimal(140, 2), min_elements=1, max_elements=1, sort_order=20),
        service("urgencia", price=values.decimal(100, 2), sort_order=10),
        service("gestion", within=None, price=values.decimal(30, 2), sort_order=10),
        _resource("document", ((MOTOS,), "fotos"), True, None, {"sort_order": 10}),
        _resource("prompt_section", ((MOTOS,), "footer"), True, None, {"version": 1}),
        element("LUCES", keywords=["luces", "faros"], sort_order=10),
        element(
            "FARO",
            parent="LUCES",
            variant_type="luz",
            variant_code="FARO",
            keywords=["faro", "luces"],
            sort_order=20,
        ),
        element(
            "PILOTO",
            parent="LUCES",
            variant_type="luz",
            variant_code="PILOTO",
            keywords=["piloto", "luces"],
            sort_order=30,
        ),
        element("ESPEJOS", keywords=["espejos"], sort_order=20),
        element("BOCINA", active=False, keywords=["espejos"], sort_order=20),
        image("FARO", "Vista frontal", sort_order=10),
        image("FARO", "Marcado", sort_order=20),
        field("FARO", "tipo", field_type="select", options=["Led", "Halógeno"], sort_order=10),
        field(
            "FARO",
            "marca",
            condition_field="tipo",
            condition_operator="equals",
            condition_value="Led",
            validation_rules={"min_length": 2, "max_length": 20, "pattern": "^[A-Z]"},
            sort_order=20,
        ),
        field("FARO", "potencia", field_type="number", validation_rules={"min": 1, "max": 60}, sort_order=30),
        field(
            "FARO",
            "informe",
            field_type="boolean",
            condition_field="potencia",
            condition_operator="greater_than",
            condition_value="55",
            sort_order=40,
        ),
        field(
            "FARO",
            "numero",
            condition_field="informe",
            condition_operator="equals",
            condition_value="true",
            sort_order=50,
        ),
        field("FARO", "notas", condition_field="numero", condition_operator="exists", sort_order=60),
        warning("marcado", message="Busca el marcado"),
        warning("proyecto", of_tier="T1", message="Pide proyecto"),
        warning("led", of="FARO", message="Una bombilla led no vale"),
        link("FARO", "led", show_condition="on_exceed_max", threshold_quantity=2),
        include("T1", "LUCES"),
        include("T1", "FARO"),
        include("T6", "ESPEJOS", min_quantity=1, max_quantity=1),
        include_tier("T1", "T6"),
        _resource("policy", ("iva",), True, None, {"value": "21 %"}),
        setting("plazo", value="30", value_type="integer"),
        constraint("precio", detection_pattern=r"\d+ ?€", priority=1),
    ]
