"""What a plan changes for quotes, as people read it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.model.probe import Answer
from pipeline.plan.change import Plan
from pipeline.plan.impact import CauseOf, Difference, Impact, Probed
from pipeline.render.address import shown
from pipeline.render.escape import one_line, width

if TYPE_CHECKING:
    from pipeline.render.text import Paint

SHOWN_CAUSES = 10
SHOWN_ROWS = 3
SHOWN_ALIKE = 3
LONGEST = 60
"""How much is shown of the name of a request, an offer or a scope."""
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def alone(plans: Sequence[Plan], paint: Paint) -> str:
    """The impact of each of the plans and nothing else of them."""
    told = [plan for plan in plans if plan.impact is not None]
    if not told:
        return "No quote changes.\n"
    texts = []
    for plan in told:
        lines = list(_lines(plan.impact, paint)) if plan.impact is not None else []
        head = [paint("head", one_line(plan.pack))] if len(told) > 1 else []
        texts.append("\n".join([*head, *lines]) + "\n")
    return "\n".join(texts)


def section(impact: Impact | None, paint: Paint) -> Iterator[str]:
    """What stands under a plan's summary; nothing where there was nothing to compare."""
    if impact is not None and any(probed.requests or probed.width < probed.full for probed in impact.probed):
        yield ""
        yield from _lines(impact, paint)


def _lines(impact: Impact, paint: Paint) -> Iterator[str]:
    if not impact.probed:
        yield "No quote changes: there is nothing to compare."
    elif impact.different:
        get = "gets" if impact.different == 1 else "get"
        said = f"Quotes: {impact.different:,} of {impact.requests:,} requests {get} another answer."
        yield paint("head", said)
        yield from _counts(impact)
    else:
        yield f"No quote changes: {_requests(impact.requests)} compared."
    yield from _gaps(impact)
    if impact.top:
        alike = impact.smallest == impact.largest
        yield from _table("Some of them" if alike else "The largest differences", impact, impact.top, impact.amounts)
    if impact.lost:
        yield from _table("No longer possible", impact, impact.lost, impact.impossible)
    if impact.different:
        yield from _causes(impact)


def _counts(impact: Impact) -> Iterator[str]:
    """How many quotes change in what way, one on a line."""
    spread = ""
    if impact.smallest is not None and impact.median is not None and impact.largest is not None:
        spread = f": from {impact.smallest:+f} to {impact.largest:+f}, median {impact.median:+f}"
        if impact.smallest == impact.largest:
            spread = f": {impact.largest:+f}" + (" each" if impact.amounts > 1 else "")
    aspects = zip(impact.aspects, impact.changed, strict=True)
    found = [
        (impact.amounts, f"other {impact.amount}{spread}"),
        (impact.labels, f"other {impact.label}"),
        *((count, f"other {name}") for name, count in aspects),
        (impact.impossible, "no longer possible"),
        (impact.possible, "possible at last"),
    ]
    longest = max(len(f"{count:,}") for count, _ in found)
    for count, what in found:
        if count:
            yield f"  {count:>{longest},}  {one_line(what)}"


def _gaps(impact: Impact) -> Iterator[str]:
    """What was not compared, and why."""
    for probed in impact.probed:
        if probed.width < probed.full:
            yield f"  Of {_short(probed.scope)} {_narrowed(probed, impact.things)}"
    if impact.new:
        yield f"  Not compared, for {'it is' if len(impact.new) == 1 else 'they are'} new: {_listed(impact.new)}."


def _narrowed(probed: Probed, things: str) -> str:
    least = f"the limit allows no more ({_requests(probed.requests)})."
    if not probed.width:
        return f"only the scenarios were compared: {least}"
    *first, last = (_number(number) for number in range(1, probed.width + 1))
    spoken = f"{', '.join(first)} and {last}" if first else f"{last} of the"
    return f"only requests of {spoken} {one_line(things)} were compared: {least}"


def _table(what: str, impact: Impact, differences: Sequence[Difference], of: int) -> Iterator[str]:
    """Requests with what they got and get, and the difference where there is one; a few, where all are the same."""
    alike = len({(one.before.label, one.after.label, one.amount) for one in differences}) == 1
    found = differences[:SHOWN_ALIKE] if alike else differences
    scopes = {one.scope for one in found}
    within = f" in {_short(found[0].scope)}" if len(impact.probed) > 1 and len(scopes) == 1 else ""
    yield f"  {what}{within}:"
    rows = [
        (
            (f"{_short(one.scope)}: " if len(scopes) > 1 else "") + _short(one.request),
            _answer(one.before),
            f"-> {_answer(one.after)}",
            "" if one.amount is None else f"{one.amount:+f}",
        )
        for one in found
    ]
    columns = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell + " " * (columns[number] - width(cell)) for number, cell in enumerate(row[:3])]
        yield f"      {'   '.join(cells)}   {row[3]:>{columns[3]}}".rstrip()
    if of > len(found):
        yield f"      … and {of - len(found):,} more"


def _answer(answer: Answer) -> str:
    if answer.label is None:
        return "(none)"
    return _short(answer.label) + ("" if answer.amount is None else f" {answer.amount:f}")


def _causes(impact: Impact) -> Iterator[str]:
    yield "  Because of:" if impact.caused else "  There are too many changes to tell which cause it. It may be any of:"
    listed = impact.causes[:SHOWN_CAUSES] if impact.caused else impact.causes
    for cause in listed:
        yield f"      {_rows(cause)}: {_effect(cause)}"
    if more := impact.causes[len(listed) :]:
        yield f"      … and of others: {_quotes(sum(cause.requests for cause in more))}"


def _rows(cause: CauseOf) -> str:
    """The changes of a cause, the first of them by name."""
    rows = [shown(address) for address in cause.addresses[:SHOWN_ROWS]]
    more = len(cause.addresses) - len(rows)
    if more:
        return f"{', '.join(rows)} and {more:,} more"
    return " and ".join(filter(None, [", ".join(rows[:-1]), rows[-1]])) if rows else "all changes together"


def _effect(cause: CauseOf) -> str:
    if cause.impossible == cause.requests:
        return f"{_quotes(cause.requests)} no longer possible"
    said = [_quotes(cause.requests)]
    if cause.smallest is not None and cause.largest is not None:
        span = f"from {cause.smallest:+f} to {cause.largest:+f}"
        said.append(f"{cause.largest:+f}" if cause.smallest == cause.largest else span)
    if cause.impossible:
        said.append(f"{_count(cause.impossible)} no longer possible")
    return ", ".join(said)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(_short, names))


def _short(text: str) -> str:
    return one_line(text, LONGEST)


def _count(number: int) -> str:
    return f"{number:,}"


def _number(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _quotes(count: int) -> str:
    return "1 quote" if count == 1 else f"{count:,} quotes"


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count:,} requests"
