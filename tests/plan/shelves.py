"""Probes of the small pack: what a shop asks for goods, as answers to requests.

An item with a note is an offer: it covers the goods whose codes stand in the note, at its price. A request is a shop
and some of its goods; its answer is the cheapest offer that covers them all, with the labels of the goods. A rule `fee`
makes every offer dearer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import combinations
from typing import TypeAlias

from pipeline.model.address import Address, root
from pipeline.model.probe import Answer, Enumeration, Probes, Request
from pipeline.model.resource import Resource, State

Goods: TypeAlias = "tuple[str, tuple[str, ...]]"
FULL = 3


def goods_of(state: State, shop: str) -> set[str]:
    """The codes of the goods in use."""
    return {str(key[-1]) for key, row in state["item"].items() if key[0] == (shop,) and row.active and not offers(row)}


def offers(row: Resource) -> frozenset[str]:
    """The goods that an item covers, none where it is no offer."""
    return frozenset(str(row.values.get("note") or "").split())


def requests(before: State, after: State, limit: int) -> list[Enumeration]:
    """All requests for up to three goods, or as many as the limit leaves."""
    found = []
    for (shop,) in before["shop"]:
        assert isinstance(shop, str)
        listed: list[Request] = []
        width = 0
        codes = sorted(goods_of(before, shop) | goods_of(after, shop))
        for count in range(1, FULL + 1):
            more = [(shop, chosen) for chosen in combinations(codes, count)]
            if len(listed) + len(more) > limit:
                break
            listed += more
            width = count
        found.append(Enumeration(shop, listed, width, FULL))
    return found


def touched(before: State, after: State) -> Callable[[Iterable[Address]], Callable[[Request], bool]]:
    """Rules touch everything, offers and shops all requests of the shop, goods and labels those with them."""
    return lambda addresses: _touched(addresses, before, after)


def _touched(addresses: Iterable[Address], before: State, after: State) -> Callable[[Request], bool]:
    rows = list(addresses)
    everything = any(row.kind == "rule" for row in rows)
    shops, goods = set(), set()
    for kind, key in rows:
        state = [rows[key] for rows in (before[kind], after[kind]) if key in rows]
        if kind == "shop" or (kind == "item" and any(map(offers, state))):
            shops.add(root(key))
        if kind == "item":
            goods.add((root(key), key[-1]))
        if kind == "label":
            assert isinstance(key[0], tuple)
            goods.add((root(key), key[0][-1]))

    def can_touch(request: Request) -> bool:
        shop, codes = _goods(request)
        return everything or shop in shops or any((shop, code) in goods for code in codes)

    return can_touch


def answers(state: State, asked: Sequence[Request]) -> list[Answer]:
    """The cheapest offer for each."""
    return [_answer(state, *_goods(request)) for request in asked]


def _answer(state: State, shop: str, codes: tuple[str, ...]) -> Answer:
    there = state["shop"].get((shop,))
    if there is None or not there.active or not set(codes) <= goods_of(state, shop):
        return Answer(None, None, (frozenset({"nothing"}),))
    labels = frozenset(
        str(key[-1]) for key, row in state["label"].items() if row.active and key[0] in {((shop,), c) for c in codes}
    )
    fee = state["rule"].get(("fee",))
    more = Decimal(str(fee.values["text"])) if fee is not None and fee.active else Decimal(0)
    able = [
        (Decimal(str(row.values["price"])) + more, str(key[-1]))
        for key, row in state["item"].items()
        if row.active and key[0] == (shop,) and set(codes) <= offers(row)
    ]
    if not able:
        return Answer(None, None, (labels,))
    amount, code = min(able)
    return Answer(code, amount, (labels,))


def name(request: Request) -> str:
    """The goods of a request."""
    return " + ".join(_goods(request)[1])


def scope(request: Request) -> str:
    """The shop of a request."""
    return _goods(request)[0]


def _goods(request: Request) -> Goods:
    assert isinstance(request, tuple)
    return request


PROBES = Probes("offer", "price", ("labels",), requests, touched, answers, name, scope, "goods")
