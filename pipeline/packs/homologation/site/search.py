"""What can be found: one entry for everything that has a place on a page."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model.address import Key
from pipeline.model.resource import Resource
from pipeline.packs.homologation.site.view import View, file_name, label, money

_TEXTS = {
    "category": ("slug", "name", "description", "conditions"),
    "tier": ("code", "name", "description", "conditions"),
    "element": ("code", "name", "description", "keywords", "aliases", "multi_select_keywords", "question_hint"),
    "image": ("title", "alt_text", "description", "user_instruction"),
    "required_field": ("field_name", "label", "options", "example_value"),
    "warning": ("code", "message"),
    "document": ("code", "title", "description"),
    "service": ("code", "name", "description"),
}
_TITLES = ("name", "title", "label", "code")


def entries(view: View) -> list[list[str]]:
    """Kind, title, link, category and the words of everything, in the order of the site."""
    found: list[list[str]] = []
    for category in view.all("category"):
        key = category.address.key
        home = file_name(str(key[0]))
        name = view.text(category, "name")
        for resource, link in _places(view, key):
            found.append([_kind(resource), _title(view, resource), f"{home}/{link}", name, _words(view, resource)])
    for service in view.all("service"):
        if service.address.key[0] is None:
            link = f"index.html#service-{file_name(str(service.address.key[-1]))}"
            found.append([_kind(service), _title(view, service), link, "", _words(view, service)])
    return found


def _places(view: View, category: Key) -> Iterator[tuple[Resource, str]]:
    """All that is shown of a category, with the page and the place on it."""
    yield view.edition.state["category"][category], "index.html"
    for kind in ("tier", "service", "document"):
        for resource in view.all(kind, category):
            yield resource, f"index.html#{kind}-{file_name(str(resource.address.key[-1]))}"
    for element in view.all("element", category):
        page = f"{file_name(str(element.address.key[-1]))}.html"
        yield element, page
        for kind in ("required_field", "image"):
            for resource in view.all(kind, element.address.key):
                yield resource, page
    for warning in view.all("warning", category):
        yield warning, f"{_page(warning)}#warning-{file_name(str(warning.address.key[-1]))}"


def _page(warning: Resource) -> str:
    element = warning.values.get("element")
    return f"{file_name(str(element[-1]))}.html" if isinstance(element, tuple) else "index.html"


def _kind(resource: Resource) -> str:
    return label(resource.address.kind)


def _title(view: View, resource: Resource) -> str:
    title = next((text for name in _TITLES if (text := view.text(resource, name))), "")
    price = resource.values.get("price")
    return f"{title} · {money(price)}" if price is not None else title


def _words(view: View, resource: Resource) -> str:
    """The texts of a resource as one."""
    said: list[str] = []
    for name in _TEXTS[resource.address.kind]:
        content = view.content(resource, name)
        said += map(str, content) if isinstance(content, list) else [view.text(resource, name)]
    return " · ".join(filter(None, said))
