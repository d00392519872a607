"""What the pages show: resources in order, and their values as data with the place and the person behind each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias
from urllib.parse import quote

from pipeline.model.address import Address, Key, path
from pipeline.model.resource import Origin, Resource
from pipeline.model.values import Json, Value, canonical_text
from pipeline.packs.homologation.checks.common import parsed, stated
from pipeline.plan.blame import Source
from pipeline.plan.past import same
from pipeline.render.edition import Edition
from pipeline.render.source import Mark

Form: TypeAlias = Literal["text", "catalogue", "words", "pairs", "element", "link"]
"""How a value is shown: as it is, as text of the catalogue, as a list, as names with values, as a link."""
_SPANISH = frozenset(
    {
        *("name", "title", "description", "conditions", "message", "question_hint", "label", "placeholder"),
        *("alt_text", "user_instruction", "example_value", "llm_instruction", "notes", "condition_value"),
    }
)
"""Fields whose text is the catalogue's own; what other fields say are the words of the system."""


class Setter(NamedTuple):
    """Who set a value last, as people read it. `note` says where manifests and database are apart."""

    said: str
    note: str = ""


class Item(NamedTuple):
    """A value of a resource: its field's name for people, and what there is to show."""

    label: str
    form: Form
    value: object
    mark: Mark | None
    setter: Setter | None


@dataclass(frozen=True)
class View:
    """An edition, as templates ask for it."""

    edition: Edition

    def all(self, kind: str, above: Key | None = None, *, retired: bool = False) -> list[Resource]:
        """The resources of a kind that stand below another, or all, sorted; those that are retired only if wished."""
        found = self.edition.state[kind].values() if above is None else self._below[kind].get(above, [])
        return sorted((one for one in found if retired or one.active), key=self._order)

    @cached_property
    def _below(self) -> dict[str, dict[Key | None, list[Resource]]]:
        found: dict[str, dict[Key | None, list[Resource]]] = defaultdict(lambda: defaultdict(list))
        for kind, resources in self.edition.state.items():
            for key, resource in resources.items():
                above = key[0]
                if not isinstance(above, str):
                    found[kind][above].append(resource)
        return found

    def _order(self, resource: Resource) -> tuple[int, tuple[str, ...]]:
        place = self.value(resource, "sort_order")
        return (place if isinstance(place, int) else 0), path(resource.address.key)

    def value(self, resource: Resource, name: str) -> Value:
        """The declared value of a field, or its column's default."""
        return stated(resource, name, self.edition.pack)

    def text(self, resource: Resource, name: str) -> str:
        """The value as text; nothing where there is none."""
        value = self.value(resource, name)
        return "" if value is None else shown(value)

    def content(self, resource: Resource, name: str) -> object:
        """What a JSON field holds."""
        return parsed(self.value(resource, name))

    def mark(self, resource: Resource, *steps: str) -> Mark | None:
        """Where a resource stands, or a value of it."""
        origin = resource.origin
        if origin is None:
            return None
        return self.edition.marks.get(Origin(origin.file, (*origin.path, *steps)))

    def items(self, resource: Resource, without: Collection[str] = ()) -> list[Item]:
        """The declared values of a resource in the order of its fields, without those that are shown elsewhere."""
        kind = self.edition.pack.kind[resource.address.kind]
        names = [*(ref.name for ref in kind.refs if not ref.placed), *(field.name for field in kind.fields)]
        order = {name: at for at, name in enumerate(names)}
        hidden = {"sort_order", kind.code, *without}  # where it stands on the page says the order
        declared = [name for name in resource.values if name in order and name not in hidden]
        return [
            item for name in sorted(declared, key=order.__getitem__) if (item := self.item(resource, name)) is not None
        ]

    def item(self, resource: Resource, name: str) -> Item | None:
        """One value; None where there is none to show."""
        value = resource.values.get(name)
        if value is None or value == Json("[]") or value == Json("{}"):
            return None
        form, said = _formed(name, value)
        return Item(label(name), form, said, self.mark(resource, name), self.setter(resource, name))

    def setter(self, resource: Resource, name: str) -> Setter | None:
        """Who set the value last; None where no database was asked."""
        if self.edition.accounts is None:
            return None
        source = self._sources.get((resource.address, name))
        value = resource.values.get(name)
        if source is None or not same(source.applied, value):
            return Setter("", "not applied yet")
        note = "" if same(source.applied, source.now) else "changed in the database since"
        return Setter(_said(source), note)

    @cached_property
    def _sources(self) -> dict[tuple[Address, str], Source]:
        accounts = self.edition.accounts or {}
        return {
            (address, source.name): source
            for address, account in accounts.items()
            for source in account.sources
            if source.owned
        }


def label(name: str) -> str:
    """A field's name for people: `Max elements`."""
    return name.replace("_", " ").capitalize()


def shown(value: object) -> str:
    """A single value as text."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return format(value, "f")
        case tuple():
            return path(value)[-1]
        case Json() | dict() | list():
            return canonical_text(value)
        case _:
            return str(value)


def money(value: object) -> str:
    """A price: `1,410.00 €`."""
    return f"{value:,.2f} €" if isinstance(value, Decimal | int) else "—"


def file_name(code: str) -> str:
    """A code as the name of a file or folder, and as it stands in links: of letters, digits, `-` and `_` only."""
    return quote(code, safe="").replace(".", "%2E").replace("~", "%7E").replace("%", "~")


def _formed(name: str, value: Value) -> tuple[Form, object]:
    content = parsed(value)
    if isinstance(content, list):
        return "words", [shown(one) for one in content]
    if isinstance(content, dict):
        return "pairs", list(_pairs(content))
    if name == "price":
        return "text", money(value)
    if name == "parent":
        return "element", shown(value)
    if isinstance(value, str) and not isinstance(value, Json) and name in _SPANISH:
        return "catalogue", value
    return "text", shown(value)


def _pairs(content: dict[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in content.items():
        yield label(name), _inside(value)


def _inside(value: object) -> str:
    """A value within a table, on one line: `base: max 2, min 1; proyecto: max 1`."""
    match value:
        case list():
            return ", ".join(map(_inside, value))
        case dict():
            inner = {name: _inside(held) for name, held in value.items()}
            return "; ".join(f"{name}: {held}" for name, held in inner.items())
        case _:
            return shown(value)


def _said(source: Source) -> str:
    """`ana · run 3 · 2026-03-01`, in UTC."""
    if source.touch is None:
        return "set before the history that is kept"
    run = source.touch.run
    verb = {"created": "created by ", "found": "taken over by ", "set": "", "unknown": "before "}[source.how]
    return f"{verb}{run.actor} · run {run.number} · {run.at:%Y-%m-%d}"
