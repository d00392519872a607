"""The kinds that manifests declare, parents before children. The other tables belong to the quiz's programs."""

from __future__ import annotations

from pipeline.model.kind import Kind, Ref

CATEGORY = Kind("category", table="categories", section="categories", key=("slug",))
QUESTION = Kind(
    "question",
    table="questions",
    section="questions",
    key=("category", "code"),
    refs=(Ref("category", to="category", column="category_id", placed=True),),
)

KINDS = (CATEGORY, QUESTION)
