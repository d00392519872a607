"""What a scenario expects must be something that the category has, or it could never pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipeline.checks.wording import did_you_mean, quoted
from pipeline.model.address import Key
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.probe import Example
from pipeline.packs.homologation.checks.common import codes_of

_KINDS = {"tier": "tier", "question": "element", "elements": "element", "warnings": "warning"}


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per code that names nothing."""
    for example in desired.examples:
        if (example.scope,) in desired.state["category"]:
            yield from _unknown(desired, example)
            yield from _unknown_documents(desired, example)


def _unknown(desired: Desired, example: Example) -> Iterator[Finding]:
    for name, kind in _KINDS.items():
        said = example.entry["expect"].get(name, ())
        steps = _steps(said)
        known = codes_of(desired.state[kind], example.scope)
        for code, step in steps.items():
            if code not in known:
                at = example.origin.at("expect", name, *step)
                message = f'"{name}" names {quoted(code)}, which is no {kind} of {example.scope}'
                yield Finding(message, at, did_you_mean(code, known))


def _steps(said: object) -> Mapping[str, tuple[str | int, ...]]:
    """The codes of an expectation, with the steps to each."""
    if isinstance(said, str):
        return {said: ()}
    if isinstance(said, Mapping):
        return {code: (code,) for code in said}
    return {code: (index,) for index, code in enumerate(said)} if isinstance(said, list) else {}


def _unknown_documents(desired: Desired, example: Example) -> Iterator[Finding]:
    """A document is one of the base documentation, or a picture as ELEMENT/title."""
    known = codes_of(desired.state["document"], example.scope)
    known |= {_named(key) for key in desired.state["image"] if _category(key) == example.scope}
    for index, code in enumerate(example.entry["expect"].get("documents", ())):
        if code not in known:
            message = f'"documents" names {quoted(code)}, which is no document or picture of {example.scope}'
            yield Finding(message, example.origin.at("expect", "documents", index), did_you_mean(code, known))


def _named(image: Key) -> str:
    element = image[0]
    return f"{element[-1] if isinstance(element, tuple) else element}/{image[-1]}"


def _category(image: Key) -> object:
    element = image[0]
    home = element[0] if isinstance(element, tuple) else None
    return home[0] if isinstance(home, tuple) else home


RULE = Rule("scenario-expect", "error", "Every scenario expects what the category has.", check)
