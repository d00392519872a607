"""A number must not have more decimals than its column keeps: PostgreSQL would round it without a word."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from pipeline.checks.wording import short, where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per value with too many decimals; zeros at the end do not count."""
    for kind in pack.kinds:
        scales = [(field.name, field.scale) for field in kind.fields if field.type == "decimal"]
        for resource in desired.state[kind.name].values() if scales else ():
            for name, scale in scales:
                value = resource.values.get(name)
                if isinstance(value, Decimal) and decimals(value) > scale:
                    kept = f"{scale} decimal{'' if scale == 1 else 's'}"
                    message = f'{resource.address}: "{name}" is {short(str(value))}, and only {kept} can be kept'
                    yield Finding(message, where(resource, name), "round it yourself, so that the figure is meant")


def decimals(value: Decimal) -> int:
    """How many digits after the point the number needs. NaN and infinity need none."""
    _, digits, exponent = value.as_tuple()
    if isinstance(exponent, str) or not value:
        return 0
    written = "".join(map(str, digits))
    return max(0, -exponent - (len(written) - len(written.rstrip("0"))))


RULE = Rule("decimal-scale", "error", "No number has more decimals than its column keeps.", check)
