"""A variant has a type, a code and a parent, and no sibling with the same type and code."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import where
from pipeline.model.address import Address, Key
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """What a variant lacks, and codes that two variants of one parent share; a retired one keeps no code."""
    first: dict[tuple[Key, str, str], Resource] = {}
    for element in desired.state["element"].values():
        parent, of_type, code = (element.values.get(name) for name in ("parent", "variant_type", "variant_code"))
        if of_type is None and code is None:
            continue
        if not isinstance(of_type, str) or not isinstance(code, str):
            yield _incomplete(
                element, *(("variant_code", "variant_type") if code else ("variant_type", "variant_code"))
            )
        elif not isinstance(parent, tuple):
            message = f"{element.address} is a variant, but of no element"
            yield Finding(message, where(element, "variant_type"), 'add "parent", the code of the base element')
        elif element.active and (known := first.setdefault((parent, of_type, code), element)) is not element:
            yield _repeated(element, known, parent)


def _incomplete(element: Resource, has: str, lacks: str) -> Finding:
    return Finding(f'{element.address} has a "{has}" but no "{lacks}"', where(element, has), f'add "{lacks}"')


def _repeated(element: Resource, known: Resource, parent: Key) -> Finding:
    which = f"{element.values['variant_type']} {element.values['variant_code']}"
    return Finding(
        f"{element.address} and {known.address} are both the variant {which} of {Address('element', parent)}",
        where(element, "variant_code"),
        'give one of them another "variant_code"',
        (where(known, "variant_code"),),
    )


RULE = Rule("variant", "error", "A variant has a type, a parent, and a code of its own.", check)
