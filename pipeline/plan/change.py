"""What a plan is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from pipeline.model import values
from pipeline.model.address import Address, Key, root
from pipeline.model.kind import Kind
from pipeline.model.move import Move
from pipeline.model.resource import Origin, fingerprint
from pipeline.model.values import Value
from pipeline.plan.impact import Impact

Action: TypeAlias = Literal["create", "update", "move", "reactivate", "deactivate"]
Cause: TypeAlias = Literal["manifest", "drift", "conflict", "adopt"]

HazardName: TypeAlias = Literal[
    "drift",
    "conflict",
    "protected",
    "in-use",
    "mass-update",
    "mass-deactivation",
    "price-change",
    "price-impact",
    "unquotable",
    "scenario",
]

ACTIONS: tuple[Action, ...] = ("create", "update", "move", "reactivate", "deactivate")
CAUSES: tuple[Cause, ...] = ("manifest", "adopt", "drift", "conflict")
"""From the harmless to the one that most needs a look: a change has the last of its fields' causes."""

HAZARDS: tuple[HazardName, ...] = get_args(HazardName)
"""In the order in which a plan has them."""

FORMAT = "pipeline plan"
VERSION = 1


class FieldChange(NamedTuple):
    """One field or reference: what stands in the database, what the manifests want, and why they differ."""

    name: str
    before: Value
    after: Value
    cause: Cause


class Change(NamedTuple):
    """One row to write. `declared`, `active` and `protected` are what the ledger will hold of it afterwards.

    `fields` are those that change; a create needs none, for all it writes is `declared`.
    `line` is that of `origin` in its file, 0 where there is none (no longer in the manifests).
    `moved_from` is the key the row has in the database, where it gets another; it may change in other ways at the
    same time. Its code is then not among the fields.
    """

    action: Action
    address: Address
    cause: Cause
    fields: tuple[FieldChange, ...]
    declared: Mapping[str, Value]
    active: bool
    origin: Origin | None = None
    line: int = 0
    moved_from: Key | None = None
    protected: bool = False


class Record(NamedTuple):
    """A row that is as it should be, but of which the ledger must learn."""

    address: Address
    declared: Mapping[str, Value]
    active: bool
    protected: bool = False


class Hazard(NamedTuple):
    """A named danger in a plan: which rows it concerns, and why it is one.

    `kind` and `scope` tell what was counted, None where the danger is not counted by them. `of` is the number of
    active rows that `rows` are a part of, 0 where that is no matter, and `limit` the percentage that was exceeded, 0
    where no threshold applies. `notes` say more of each row, in the order of `rows`; or they are empty. `requests` is
    how many answers change, where that is counted, and `most` how many may.
    """

    name: HazardName
    rows: tuple[Address, ...]
    kind: str | None = None
    scope: str | None = None
    of: int = 0
    limit: float = 0
    notes: tuple[str, ...] = ()
    requests: int = 0
    most: int = 0


class Basis(NamedTuple):
    """What a plan was computed from.

    `rows` is a fingerprint of the managed rows and the ledger; `revisions` are the database's schema
    revisions by history; `manifests` is a digest of everything the manifests declare.
    """

    rows: str
    revisions: Mapping[str, str]
    manifests: str


@dataclass(frozen=True)
class Plan:
    """An ordered, frozen list of changes to one pack's rows.

    `kinds` are the kinds' names, parents first; `scope` is set where the plan covers just one scope.
    `unmanaged` counts rows that the manifests never declared: they are left alone.
    `derived` are the kinds of which no entry says what their rows hold, so that whoever shows the plan has to.
    `moves` are all declared renames, where any of them is new to this database: it will remember them as done.
    `hazards` are found by `plan.hazard.find`, and only a plan whose hazards are all allowed is applied.
    `impact` is what it changes in the answers that the pack's probes get, None where they were not asked.
    `undoes` is the run that the plan takes back, None for a plan of manifests.
    """

    pack: str
    scope: str | None
    kinds: tuple[str, ...]
    scoped: frozenset[str]
    changes: tuple[Change, ...]
    records: tuple[Record, ...]
    unchanged: int
    unmanaged: int
    basis: Basis
    moves: tuple[Move, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    undoes: int | None = None
    derived: frozenset[str] = frozenset()
    impact: Impact | None = None

    @cached_property
    def summary(self) -> dict[Action, int]:
        """How many changes of each action, every action present."""
        count = Counter(change.action for change in self.changes)
        return {action: count[action] for action in ACTIONS}

    @property
    def is_empty(self) -> bool:
        """Whether applying it would write nothing at all."""
        return not self.changes and not self.records

    @cached_property
    def digest(self) -> str:
        """A fingerprint of the plan's content, taken piece by piece: a plan may be large."""
        pieces = blake2b(values.canonical_text(self._head()).encode(), digest_size=16)
        for change in self.changes:
            origin = change.origin.file if change.origin else ""
            said = [change.action, change.cause, change.address, change.moved_from, origin, change.line]
            pieces.update(values.canonical_text(said).encode())
            pieces.update(print_of(change).encode())
            if change.fields:
                pieces.update(values.canonical_text(field_documents(change.fields)).encode())
        for record in self.records:
            pieces.update(values.canonical_text(record.address).encode())
            pieces.update(print_of(record).encode())
        for move in self.moves:
            pieces.update(values.canonical_text(move[:3]).encode())
        return pieces.hexdigest()

    def scope_of(self, address: Address) -> str | None:
        """The scope that a resource lies in, None for what belongs to all."""
        return root(address.key) if address.kind in self.scoped else None

    def needs(self, hazard: Hazard) -> str:
        """What `--allow` has to say for a hazard of the plan to pass, with the number of rows it has now.

        It is one for all hazards of a name and kind, in whatever scope.
        """
        alike = [other for other in self.hazards if (other.name, other.kind) == (hazard.name, hazard.kind)]
        return f"{hazard.name}{f':{hazard.kind}' if hazard.kind else ''}={sum(len(other.rows) for other in alike)}"

    def document(self) -> dict[str, Any]:
        """The plan as one document, with its digest; `values.canonical_text` writes it."""
        moves = [{"kind": name, "from": source, "to": target} for name, source, target, _ in self.moves]
        return self._head() | {
            **({"moves": moves} if moves else {}),
            "digest": self.digest,
            "changes": [_written(change) | {"declared": change.declared} for change in self.changes],
            "records": [
                {
                    "kind": record.address.kind,
                    "key": record.address.key,
                    "declared": record.declared,
                    "active": record.active,
                    "protected": record.protected,
                }
                for record in self.records
            ],
        }

    def _counts(self) -> dict[str, int]:
        counts: dict[str, int] = {action: self.summary[action] for action in ACTIONS}
        return counts | {"record": len(self.records), "unchanged": self.unchanged, "unmanaged": self.unmanaged}

    def _head(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "pack": self.pack,
            "scope": self.scope,
            "basis": self.basis._asdict(),
            "summary": self._counts(),
            "hazards": [self._hazard(hazard) for hazard in self.hazards],
            **({} if self.undoes is None else {"undoes": self.undoes}),
            **({} if self.impact is None else {"impact": self.impact.document()}),
        }

    def _hazard(self, hazard: Hazard) -> dict[str, Any]:
        notes = hazard.notes or (None,) * len(hazard.rows)
        return {
            "name": hazard.name,
            "kind": hazard.kind,
            "scope": hazard.scope,
            "of": hazard.of,
            "limit": hazard.limit,
            **({"requests": hazard.requests, "most": hazard.most} if hazard.requests else {}),
            "allow": self.needs(hazard),
            "rows": [
                {"kind": row.kind, "key": row.key, "address": str(row), "note": note}
                for row, note in zip(hazard.rows, notes, strict=True)
            ],
        }


def print_of(entry: Change | Record) -> str:
    """The fingerprint that the ledger will keep of a resource."""
    return fingerprint(entry.declared, active=entry.active, protected=entry.protected)


def becomes(kind: Kind, change: Change) -> dict[str, Value]:
    """What becomes of the fields and references of a row that is there: those of a moved one include its code."""
    after = {field.name: field.after for field in change.fields}
    return after if change.moved_from is None else after | {kind.code: change.address.key[-1]}


def is_forgotten(entry: Change | Record) -> bool:
    """Whether the ledger shall hold nothing of the resource. Only in a rollback is one active that declares nothing."""
    return entry.active and not entry.declared


def field_documents(fields: tuple[FieldChange, ...]) -> dict[str, dict[str, object]]:
    """Changed fields by name, for plan and change log."""
    return {field.name: {"before": field.before, "after": field.after, "cause": field.cause} for field in fields}


def _written(change: Change) -> dict[str, object]:
    return {
        "action": change.action,
        "kind": change.address.kind,
        "key": change.address.key,
        "address": str(change.address),
        "cause": change.cause,
        "moved_from": change.moved_from,
        "fields": field_documents(change.fields),
        "active": change.active,
        "protected": change.protected,
        "file": change.origin.file if change.origin else None,
        "line": change.line or None,
    }
