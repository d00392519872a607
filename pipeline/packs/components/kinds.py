"""The kinds that manifests declare, parents before children. All other tables belong to the programs."""

from __future__ import annotations

from pipeline.model.kind import Kind, Ref

EMBEDDING_MODEL = Kind("embedding_model", table="embedding_models", section="embedding_models", key=("name",))
EVALUATION = Kind(
    "evaluation",
    table="evaluation_runs",
    section="evaluations",
    key=("name",),
    refs=(Ref("embedding_model", to="embedding_model", column="embedding_model_id", optional=True),),
)

KINDS = (EMBEDDING_MODEL, EVALUATION)
