"""A tariff as data for the form: what `assets/quote.js` works out quotes with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pipeline.model.resource import State
from pipeline.packs.homologation.quote.papers import Files
from pipeline.packs.homologation.quote.tariff import Tariff, Tier
from pipeline.packs.homologation.quote.warnings import Notice, Warnings
from pipeline.packs.homologation.quote.words import MOST_DIGITS, STOP_WORDS

_NEAR = 3


def tariff_data(state: State, category: str) -> dict[str, Any]:
    """The tariff of a category as JSON content. Prices are text; `preference` and `level` put them in order."""
    tariff = Tariff.of(state, category)
    warnings, files = Warnings(tariff), Files(tariff)
    levels = sorted({tier.price for tier in tariff.tiers})
    order = {tier.code: at for at, tier in enumerate(tariff.by_preference)}
    images = [one for code in tariff.elements for one in files.images(code) if not one.inherited]
    fields = [one for code in tariff.elements for one in files.fields(code) if not one.inherited]
    notices = _Numbered()
    return {
        "category": category,
        "tiers": [_tier(tier, levels.index(tier.price), order[tier.code]) for tier in tariff.tiers],
        "elements": _table(tariff.elements.values(), _ELEMENT),
        "of_category": [notices.number(notice) for notice in warnings.of_category],
        "of_tier": {code: [notices.number(one) for one in found] for code, found in warnings.of_tier.items() if found},
        "of_element": {
            code: [[notices.number(link.warning), link.condition, link.threshold] for link in links]
            for code, links in warnings.of_element.items()
            if links
        },
        "warnings": notices.table(),
        "documents": _table(files.documents, ("code", "title", "description", "mandatory")),
        "images": _table(images, ("owner", "title", "url", "type", "status", "required", "instruction")),
        "fields": _table(fields, ("owner", "name", "label", "type", "required", "options", "condition")),
        "services": _table(files.services, ("code", "name", "price", "everywhere")),
        "stop": sorted(STOP_WORDS),
        "mostDigits": MOST_DIGITS,
        "near": _NEAR,
    }


class _Numbered:
    """The warnings of a tariff, each known by its number: codes are unique only within one category."""

    def __init__(self) -> None:
        self._notices: list[Notice] = []

    def number(self, notice: Notice) -> int:
        """The number of a warning, a new one for one not met before."""
        for number, known in enumerate(self._notices):
            if known is notice:
                return number
        self._notices.append(notice)
        return len(self._notices) - 1

    def table(self) -> dict[str, Any]:
        """All that got a number, in that order."""
        rows = [[one.code, one.severity, one.message, list(one.keywords.items())] for one in self._notices]
        return {"columns": ["code", "severity", "message", "keywords"], "rows": rows}


_ELEMENT = ("code", "name", "parent", "variants", "inherits", "question", "keywords", "aliases", "multiple")


def _tier(tier: Tier, level: int, preference: int) -> dict[str, Any]:
    return {
        "code": tier.code,
        "name": tier.name,
        "price": str(tier.price),
        "level": level,
        "preference": preference,
        "sort_order": tier.sort_order,
        "minimum": tier.minimum,
        "maximum": tier.maximum,
        "project": tier.project,
        "must_include": tier.must_include,
        "most": tier.most,
        "groups": tier.groups,
        "included": {
            code: [limits.minimum, limits.maximum, sorted(limits.groups)] for code, limits in tier.included.items()
        },
    }


def _table(rows: Iterable[Any], columns: Sequence[str]) -> dict[str, Any]:
    """Equal records without their names repeated."""
    return {"columns": columns, "rows": [[_plain(getattr(row, name)) for name in columns] for row in rows]}


def _plain(value: Any) -> Any:
    """A condition as an object, and money as text."""
    if hasattr(value, "_asdict"):
        return value._asdict()
    return value if value is None or isinstance(value, bool | int | str | tuple) else str(value)
