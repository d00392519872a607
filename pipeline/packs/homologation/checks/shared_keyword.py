"""A customer's word must lead to one element."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from pipeline.checks.wording import first_few, fold, listing, quoted, where
from pipeline.model.address import Key, KeyPart
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource
from pipeline.packs.homologation.checks.common import parents, words


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per set of active elements of a category that share words; case and accents do not count.

    A base may share a word with its variants, however deep: whoever says it is asked which one is meant.
    """
    elements = desired.state["element"]
    above = parents(elements)
    shared: dict[tuple[Key, ...], list[int]] = {}
    for holders in _holders(elements).values():
        if len(holders) > 1:
            roots = tuple(key for key in holders if not _under(key, holders, above))
            if len(roots) > 1:
                shared.setdefault(roots, []).append(holders[roots[1]])
    for roots, found in shared.items():
        yield _finding([elements[key] for key in roots], found)


def _holders(elements: Mapping[Key, Resource]) -> dict[tuple[KeyPart, str], dict[Key, int]]:
    """By category and word, the elements that have it and where in their list."""
    holders: dict[tuple[KeyPart, str], dict[Key, int]] = {}
    for key, element in elements.items():
        if element.active:
            for index, word in enumerate(words(element.values.get("keywords"))):
                holders.setdefault((key[0], fold(word)), {}).setdefault(key, index)
    return holders


def _under(key: Key, holders: Collection[Key], above: Mapping[Key, Key]) -> bool:
    """Whether one of the holders stands above the element."""
    passed = {key}
    step = above.get(key)
    while step is not None and step not in passed:
        if step in holders:
            return True
        passed.add(step)
        step = above.get(step)
    return False


def _finding(elements: list[Resource], found: list[int]) -> Finding:
    names = listing([str(element.address) for element in elements])
    written = words(elements[1].values.get("keywords"))
    said = listing([quoted(written[index]) for index in found])
    verb = "is a keyword" if len(found) == 1 else "are keywords"
    second = where(elements[1], "keywords", found[0])
    others = [where(element, "keywords") for element in (elements[0], *elements[2:])]
    return Finding(
        f"{said} {verb} of {names}: a customer's word should lead to one element",
        second,
        "keep it with one of them and say the others more precisely",
        first_few(others),
    )


RULE = Rule("shared-keyword", "warning", "A keyword leads to one element of its category.", check)
