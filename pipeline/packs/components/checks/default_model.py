"""One embedding model in use at most is the default"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import listing, where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack


def check(desired: Desired, _pack: Pack) -> Iterable[Finding]:
    """One finding for every default in use after the first."""
    models = desired.state["embedding_model"].values()
    in_use = [model for model in models if model.active and model.values.get("is_default") is True]
    for model in in_use[1:]:
        names = listing([str(one.address) for one in (in_use[0], model)])
        hint, first = "keep `is_default = true` at one of them", where(in_use[0], "is_default")
        yield Finding(f"{names} are both the default", where(model, "is_default"), hint, (first,))


RULE = Rule("default-model", "error", "One embedding model in use at most is the default.", check)
