"""The workshop of components: ids that the database makes, references across sections, and one default at most."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from pipeline.commands.catalog import complete
from pipeline.packs.components import PACK
from tests.from_schema import ANYTHING, one, several
from tests.renames import Names
from tests.strategies import Catalogue, Entry, booleans, some, texts
from tests.worlds.by_hand import Apart, edits
from tests.worlds.renaming import names, renames
from tests.worlds.world import World

HEAD: Entry = {"pack": PACK.name, "version": PACK.version}
MODELS = ("small", "large", "ada")
EVALUATIONS = ("one", "two")
_numbers = st.sampled_from((1, 384, 2**31 - 1))
_providers = st.sampled_from(("openai", "huggingface"))
_optional: dict[str, st.SearchStrategy[Any]] = {"description": texts, "configuration": ANYTHING}
_models = some(
    {
        name: st.fixed_dictionaries(
            {"name": st.just(name), "provider": _providers, "dimension": _numbers, "max_tokens": _numbers},
            optional=_optional | {"model_id": texts, "active": booleans},
        )
        for name in MODELS
    }
)
_evaluations = some(
    {
        name: st.fixed_dictionaries(
            {"name": st.just(name), "model_name": texts},
            optional={
                "config": ANYTHING,
                "dataset_name": texts,
                "evaluation_type": st.sampled_from(("rag", "qa", "generation")),
                "active": booleans,
            },
        )
        for name in EVALUATIONS
    }
)
_model = one("embedding_model", PACK.name, ("is_default",))
_evaluation = one("evaluation", PACK.name, ("embedding_model",))


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Some models, at most one of those in use the default, and evaluations that use them."""
    return _joined(draw, draw(_models), draw(_evaluations))


@st.composite
def shaped(draw: st.DrawFn) -> Catalogue:
    """The same with values as the schema admits them."""
    return _joined(draw, draw(several(_model, "name")), draw(several(_evaluation, "name")))


def _joined(draw: st.DrawFn, models: list[Entry], evaluations: list[Entry]) -> Catalogue:
    in_use = [model for model in models if model.get("active", True)]
    chosen = draw(st.integers(0, len(in_use)))
    for model in in_use[chosen : chosen + 1]:
        model["is_default"] = True
    for evaluation in evaluations:
        used = draw(st.sampled_from((None, *models)))
        if used is not None:
            evaluation["embedding_model"] = used["name"]
    return {
        "models.toml": HEAD | {"embedding_models": models},
        "evaluations.toml": HEAD | {"evaluations": evaluations},
    }


def _refer(entry: Entry, new: Names) -> None:
    if "embedding_model" in entry:
        entry["embedding_model"] = new["embedding_model"][entry["embedding_model"]]


WORLD = World(
    PACK,
    catalogues(),
    # A default that manifests do not declare would stand in the way of one that they do, and is theirs to end.
    edits(complete((PACK,))[0], {"embedding_models": Apart("is_default", "false")}),
    names({"embedding_model": (*MODELS, "new", "other"), "evaluation": (*EVALUATIONS, "new")}),
    renames(PACK, _refer),
    shaped(),
)
