"""Hazards: the named dangers in a plan, and how they are counted.

A kind's rows are counted apart for each scope. `mass-update` and `mass-deactivation` mean that a greater share of
them is written than the policy's limit, where there are at least `minimum_rows` of them, or that all of them are,
whatever their number. So a limit of 100 turns a rule off. What is counted:

- For a deactivation the active rows; the last row of a kind counts, even if it is the only one.
- For an update (of fields, of the key, or a reactivation) the rows that are active before or afterwards. One row
  of one is no mass: it could not be changed without being all of them.
- Never a create: it takes nothing away from what stands there.

`price-impact` and `unquotable` count the quotes of a plan's impact. Their rows are the changes that cause it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from pipeline.model.address import Address, root, sort_key
from pipeline.model.kind import Kind
from pipeline.model.pack import Pack
from pipeline.model.resource import Ledger, Recorded, State
from pipeline.model.values import Value
from pipeline.plan.change import Cause, Change, FieldChange, Hazard, HazardName
from pipeline.plan.impact import Impact
from pipeline.plan.impact_hazards import of_impact
from pipeline.plan.policy import Policy


class Use(NamedTuple):
    """Something that still needs a row which is to be retired, in words: `3 open cases: 2024-17, 2024-31, 2025-2`."""

    address: Address
    note: str


def find(
    pack: Pack,
    changes: Sequence[Change],
    current: State,
    ledger: Ledger,
    policy: Policy,
    uses: Iterable[Use] = (),
    impact: Impact | None = None,
) -> tuple[Hazard, ...]:
    """The hazards in a plan's changes, by name, kind and scope. Moved rows have their new keys in both states.

    `uses` are those of the rows that retire. `impact` is what the changes make of the answers, if that is known.
    """
    able = (change for change in changes if change.action != "create" or change.cause == "drift")
    telling = sorted(able, key=lambda change: sort_key(change.address))  # the hazards have their rows in this order
    suspicious = [change for change in telling if change.cause in ("drift", "conflict")]  # it has the worst of causes
    found = [
        *_by_cause("drift", suspicious, ledger),
        *_by_cause("conflict", suspicious, ledger),
        *_protected(telling, ledger),
        *in_use(uses),
        *_mass(pack, "mass-update", telling, current, policy),
        *_mass(pack, "mass-deactivation", telling, current, policy),
        *_prices(pack, telling, policy),
        *(of_impact(impact, policy.limits) if impact is not None else ()),
    ]
    return tuple(found)


def in_use(uses: Iterable[Use]) -> Iterator[Hazard]:
    """Rows that retire though something still needs them."""
    notes: dict[Address, list[str]] = defaultdict(list)
    for address, note in sorted(uses, key=lambda use: (sort_key(use.address), use.note)):
        notes[address].append(note)
    if notes:
        yield Hazard("in-use", tuple(notes), notes=tuple("; ".join(said) for said in notes.values()))


def _hazard(name: HazardName, rows: Iterable[Address]) -> Iterator[Hazard]:
    listed = tuple(rows)
    if listed:
        yield Hazard(name, listed)


def _by_cause(cause: Literal["drift", "conflict"], changes: Iterable[Change], ledger: Ledger) -> Iterator[Hazard]:
    """Rows of which something changes for this cause: the row as a whole, a field, or whether it is active."""
    return _hazard(cause, (change.address for change in changes if cause in _causes(change, _last(change, ledger))))


def _causes(change: Change, last: Recorded | None) -> set[Cause]:
    causes = {change.cause, *(field.cause for field in change.fields)}
    if change.action in ("reactivate", "deactivate") and last is not None and last.active == change.active:
        causes.add("drift")  # somebody else switched it; a field's cause may hide that in the change's own
    return causes


def _protected(changes: Iterable[Change], ledger: Ledger) -> Iterator[Hazard]:
    """Rows that retire though they were protected at the last apply, whatever the manifests say by now."""
    retiring = ((change, _last(change, ledger)) for change in changes if change.action == "deactivate")
    return _hazard("protected", (change.address for change, last in retiring if last is not None and last.protected))


def _last(change: Change, ledger: Ledger) -> Recorded | None:
    return ledger[change.address.kind].get(change.address.key)


def _mass(pack: Pack, name: HazardName, changes: Iterable[Change], current: State, policy: Policy) -> Iterator[Hazard]:
    """Shares of a kind's rows in a scope that are above the limit."""
    concerns = _is_deactivation if name == "mass-deactivation" else _is_update
    rows: dict[str, dict[str | None, list[Address]]] = defaultdict(lambda: defaultdict(list))
    scoped = {kind.name for kind in pack.kinds if pack.lies_in_scope(kind)}
    revived: Counter[tuple[str, str | None]] = Counter()
    for change in changes:
        if concerns(change, current):
            kind = change.address.kind
            scope = root(change.address.key) if kind in scoped else None
            rows[kind][scope].append(change.address)
            revived[kind, scope] += change.action == "reactivate"
    for kind in (kind.name for kind in pack.kinds if kind.name in rows and not kind.derived):
        limits = policy.of(kind)
        limit = limits.mass_deactivation if name == "mass-deactivation" else limits.mass_update
        active = Counter(root(key) if kind in scoped else None for key, row in current[kind].items() if row.active)
        for scope in sorted(rows[kind], key=lambda scope: (scope is not None, scope or "")):
            count, of = len(rows[kind][scope]), active[scope] + revived[kind, scope]
            is_all = count == of and (of > 1 or name == "mass-deactivation")
            if (is_all or of >= limits.minimum_rows) and count * 100 > limit * of:
                yield Hazard(name, tuple(rows[kind][scope]), kind, scope, of, limit)


def _is_deactivation(change: Change, _current: State) -> bool:
    return change.action == "deactivate"


def _is_update(change: Change, current: State) -> bool:
    """Whether something of a row changes that is in use, before or afterwards."""
    match change.action:
        case "reactivate":
            return True
        case "update" | "move":
            return current[change.address.kind][change.address.key].active
        case _:
            return False


def _prices(pack: Pack, changes: Sequence[Change], policy: Policy) -> Iterator[Hazard]:
    """Prices that change by more than the limit, up or down."""
    for kind in pack.kinds:
        limit = policy.of(kind.name).price_change
        if limit is None or not kind.prices:
            continue
        notes = {
            change.address: note
            for change in changes
            if change.address.kind == kind.name and (note := _price_note(kind, change, Decimal(str(limit))))
        }
        if notes:
            yield Hazard("price-change", tuple(notes), kind.name, None, 0, limit, tuple(notes.values()))


def _price_note(kind: Kind, change: Change, limit: Decimal) -> str:
    """What becomes of the prices that change too much, empty for none: `175.00 -> 210.00 (+20.0 %)`."""
    said = []
    for found in change.fields:
        if found.name in kind.prices and _exceeds(found, limit):
            before, after = _amount(found.before), _amount(found.after)
            shown = (found.before, found.after)
            name = f"{found.name} " if len(kind.prices) > 1 else ""
            text = " -> ".join("(none)" if value is None else str(value) for value in shown)
            share = f" ({(after - before) * 100 / abs(before):+.1f} %)" if before else ""
            said.append(f"{name}{text}{share}")
    return ", ".join(said)


def _exceeds(found: FieldChange, limit: Decimal) -> bool:
    """Whether a price moves by more than the limit in percent. Of nothing, every amount is more than any share."""
    before, after = _amount(found.before), _amount(found.after)
    return abs(after - before) * 100 > limit * abs(before)


def _amount(value: Value) -> Decimal:
    """A price as a number; none is nothing."""
    return Decimal(str(value)) if isinstance(value, int | float | Decimal) else Decimal(0)
