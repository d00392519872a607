"""A warning that waits for a quantity needs to know which."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import where
from pipeline.model.address import Address
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.homologation.checks.common import ends

_COUNTING = ("on_exceed_max", "on_below_min")


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per active warning of an element that counts without a threshold."""
    for row in desired.state["element_warning"].values():
        condition = row.values.get("show_condition")
        if row.active and condition in _COUNTING and row.values.get("threshold_quantity") is None:
            warning = Address("warning", ends(row)[1])
            yield Finding(
                f"{warning} is shown {condition}, but has no threshold_quantity and so never appears",
                where(row, "show_condition"),
                'add "threshold_quantity", or show it always',
            )


RULE = Rule("warning-threshold", "warning", "A warning that waits for a quantity says which.", check)
