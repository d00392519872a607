"""Hazards of a plan as text: the rule, the numbers, the rows, and the flag that allows each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, assert_never

from pipeline.plan.allowance import Allowance, refused
from pipeline.plan.change import Hazard, Plan
from pipeline.render.address import shown
from pipeline.render.escape import one_line

if TYPE_CHECKING:
    from pipeline.render.text import Paint

SHOWN_ROWS = 10


def section(plan: Plan, paint: Paint, allowed: Sequence[Allowance] | None = None) -> Iterator[str]:
    """What stands under a plan's summary, nothing where there are no hazards.

    With `allowed` it is the plan of an apply: it says what passes, and leaves the rest to the refusal that follows.
    """
    if allowed is not None:
        yield from _passing(plan, paint, allowed)
        return
    if not plan.hazards:
        return
    count = "1 hazard" if len(plan.hazards) == 1 else f"{len(plan.hazards)} hazards"
    yield ""
    yield f"{count}: apply refuses the plan unless it is told to allow {'it' if len(plan.hazards) == 1 else 'them'}."
    for hazard in plan.hazards:
        first, *rest = _lines(plan, hazard)
        yield paint("deactivate", first)
        yield from rest


def _passing(plan: Plan, paint: Paint, allowed: Sequence[Allowance]) -> Iterator[str]:
    left = refused(plan.hazards, allowed)
    passing = [hazard for hazard in plan.hazards if hazard not in left]
    if passing:
        yield ""
    for hazard in passing:
        first, *rest = _rows(hazard)
        yield paint("deactivate", f"{first} (allowed)")
        yield from rest


def refusal(plan: Plan, hazards: Iterable[Hazard]) -> str:
    """Why a plan is not applied: the hazards that nobody has allowed, and the flags that would."""
    found = list(hazards)
    flags = dict.fromkeys(f"--allow {plan.needs(hazard)}" for hazard in found)
    what = "a hazard that is" if len(found) == 1 else f"{len(found)} hazards that are"
    lines = [f"The plan for {plan.pack} has {what} not allowed. Nothing was applied."]
    lines += [line for hazard in found for line in _lines(plan, hazard)]
    lines.append(f"If all of this is meant, apply again with {' '.join(flags)}")
    return "\n".join(lines)


def _lines(plan: Plan, hazard: Hazard) -> Iterator[str]:
    yield from _rows(hazard)
    yield f"      allow it with --allow {plan.needs(hazard)}"


def _rows(hazard: Hazard) -> Iterator[str]:
    yield one_line(f"  ! {hazard.name}: {sentence(hazard)}")
    notes = hazard.notes or ("",) * len(hazard.rows)
    for row, note in list(zip(hazard.rows, notes, strict=True))[:SHOWN_ROWS]:
        colon = ":" if hazard.name == "scenario" else ""  # its name is a sentence
        yield f"      {shown(row)}{colon} {one_line(note)}".rstrip()
    if len(hazard.rows) > SHOWN_ROWS:
        yield f"      … and {len(hazard.rows) - SHOWN_ROWS} more"


def sentence(hazard: Hazard, name: Callable[[str], str] = str) -> str:
    """What would happen to how many rows; `name` dresses the names of kinds and scopes in it."""
    count = len(hazard.rows)
    rows = "1 row" if count == 1 else f"{count} rows"
    match hazard.name:
        case "drift":
            said = f"{rows} changed outside the manifests would be set back"
        case "conflict":
            said = f"{rows} changed in the manifests and outside them would be overwritten"
        case "protected":
            said = f"{rows} protected from retiring would be deactivated"
        case "in-use":
            said = f"{rows} still in use would be deactivated"
        case "mass-update" | "mass-deactivation":
            said = f"{_share(hazard, name)} would {'change' if hazard.name == 'mass-update' else 'be deactivated'}"
        case "price-change":
            said = f"{rows} of kind {name(hazard.kind or '')} would change in price by more than {hazard.limit:g} %"
        case "scenario":
            said = "1 scenario fails" if count == 1 else f"{count} scenarios fail"
        case "price-impact":
            said = f"{rows} would change {_price_impact(hazard)}"
        case "unquotable":
            quotes = "1 quote that is" if hazard.requests == 1 else f"{hazard.requests:,} quotes that are"
            said = f"{rows} would make {quotes} possible now impossible{_at_most(hazard.most)}"
        case _:
            assert_never(hazard.name)
    return said


def _price_impact(hazard: Hazard) -> str:
    """`the price of 412 quotes (at most 400 may be), of some by more than 50 %`."""
    if not hazard.requests:
        return f"quotes in price by more than {hazard.limit:g} %"
    quotes = "1 quote" if hazard.requests == 1 else f"{hazard.requests:,} quotes"
    steep = f", some by more than {hazard.limit:g} %" if hazard.limit else ""
    return f"{quotes} in price{_at_most(hazard.most)}{steep}"


def _at_most(most: int) -> str:
    return f" (the limit is {most:,})" if most else ""


def _share(hazard: Hazard, name: Callable[[str], str]) -> str:
    """`12 of the 20 active rows of kind element in motos-part (60.0 %, the limit is 30 %)`."""
    count = len(hazard.rows)
    where = f" in {name(hazard.scope)}" if hazard.scope is not None else ""
    active = "the only active row" if hazard.of == 1 else f"{count} of {hazard.of} active rows"
    if count == hazard.of > 1:
        active = f"all {count} active rows"
    share = f"{count * 100 / hazard.of:.1f} %, the limit is {hazard.limit:g} %"
    return f"{active} of kind {name(hazard.kind or '')}{where} ({share})"
