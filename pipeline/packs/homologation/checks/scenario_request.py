"""A scenario must ask for something that the category has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipeline.checks.wording import did_you_mean, quoted
from pipeline.model.address import Key
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.probe import Example
from pipeline.packs.homologation.checks.common import codes_of


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per code that is no element in use, and per scenario that asks for nothing."""
    renamed = {move.source: move.target for move in desired.moves if move.kind == "element"}
    for example in desired.examples:
        if not example.entry.get("request") and not example.entry.get("text"):
            hint = 'write request = { CODE = 1 }, or text = "…" with what a customer would write'
            yield Finding(f"the scenario {quoted(example.name)} asks for nothing", example.origin, hint)
        elif (example.scope,) in desired.state["category"]:
            yield from _unknown(desired, example, renamed)


def _unknown(desired: Desired, example: Example, renamed: Mapping[Key, Key]) -> Iterator[Finding]:
    elements = desired.state["element"]
    for code in example.entry.get("request", {}):
        key, at = ((example.scope,), code), example.origin.at("request", code)
        found = elements.get(key)
        if found is None:
            target = renamed.get(key)
            near = did_you_mean(code, codes_of(elements, example.scope))
            hint = f"it is called {quoted(str(target[-1]))} now" if target else near
            yield Finding(f"the request names {quoted(code)}, which is no element of {example.scope}", at, hint)
        elif not found.active:
            yield Finding(f"the request names {quoted(code)}, which is retired", at, "nobody can ask for it any more")


RULE = Rule("scenario-request", "error", "Every scenario asks for elements that the category has.", check)
