"""What goes with a quote: documents and pictures to send, fields to fill, services on offer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from pipeline.model.address import Key
from pipeline.model.resource import Resource
from pipeline.packs.homologation.quote.covering import Quantities
from pipeline.packs.homologation.quote.stated import amount, listed, place, text, within, yes
from pipeline.packs.homologation.quote.tariff import Tariff

REQUIRED: Final = "required_document"
"""The type of the pictures that a customer must send like."""


class Document(NamedTuple):
    """A document that every case of the category needs."""

    code: str
    title: str
    description: str
    mandatory: bool


class Image(NamedTuple):
    """A picture of an element, or of the one above it that it inherits from (`owner`)."""

    element: str
    owner: str
    title: str
    url: str
    type: str
    status: str
    required: bool
    instruction: str

    @property
    def inherited(self) -> bool:
        """Whether it is a picture of an element above."""
        return self.owner != self.element

    @property
    def name(self) -> str:
        """The picture's name in its category."""
        return f"{self.owner}/{self.title}"


class Condition(NamedTuple):
    """On which answer to another field of the element it depends whether a field is asked."""

    field: str
    label: str
    operator: str
    value: str

    def __str__(self) -> str:
        words = (
            [self.operator.replace("_", " "), f'"{self.value}"'] if self.value else [self.operator.replace("_", " ")]
        )
        return f'only if "{self.label}" {" ".join(words)}'


class Field(NamedTuple):
    """A piece of data about an element that a case must bring; `owner` is where it was inherited from."""

    element: str
    owner: str
    name: str
    label: str
    type: str
    required: bool
    options: tuple[str, ...]
    condition: Condition | None

    @property
    def inherited(self) -> bool:
        """Whether it is a field of an element above."""
        return self.owner != self.element


class Service(NamedTuple):
    """A service on offer, on top of the tier; `everywhere` if it is offered in all categories."""

    code: str
    name: str
    price: Decimal
    everywhere: bool


class Papers(NamedTuple):
    """All that goes with a quote."""

    documents: tuple[Document, ...]
    images: tuple[Image, ...]
    fields: tuple[Field, ...]
    services: tuple[Service, ...]

    @property
    def to_send(self) -> tuple[Image, ...]:
        """The pictures that the customer must send like."""
        return tuple(image for image in self.images if image.type == REQUIRED)


NO_PAPERS: Final = Papers((), (), (), ())


class Files:
    """The papers of a tariff, by what they belong to."""

    def __init__(self, tariff: Tariff) -> None:
        self._tariff = tariff
        self.documents = tuple(_documents(tariff))
        self.services = tuple(_services(tariff))
        self._images = _by_element(tariff, "image")
        self._fields = _by_element(tariff, "required_field")

    def of(self, quantities: Quantities) -> Papers:
        """The papers of a request."""
        images = tuple(image for code in quantities for image in self.images(code))
        fields = tuple(field for code in quantities for field in self.fields(code))
        return Papers(self.documents, images, fields, self.services)

    def images(self, code: str) -> Iterator[Image]:
        """The pictures of an element, its own before those it inherits."""
        for owner in self._tariff.elements.lineage(code):
            for row in self._images[owner]:
                yield Image(
                    code,
                    owner,
                    str(row.address.key[-1]),
                    text(row, "url"),
                    text(row, "image_type"),
                    text(row, "status"),
                    yes(row, "is_required"),
                    text(row, "user_instruction"),
                )

    def fields(self, code: str) -> Iterator[Field]:
        """The fields of an element, its own before those it inherits; its own replaces one of the same name."""
        seen: set[str] = set()
        for owner in self._tariff.elements.lineage(code):
            labels = {row.address.key: text(row, "label") for row in self._fields[owner]}
            for row in self._fields[owner]:
                name = str(row.address.key[-1])
                if name not in seen:
                    yield _field(row, code, owner, labels)
            seen |= {str(row.address.key[-1]) for row in self._fields[owner]}


def _field(row: Resource, code: str, owner: str, labels: Mapping[Key, str]) -> Field:
    target = row.values.get("condition_field")
    condition = None
    if isinstance(target, tuple) and target in labels:
        operator, value = text(row, "condition_operator"), text(row, "condition_value")
        condition = Condition(str(target[-1]), labels[target], operator or "exists", value)
    return Field(
        code,
        owner,
        str(row.address.key[-1]),
        text(row, "label"),
        text(row, "field_type"),
        yes(row, "is_required"),
        listed(row, "options"),
        condition,
    )


def _documents(tariff: Tariff) -> Iterator[Document]:
    for row in within(tariff.state, "document", (tariff.category,)):
        code = str(row.address.key[-1])
        yield Document(code, text(row, "title"), text(row, "description"), yes(row, "is_mandatory"))


def _services(tariff: Tariff) -> Iterator[Service]:
    own, everywhere = within(tariff.state, "service", (tariff.category,)), within(tariff.state, "service", None)
    for row in sorted([*own, *everywhere], key=lambda row: (*place(row), row.address.key[0] is None)):
        here = row.address.key[0] is None
        yield Service(str(row.address.key[-1]), text(row, "name"), amount(row, "price"), here)


def _by_element(tariff: Tariff, kind: str) -> Mapping[str, Sequence[Resource]]:
    found: dict[str, list[Resource]] = defaultdict(list)
    for key, row in tariff.state[kind].items():
        owner = key[0]
        if row.active and isinstance(owner, tuple) and owner[0] == (tariff.category,):
            found[str(owner[-1])].append(row)
    for rows in found.values():
        rows.sort(key=place)
    return found
