"""An element that a tier includes and that all the same can never be part of a case."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.homologation.quote.shape import Shapes, shapes


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per active element in a tier of which it is certain that no request with it gets an offer.

    A base counts as quoted where one below it is.
    """
    for found in desired.shared(shapes):
        quoted = _quoted(found)
        included = {code for shape in found.tiers for code in shape.tier.included}
        above = {base for code in quoted for base in found.elements.above(code)}
        for code, element in found.elements.items():
            if code in included and code not in quoted and code not in above:
                row = desired.state["element"][found.category, code]
                why = (
                    "none of its variants can be quoted" if element.is_base else "the limits of none leave room for it"
                )
                yield Finding(
                    f"{row.address} is in a tier, but can never be quoted: {why}",
                    where(row),
                    "look at its limits in the mapping, and at the limits of groups and units of its tiers",
                )


def _quoted(found: Shapes) -> set[str]:
    """The elements that may get an offer."""
    return {code for shape in found.tiers for code in shape.takes if shape.may_have(code)}


RULE = Rule("never-quoted", "warning", "Every element in a tier can be quoted.", check)
