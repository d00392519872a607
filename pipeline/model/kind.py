"""Kinds: what a type of resource is called, how it is keyed, what it refers to, and which fields it has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from pipeline.model.values import Value

FieldType: TypeAlias = Literal["text", "integer", "decimal", "float", "boolean", "json", "date", "timestamp"]


@dataclass(frozen=True)
class Field:
    """A column that manifests may write.

    `default` is the column's own default in canonical form, which an undeclared field gets on create;
    `required` fields have none and accept no NULL. `scale` counts a decimal's digits after the point.
    """

    name: str
    type: FieldType
    required: bool = False
    default: Value = None
    scale: int = 0


@dataclass(frozen=True)
class Ref:
    """A reference to a resource, by natural key in manifests and by id in the table.

    A `placed` reference is never written: it follows from where the resource stands, nested under the
    kind it refers to or in a document of that scope. Any other is written as the target's own code, and
    the rest of the target's key is that of the resource that refers; or, if it is `full`, as a table of the parts of
    the target's key, of which those that are left out are those of the resource that refers.

    `retires` is the status that the target gets for as long as something active refers to it (see `Status`).
    """

    name: str
    to: str
    column: str
    optional: bool = False
    placed: bool = False
    full: bool = False
    retires: str | None = None


@dataclass(frozen=True)
class Flag:
    """Retiring by a boolean column: true while the resource is active."""

    column: str


@dataclass(frozen=True)
class Status:
    """Retiring by a column of values: the resource is active while it holds one of `active`.

    It gets `retired` when it leaves the manifests, and `revived` when it comes back.
    """

    column: str
    active: tuple[str, ...]
    retired: str
    revived: str


@dataclass(frozen=True)
class AppendOnly:
    """Never retired and never changed: rows are only added.

    `digest` names the last part of the key, a text column of at least 32 characters: a fingerprint of what the entry
    declares, so that a changed entry is another row.
    """

    digest: str


Retire: TypeAlias = Flag | Status | AppendOnly


@dataclass(frozen=True)
class Kind:
    """A type of resource.

    `section` is the name of its array in manifests; `children` are the kinds nested in its entries.
    `scopes` names optional placed references of which exactly one is set, by the place of the entry.
    `along` names a kind in whose nested entries this kind's fields are written: one entry, two rows.
    `prices` names the fields that hold an amount of money: a plan can warn of one that changes by too much.
    The resources of a `derived` kind are what the pack derives from others. It has no section of its own; where it is
    nested in another kind, its entries say the code alone, and what becomes of them is the pack's to say.
    `fields` are read from the pack's JSON Schema, which is generated from the table.
    """

    name: str
    table: str
    section: str
    key: tuple[str, ...]
    refs: tuple[Ref, ...] = ()
    children: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    along: str | None = None
    retire: Retire = Flag("is_active")
    prices: tuple[str, ...] = ()
    derived: bool = False
    fields: tuple[Field, ...] = ()

    @cached_property
    def ref(self) -> dict[str, Ref]:
        """References by name."""
        return {ref.name: ref for ref in self.refs}

    @cached_property
    def field(self) -> dict[str, Field]:
        """Fields by name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def types(self) -> dict[str, tuple[FieldType, int]]:
        """Type and scale of each field, as `values.load` needs them."""
        return {field.name: (field.type, field.scale) for field in self.fields}

    @cached_property
    def flag(self) -> str | None:
        """The boolean column that says whether a resource is active; None where that follows from something else."""
        return self.retire.column if isinstance(self.retire, Flag) else None

    @cached_property
    def unwritten(self) -> frozenset[str]:
        """The fields that follow from the rest of an entry or from others, so that manifests never write them."""
        derived = frozenset(self.field) if self.derived else frozenset()
        match self.retire:
            case Status(column=name) | AppendOnly(digest=name):
                return derived | {name}
            case Flag():
                return derived

    @property
    def code(self) -> str:
        """The last part of the key: what other resources write to refer to this kind."""
        return self.key[-1]

    @property
    def movable(self) -> bool:
        """Whether its resources have a code of their own that may change; a link follows what it joins."""
        return self.code not in self.ref and self.code not in self.unwritten and not self.derived


@dataclass(frozen=True)
class Mapping:
    """A many-to-many kind written as a table of groups instead of one entry per row.

    Under `[<subject's section>.<code>]` stand lists of `groups` and of the member's codes, which make
    rows of `member`, and `includes`, a list of other subjects, which make rows of `include`.
    `group` is the field of the member that holds the name of the group it came by; a code listed by itself may say it.
    """

    subject: str
    member: str
    include: str
    group: str = ""
