"""An evaluation in use does not look things up with a model that is not"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.wording import where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack


def check(desired: Desired, _pack: Pack) -> Iterable[Finding]:
    """One finding per active evaluation whose embedding model is retired."""
    models = desired.state["embedding_model"]
    for evaluation in desired.state["evaluation"].values():
        target = evaluation.values.get("embedding_model")
        model = models.get(target) if isinstance(target, tuple) else None
        if evaluation.active and model is not None and not model.active:
            message = f"{evaluation.address} uses {model.address}, which is not in use"
            hint = "name another model, or retire the evaluation too"
            yield Finding(message, where(evaluation, "embedding_model"), hint)


RULE = Rule("retired-model", "warning", "Evaluations in use refer to models in use.", check)
