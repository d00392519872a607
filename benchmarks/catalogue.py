"""A catalogue of any size: manifests with texts of the length that people write."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import tomli_w

Entry: TypeAlias = dict[str, Any]

PER_CATEGORY = 1000
TIER = "T1"
_HEADER = {"pack": "homologation", "version": 1}


def categories(elements: int) -> list[tuple[str, int]]:
    """The categories' slugs and how many elements each has."""
    starts = range(0, elements, PER_CATEGORY)
    return [(f"banco-{number:03d}", min(PER_CATEGORY, elements - start)) for number, start in enumerate(starts, 1)]


def category(slug: str) -> Entry:
    """A category."""
    return {
        "slug": slug,
        "name": f"Vehículos de ensayo {slug}",
        "client_type": "particular",
        "description": "Reformas de vehículos de ensayo, desde el cambio de un manillar hasta una transformación "
        "completa. Cada expediente termina con la anotación de la reforma en la ficha técnica en la ITV.",
        "icon": "motorcycle",
        "sort_order": int(slug.rpartition("-")[2]),
    }


def tier() -> Entry:
    """The one tier of every category, which includes all its elements."""
    return {
        "code": TIER,
        "name": "Proyecto completo",
        "price": 410.0,
        "description": "Proyecto técnico que abarca todo el vehículo, sin límite de elementos.",
        "sort_order": 10,
    }


def element(slug: str, number: int) -> Entry:
    """An element with a warning and a required field."""
    name = f"{slug}-{number:04d}"
    return {
        "code": f"ELEMENTO_{number:04d}",
        "name": f"Elemento de ensayo número {number} de {slug}",
        "description": f"Sustitución de la pieza {name} por otra de distinta marca o medida. Se comprueba que esté "
        "homologada como recambio para ese vehículo, que conserve las protecciones de serie y que ninguna arista "
        "quede al alcance de las piernas ni tape la placa de matrícula.",
        "keywords": [f"pieza {name}", f"recambio {name}", f"cambiar {name}", f"montaje {name}"],
        "aliases": [f"accesorio {name}", f"kit {name}"],
        "sort_order": number,
        "warnings": [_warning(number)],
        "required_fields": [_field()],
    }


def _warning(number: int) -> Entry:
    return {
        "code": f"homologacion_{number:04d}",
        "message": "La pieza tiene que llevar grabada su contraseña de homologación y esta debe valer para tu modelo "
        "exacto. Una pieza marcada como «solo para competición» no se puede legalizar, aunque encaje.",
        "severity": "warning",
        "show_condition": "always",
    }


def _field() -> Entry:
    return {
        "field_name": "marca_modelo",
        "field_type": "text",
        "label": "Marca y modelo de la pieza montada",
        "placeholder": "Marca, modelo y referencia",
        "is_required": True,
        "example_value": "Akrapovič Slip-On Line",
        "validation_rules": {"min_length": 3, "max_length": 120},
        "llm_instruction": "Pide la marca y el modelo tal como vienen en la chapa o en la factura; con solo la marca "
        "no basta, porque cada modelo tiene su propia homologación.",
        "sort_order": 10,
    }


def write(root: Path, elements: int) -> int:
    """Write the manifests of a catalogue below `root`; their size in bytes."""
    for slug, count in categories(elements):
        made = [element(slug, number) for number in range(1, count + 1)]
        scope = {**_HEADER, "category": slug}
        mapping = {"groups": {"todos": [one["code"] for one in made]}, "tiers": {TIER: {"groups": ["todos"]}}}
        _write(root / slug / "category.toml", {**_HEADER, "categories": [category(slug)]})
        _write(root / slug / "tiers.toml", {**scope, "tiers": [tier()]})
        _write(root / slug / "elements.toml", {**scope, "elements": made})
        _write(root / slug / "mapping.toml", {**scope, **mapping})
    return sum(path.stat().st_size for path in root.rglob("*.toml"))


def write_empty(root: Path) -> None:
    """Write manifests that declare a category and nothing else."""
    _write(root / "category.toml", {**_HEADER, "categories": [category("banco-001")]})


def change_a_line(root: Path, number: int) -> None:
    """Change one line of one file: what the first element is called."""
    path = root / "banco-001" / "elements.toml"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    first = next(at for at, line in enumerate(lines) if line.startswith("name = "))
    lines[first] = f'name = "Elemento de ensayo, cambio {number}"\n'
    path.write_text("".join(lines), "utf-8")


def _write(path: Path, content: Entry) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(tomli_w.dumps(content), "utf-8")
