"""The default embedding model is one in use. A warning, for a default that left the manifests is exported like this."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack


def check(desired: Desired, _pack: Pack) -> Iterable[Finding]:
    """One finding for every default that is retired."""
    for model in desired.state["embedding_model"].values():
        if model.values.get("is_default") is True and not model.active:
            message = f"{model.address} is the default and not in use"
            yield Finding(message, where(model, "is_default"), "make another the default, or remove `active = false`")


RULE = Rule("retired-default", "warning", "The default embedding model is in use.", check)
