"""Requests for one of each of several elements, answered in microseconds: sets of elements are the bits of a number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from pipeline.model.probe import Answer
from pipeline.packs.homologation.quote.papers import REQUIRED, Files
from pipeline.packs.homologation.quote.tariff import Tariff, Tier
from pipeline.packs.homologation.quote.warnings import Notice, Warnings

NO_OFFER: Final = Answer(None, None, (frozenset(), frozenset()))


class _Group(NamedTuple):
    """A limit of a group: the bits of its elements, and how many of them there must and may be."""

    members: int
    minimum: int
    maximum: float


class _Price(NamedTuple):
    """A tier: which elements it takes and wants, its limits of groups, and the warnings that each element has in it."""

    code: str
    price: Decimal
    takes: int
    wants: int
    groups: tuple[_Group, ...]
    warned: Mapping[str, int]
    always: int


class _Names:
    """Names as bits of a number, and sets of them back from numbers, each made once."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}
        self._sets: dict[int, frozenset[str]] = {}

    def bits(self, names: Iterable[str]) -> int:
        found = 0
        for name in names:
            found |= self._bits.setdefault(name, 1 << len(self._bits))
        return found

    def names(self, bits: int) -> frozenset[str]:
        if bits not in self._sets:
            self._sets[bits] = frozenset(name for name, bit in self._bits.items() if bits & bit)
        return self._sets[bits]


class Swift:
    """A tariff that answers requests for different elements, one of each, as `quote` does."""

    def __init__(self, tariff: Tariff) -> None:
        self._tariff, self._notices, files = tariff, Warnings(tariff), Files(tariff)
        self._warnings, self._documents = _Names(), _Names()
        self._bit = {code: 1 << place for place, code in enumerate(tariff.elements)}
        self._bases = self._bits(code for code, element in tariff.elements.items() if element.is_base)
        every = self._every()
        self._free = self._warnings.bits(notice.code for notice in every if not notice.keywords)
        self._worded = [notice for notice in every if notice.keywords]
        self._spoken = {code: self._warnings.bits(self._brought_up(code)) for code in tariff.elements}
        self._always = self._documents.bits(document.code for document in files.documents)
        self._sent = {
            code: self._documents.bits(image.name for image in files.images(code) if image.type == REQUIRED)
            for code in tariff.elements
        }
        self._prices = {tier.code: self._price(tier) for tier in tariff.tiers}
        self._of_size: dict[int, Sequence[_Price]] = {}

    def answer(self, codes: Sequence[str]) -> Answer:
        """The answer to a request for one of each of these elements. What is no element has no offer."""
        asked, spoken, sent = 0, self._free, self._always
        try:
            for code in codes:
                asked |= self._bit[code]
                spoken |= self._spoken[code]
                sent |= self._sent[code]
        except KeyError:
            return NO_OFFER
        if asked & self._bases:
            return NO_OFFER
        size = len(codes)
        for price in self._of_size.get(size) or self._prices_of(size):
            if asked & ~price.takes or price.wants & ~asked:
                continue
            for group in price.groups:
                if not group.minimum <= (asked & group.members).bit_count() <= group.maximum:
                    break
            else:
                warned = price.always
                for code in codes:
                    warned |= price.warned[code]
                aspects = self._warnings.names(warned & spoken), self._documents.names(sent)
                return Answer(price.code, price.price, aspects)
        return NO_OFFER

    def _prices_of(self, size: int) -> Sequence[_Price]:
        """The tiers that take so many elements, that which is offered first in front."""
        fitting = [tier for tier in self._tariff.by_preference if size and _takes(tier, size)]
        return self._of_size.setdefault(size, [self._prices[tier.code] for tier in fitting])

    def _price(self, tier: Tier) -> _Price:
        fitting = [
            code
            for code, limits in tier.included.items()
            if (limits.minimum or 0) <= 1 and (limits.maximum is None or limits.maximum >= 1)
        ]
        groups = [
            _Group(
                self._bits(code for code, limits in tier.included.items() if group.name in limits.groups),
                group.minimum or 0,
                float("inf") if group.maximum is None else group.maximum,
            )
            for group in tier.groups
        ]
        never = any(code not in self._bit for code in tier.must_include)
        general = (*self._notices.of_category, *self._notices.of_tier[tier.code])
        return _Price(
            tier.code,
            tier.price,
            0 if never else self._bits(fitting),
            self._bits(code for code in tier.must_include if code in self._bit),
            tuple(groups),
            {code: self._warnings.bits(self._shown(code, tier)) for code in fitting},
            self._warnings.bits(notice.code for notice in general),
        )

    def _shown(self, code: str, tier: Tier) -> Iterable[str]:
        for owner in self._tariff.elements.lineage(code):
            for link in self._notices.of_element[owner]:
                if link.shows(1, tier, code) is not None:
                    yield link.warning.code

    def _brought_up(self, code: str) -> Iterable[str]:
        """The warnings of which a keyword is said of the element."""
        speech = self._notices.speech[code] if self._worded else ""
        return (
            notice.code for notice in self._worded if any(form and f" {form} " in speech for form in notice.keywords)
        )

    def _every(self) -> Collection[Notice]:
        """Every warning that may apply; a code is one warning, for it is unique in its category."""
        found = {notice.code: notice for notice in self._notices.of_category}
        for notices in self._notices.of_tier.values():
            found |= {notice.code: notice for notice in notices}
        for links in self._notices.of_element.values():
            found |= {link.warning.code: link.warning for link in links}
        return found.values()

    def _bits(self, codes: Iterable[str]) -> int:
        found = 0
        for code in codes:
            found |= self._bit[code]
        return found


def _takes(tier: Tier, size: int) -> bool:
    """Whether a tier takes so many units, by its own limits and by those of its rules."""
    most = [limit for limit in (tier.maximum, tier.most) if limit is not None]
    return (tier.minimum or 0) <= size and all(size <= limit for limit in most)
