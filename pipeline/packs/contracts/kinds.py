"""The kinds of the register of contracts, parents before children.

Fingerprints, pages and flags are filled by operations and by people at work: they have tables, and no kind.
"""

from __future__ import annotations

from pipeline.model.kind import AppendOnly, Kind, Ref, Status

ORGANIZATION = Kind("organization", table="organizations", section="organizations", key=("name",))
DOCUMENT = Kind(
    "document",
    table="documents",
    section="documents",
    key=("organization", "file_path"),
    refs=(Ref("organization", to="organization", column="org_id", placed=True),),
    children=("link", "obligation"),
)
LINK = Kind(
    "link",
    table="document_links",
    section="links",
    key=("document", "parent"),
    refs=(
        Ref("document", to="document", column="child_doc_id", placed=True),
        Ref("parent", to="document", column="parent_doc_id", optional=True),
    ),
    derived=True,
)
IN_FORCE = ("ACTIVE", "UNRESOLVED")
OBLIGATION = Kind(
    "obligation",
    table="obligations",
    section="obligations",
    key=("document", "source_clause", "obligation_text"),
    refs=(
        Ref("document", to="document", column="doc_id", placed=True),
        Ref(
            "supersedes",
            to="obligation",
            column="supersedes_id",
            optional=True,
            full=True,
            retires="SUPERSEDED",
        ),
    ),
    children=("evidence",),
    retire=Status("status", active=IN_FORCE, retired="TERMINATED", revived="ACTIVE"),
)
EVIDENCE = Kind(
    "evidence",
    table="evidence",
    section="evidence",
    key=("obligation", "digest"),
    refs=(
        Ref("obligation", to="obligation", column="obligation_id", placed=True),
        Ref("document", to="document", column="doc_id", placed=True),
    ),
    retire=AppendOnly("digest"),
)
DANGLING_REFERENCE = Kind(
    "dangling_reference",
    table="dangling_references",
    section="dangling_references",
    key=("document", "reference_text"),
    refs=(Ref("document", to="document", column="doc_id", placed=True),),
    derived=True,
)

KINDS = (ORGANIZATION, DOCUMENT, LINK, OBLIGATION, EVIDENCE, DANGLING_REFERENCE)
