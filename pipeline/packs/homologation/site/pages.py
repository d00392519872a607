"""The pages of the site: an index, and for each category its overview, its elements and a form for quotes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.model.address import Key, path
from pipeline.model.resource import Resource
from pipeline.packs.homologation.site import elements, search
from pipeline.packs.homologation.site.graphs import tier_graph, variant_graph
from pipeline.packs.homologation.site.matrix import family, matrix
from pipeline.packs.homologation.site.pictures import Pictures
from pipeline.packs.homologation.site.tariff import tariff_data
from pipeline.packs.homologation.site.view import View, file_name, money
from pipeline.render.edition import Edition
from pipeline.render.source import Mark

HOME = Path(__file__).parent
ASSETS = ("site.css", "quote.js", "quote-form.js", "search.js")


def files(edition: Edition) -> dict[str, bytes]:
    """The files of the site by their paths. Same edition, same bytes."""
    view, pictures = View(edition), Pictures(edition.pictures)
    environment = _environment(pictures)
    made = {f"assets/{name}": (HOME / "assets" / name).read_bytes() for name in ASSETS}
    for name, template, content in _pages(view):
        made[name] = environment.get_template(template).render(view=view, **content).encode()
    return dict(sorted((made | pictures.files()).items()))


def _environment(pictures: Pictures) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HOME / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"money": money, "file": file_name, "code": code, "embedded": embedded}
    environment.globals["picture"] = pictures.link
    return environment


def _pages(view: View) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The path, template and content of each page."""
    categories = view.all("category")
    yield (
        "index.html",
        "index.html",
        {
            "categories": [(category, view.all("tier", category.address.key)) for category in categories],
            "services": [one for one in view.all("service") if one.address.key[0] is None],
            "entries": search.entries(view),
            "root": "",
        },
    )
    for category in categories:
        yield from _category_pages(view, category)


def _category_pages(view: View, category: Resource) -> Iterator[tuple[str, str, dict[str, Any]]]:
    key = category.address.key
    home = file_name(code(category))
    common = {"category": category, "root": "../"}
    found = matrix(view, key)
    marks = [cell.mark for line in found.lines for cell in line.cells if cell is not None and cell.mark is not None]
    shared = {"matrix": found, "mapping": _whole(marks[0]) if marks else None}
    yield f"{home}/index.html", "category.html", common | shared | _overview(view, key)
    yield (
        f"{home}/quote.html",
        "quote.html",
        common | {"elements": family(view, key), "data": tariff_data(view.edition.state, code(category))},
    )
    for element in view.all("element", key, retired=True):
        content = elements.about(view, key, element, found)
        yield f"{home}/{file_name(code(element))}.html", "element.html", common | {"element": element, **content}


def _overview(view: View, key: Key) -> dict[str, Any]:
    warnings = view.all("warning", key)
    return {
        "tiers": view.all("tier", key, retired=True),
        "tier_graph": tier_graph(view, key),
        "variant_graph": variant_graph(view, key),
        "elements": family(view, key),
        "retired": [one for one in view.all("element", key, retired=True) if not one.active],
        "services": view.all("service", key),
        "documents": view.all("document", key),
        "general": [one for one in warnings if one.values.get("scope")],
        "of_tiers": [one for one in warnings if one.values.get("tier")],
        "of_elements": [one for one in warnings if one.values.get("element")],
    }


def _whole(mark: Mark) -> Mark:
    """The file of a place, without the line."""
    return Mark(mark.file, 0, mark.url.partition("#")[0] if mark.url else None)


def code(resource: Resource) -> str:
    """What a resource is called in its category."""
    return path(resource.address.key)[-1]


_UNSAFE = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def embedded(content: Mapping[str, Any] | list[Any]) -> Markup:
    """Content as JSON that may stand in a script element of a page: nothing in it can end the element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_UNSAFE))  # noqa: S704 -- nothing of HTML's is left in it
