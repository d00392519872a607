"""The warnings that belong to a quote, each with why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from pipeline.model.resource import Resource
from pipeline.packs.homologation.checks.common import ends, words_of
from pipeline.packs.homologation.quote.covering import Quantities
from pipeline.packs.homologation.quote.stated import content, text, whole
from pipeline.packs.homologation.quote.tariff import Tariff, Tier
from pipeline.packs.homologation.quote.words import normalised, spoken

SEVERITIES: Final = ("error", "warning", "info")


class Warned(NamedTuple):
    """A warning that applies: its code, severity and message, and why it does, in a sentence."""

    code: str
    severity: str
    message: str
    why: str

    @property
    def place(self) -> tuple[int, str]:
        """The gravest first, then by code."""
        known = self.severity in SEVERITIES
        return SEVERITIES.index(self.severity) if known else len(SEVERITIES), self.code


@dataclass(frozen=True)
class Notice:
    """An active warning. `keywords`, where there are any, must occur for it to apply, each as it compares."""

    code: str
    severity: str
    message: str
    keywords: Mapping[str, str]


class Link(NamedTuple):
    """An active association of an element and a warning, and when it shows it."""

    warning: Notice
    condition: str
    threshold: int | None

    def shows(self, number: int, tier: Tier, code: str) -> str | None:
        """Why the warning is shown for so many of an element; None where it is not."""
        limits = tier.included[code]
        if self.condition == "on_exceed_max":
            limit = self.threshold if self.threshold is not None else limits.maximum
            return f"{number} of {code} are more than {limit}" if limit is not None and number > limit else None
        if self.condition == "on_below_min":
            limit = self.threshold if self.threshold is not None else limits.minimum
            return f"{number} of {code} are fewer than {limit}" if limit is not None and number < limit else None
        return f"{code} is asked for"


class Warnings:
    """The active warnings of a tariff: of each element, of each tier, and of the category."""

    def __init__(self, tariff: Tariff) -> None:
        self._tariff = tariff
        state, category = tariff.state, (tariff.category,)
        self.of_category: list[Notice] = []
        self.of_tier: dict[str, list[Notice]] = {tier.code: [] for tier in tariff.tiers}
        self.of_element: dict[str, list[Link]] = {code: [] for code in tariff.elements}
        for row in state["warning"].values():
            tier = row.values.get("tier")
            if row.active and row.values.get("scope") == category:
                self.of_category.append(_warning(row))
            elif row.active and isinstance(tier, tuple) and tier[0] == category and tier[-1] in self.of_tier:
                self.of_tier[str(tier[-1])].append(_warning(row))
        for row in state["element_warning"].values():
            element, key = ends(row)
            about = state["warning"].get(key) if element[0] == category and element[-1] in self.of_element else None
            if row.active and about is not None and about.active:
                link = Link(_warning(about), text(row, "show_condition"), whole(row, "threshold_quantity"))
                self.of_element[str(element[-1])].append(link)
        for notices in (self.of_category, *self.of_tier.values()):
            notices.sort(key=lambda notice: notice.code)
        for links in self.of_element.values():
            links.sort(key=lambda link: link.warning.code)

    @cached_property
    def speech(self) -> Mapping[str, str]:
        """All that each element is called by, as it compares, each phrase between line ends."""
        return {code: _searchable(*spoken(element)) for code, element in self._tariff.elements.items()}

    def apply(self, quantities: Quantities, tier: Tier, said: str) -> tuple[Warned, ...]:
        """The warnings of a request that the tier covers, the gravest first; `said` is the customer's text."""
        found: dict[str, Warned] = {}
        for warning, reason in self._relevant(quantities, tier):
            why = self._triggered(warning, quantities, said)
            if why is not None and warning.code not in found:
                because = f"{reason}, and {why}" if why else reason
                found[warning.code] = Warned(warning.code, warning.severity, warning.message, because)
        return tuple(sorted(found.values(), key=lambda warned: warned.place))

    def _relevant(self, quantities: Quantities, tier: Tier) -> Iterator[tuple[Notice, str]]:
        for code, number in quantities.items():
            for owner in self._tariff.elements.lineage(code):
                for link in self.of_element[owner]:
                    why = link.shows(number, tier, code)
                    if why is not None:
                        yield link.warning, why if owner == code else f"{why}, a variant of {owner}"
        for warning in self.of_category:
            yield warning, f"it is about all of {self._tariff.category}"
        for warning in self.of_tier[tier.code]:
            yield warning, f"it is about tier {tier.code}"

    def _triggered(self, warning: Notice, quantities: Quantities, said: str) -> str | None:
        """By what keyword the warning is brought up; empty where it needs none, None where none occurs."""
        if not warning.keywords:
            return ""
        written = _searchable(said)
        for form, keyword in warning.keywords.items():
            if form and f" {form} " in written:
                return f'the text says "{keyword}"'
        for form, keyword in warning.keywords.items():
            for code in quantities:
                if form and f" {form} " in self.speech[code]:
                    return f'"{keyword}" is said of {code}'
        return None


def _searchable(*texts: str) -> str:
    return "\n".join(f" {' '.join(normalised(one))} " for one in texts)


def _warning(row: Resource) -> Notice:
    trigger = content(row, "trigger_conditions")
    keywords = [] if trigger.get("always_show") is True else words_of(trigger.get("element_keywords"))
    forms = {" ".join(normalised(keyword)): keyword for keyword in keywords}
    return Notice(str(row.address.key[-1]), text(row, "severity"), text(row, "message"), forms)
