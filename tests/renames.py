"""New codes for catalogues: a Hypothesis strategy, and the manifests that say so with `[[moved]]`."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from tests.strategies import ELEMENTS, FIELDS, SLUGS, TIERS, WARNINGS, Catalogue, Entry, Manifest

CODES = {
    "category": (*SLUGS, "quads", "remolques"),
    "tier": (*TIERS, "T7", "T8", "T9"),
    "element": (*ELEMENTS, "NUEVO", "OTRO", "TERCERO"),
    "required_field": (*FIELDS, "nuevo", "otro"),
    "warning": (*WARNINGS, "nuevo", "otro", "tercero"),
    "policy": ("iva", "plazo", "nuevo", "otro"),
}
"""The old codes, and as many others as they may become."""

Names = dict[str, dict[str, str]]
"""The new code for every old one, by kind."""


@st.composite
def names(draw: st.DrawFn) -> Names:
    """Codes become others, perhaps each other's: chains, shifts and swaps among them. Some kinds stay as they are."""
    kinds = draw(st.sets(st.sampled_from(sorted(CODES)), min_size=1))
    return {
        kind: dict(zip(codes, draw(st.permutations(codes)) if kind in kinds else codes, strict=True))
        for kind, codes in sorted(CODES.items())
    }


def renamed(catalogue: Catalogue, new: Names) -> Catalogue:
    """The catalogue with its new codes, and an entry in place of all older ones for each code that changes."""
    made = deepcopy(catalogue)
    for manifest in made.values():
        manifest.pop("moved", None)
        moved = [
            {"kind": kind, "from": f"{above}{old}", "to": f"{above}{new[kind][old]}"}
            for kind, above, old in sorted(set(_declared(manifest, new)))
            if new[kind][old] != old
        ]
        _rename(manifest, new)
        if moved:
            manifest["moved"] = moved
    return made


def _declared(manifest: Manifest, new: Names) -> Iterator[tuple[str, str, str]]:
    """Kind, path above (with new codes) and code of everything that a manifest declares and that may be renamed."""
    for entry in manifest.get("categories", ()):
        yield "category", "", entry["slug"]
    for entry in manifest.get("policies", ()):
        yield "policy", "", entry["key"]
    for kind, entry in _entries(manifest):
        yield kind, "", entry["code"]
        for field in entry.get("required_fields", ()):
            yield "required_field", f"{new['element'][entry['code']]}/", field["field_name"]


def _entries(manifest: Manifest) -> Iterator[tuple[str, Entry]]:
    """Tiers, elements and warnings, wherever they stand."""
    tiers = manifest.get("tiers", ())
    owners = [("tier", tier) for tier in tiers] if isinstance(tiers, list) else []
    owners += [("element", element) for element in manifest.get("elements", ())]
    yield from owners
    for place in (manifest, *(entry for _, entry in owners)):
        for warning in place.get("warnings", ()):
            yield "warning", warning


def _rename(manifest: Manifest, new: Names) -> None:
    _rename_above(manifest, new)
    for kind, entry in list(_entries(manifest)):
        entry["code"] = new[kind][entry["code"]]
        if "parent" in entry:
            entry["parent"] = new["element"][entry["parent"]]
        for field in entry.get("required_fields", ()):
            written = field.keys() & {"field_name", "condition_field"}
            field.update({name: new["required_field"][field[name]] for name in written})
    for name, codes in manifest.get("groups", {}).items():
        manifest["groups"][name] = [_member(item, new) for item in codes]
    if isinstance(manifest.get("tiers"), dict):
        manifest["tiers"] = {new["tier"][code]: _mapped(table, new) for code, table in manifest["tiers"].items()}


def _rename_above(manifest: Manifest, new: Names) -> None:
    if "category" in manifest:
        manifest["category"] = new["category"][manifest["category"]]
    for entry in manifest.get("categories", ()):
        entry["slug"] = new["category"][entry["slug"]]
    for entry in manifest.get("policies", ()):
        entry["key"] = new["policy"][entry["key"]]


def _mapped(table: Entry, new: Names) -> Entry:
    made = dict(table)
    if "elements" in made:
        made["elements"] = [_member(item, new) for item in made["elements"]]
    if "includes" in made:
        made["includes"] = [new["tier"][code] for code in made["includes"]]
    return made


def _member(item: Any, new: Names) -> Any:
    return item | {"element": new["element"][item["element"]]} if isinstance(item, dict) else new["element"][item]
