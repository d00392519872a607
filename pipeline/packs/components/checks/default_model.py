"""One embedding model at most is the default, and it is in use"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import listing, where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack


def check(desired: Desired, _pack: Pack) -> Iterable[Finding]:
    """One finding for every default after the first, and one for every default that is retired."""
    defaults = [model for model in desired.state["embedding_model"].values() if model.values.get("is_default") is True]
    for model in defaults:
        if not model.active:
            message = f"{model.address} is the default and not in use"
            yield Finding(message, where(model, "is_default"), "make another the default, or remove `active = false`")
    in_use = [model for model in defaults if model.active]
    for model in in_use[1:]:
        names = listing([str(one.address) for one in (in_use[0], model)])
        hint, first = "keep `is_default = true` at one of them", where(in_use[0], "is_default")
        yield Finding(f"{names} are both the default", where(model, "is_default"), hint, (first,))


RULE = Rule("default-model", "error", "One embedding model at most is the default, and it is in use.", check)
