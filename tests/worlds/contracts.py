"""The register of contracts: rows that follow from others, that are only added, or that others replace."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from pipeline.commands.catalog import complete
from pipeline.packs.contracts import PACK
from tests.from_schema import one, several
from tests.renames import Names
from tests.strategies import Catalogue, Entry, booleans, some, texts
from tests.worlds.by_hand import edits
from tests.worlds.renaming import names, renames
from tests.worlds.world import World

HEAD: Entry = {"pack": PACK.name, "version": PACK.version}
ORGANIZATIONS = ("Acme", "Bolt")
CLAUSES = (("1", "The buyer pays."), ("1", "The seller delivers."), ("2", "The buyer pays."))
# No document refers to one that may hang on it, whatever documents there are: there are no cycles.
REFERENCES = {
    "x/a.pdf": ("gone.pdf", "MSA dated 2023-01-10"),
    "y/a.pdf": ("x/a.pdf", "gone.pdf"),
    "b.pdf": ("a.pdf", "x/a.pdf", "gone.pdf"),
    "c.pdf": ("a.pdf", "b.pdf", "y/a.pdf", "Anve\u0301s"),
}
_organizations = some(
    {
        name: st.fixed_dictionaries({"name": st.just(name)}, optional={"folder_path": texts, "active": booleans})
        for name in ORGANIZATIONS
    }
)
_said: dict[str, st.SearchStrategy[Any]] = {
    "active": booleans,
    "status": st.sampled_from(("VALID", "INVALID")),
    "doc_type": st.sampled_from(("MSA", "NDA")),
    "parties": st.lists(st.sampled_from(("Acme", "Bolt", "Anve\u0301s")), unique=True),
}


def _document(path: str) -> st.SearchStrategy[Entry]:
    references = st.sampled_from(REFERENCES[path])
    link = st.fixed_dictionaries({"parent": references}, optional={"active": booleans})
    links = st.lists(link, max_size=2, unique_by=lambda found: found["parent"])
    return st.fixed_dictionaries(
        {"file_path": st.just(path), "filename": st.just(path.rsplit("/", 1)[-1])},
        optional=_said | {"parent_reference_raw": references, "links": links},
    )


_documents = some({path: _document(path) for path in REFERENCES})
_obligations = st.lists(st.sampled_from(CLAUSES), unique=True).map(sorted)
_obliged: dict[str, st.SearchStrategy[Any]] = {
    "active": booleans,
    "deadline": texts,
    "obligation_type": st.sampled_from(("SLA", "Financial")),
    "source_page": st.sampled_from((1, 2**31 - 1)),
}
_evidence = st.lists(
    st.fixed_dictionaries({"page_number": st.integers(1, 3)}, optional={"section_reference": texts}),
    max_size=2,
    unique_by=repr,
)


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """The organizations in one manifest, and the documents of each in another."""
    organizations = draw(_organizations)
    found: Catalogue = {"organizations.toml": HEAD | {"organizations": organizations}}
    for organization in organizations:
        documents = draw(_documents)
        known: list[tuple[str, str, str]] = []
        for document in documents:
            pairs = draw(_obligations) if draw(booleans) else []
            document["obligations"] = [_obligation(draw, *pair, known) for pair in pairs]
            known += [(document["file_path"], *pair) for pair in pairs]
        found[f"{organization['name']}.toml"] = _of(organization, documents)
    return found


def _obligation(draw: st.DrawFn, clause: str, text: str, known: list[tuple[str, str, str]]) -> Entry:
    """An obligation that may replace one of a document before, and evidence of it."""
    entry: Entry = {"source_clause": clause, "obligation_text": text} | draw(
        st.fixed_dictionaries({}, optional=_obliged | {"evidence": _evidence})
    )
    target = draw(st.sampled_from((None, *known)))
    if target is not None:
        entry["supersedes"] = dict(zip(("document", "source_clause", "obligation_text"), target, strict=True))
    return entry


_NESTED = ("links", "obligations", "evidence", "supersedes", "parent_reference_raw")
_shaped = {name: one(name, PACK.name, _NESTED) for name in ("organization", "document", "obligation", "evidence")}


@st.composite
def shaped(draw: st.DrawFn) -> Catalogue:
    """The same with values as the schema admits them."""
    (organization,) = draw(several(_shaped["organization"], "name", 1).map(lambda found: found[:1]))
    documents = draw(several(_shaped["document"], "file_path"))
    for document in documents:
        document["obligations"] = draw(several(_shaped["obligation"], "obligation_text"))
        for obligation in document["obligations"]:
            obligation["evidence"] = draw(st.lists(_shaped["evidence"], max_size=1))
    return {
        "organizations.toml": HEAD | {"organizations": [organization]},
        "documents.json": _of(organization, documents),
    }


def _of(organization: Entry, documents: list[Entry]) -> Entry:
    return HEAD | {"organization": organization["name"], "documents": documents}


def _refer(entry: Entry, new: Names) -> None:
    """References are words: they stay, and fit what they fit."""
    for obligation in entry.get("obligations", ()):
        if "supersedes" in obligation:
            obligation["supersedes"]["document"] = new["document"][obligation["supersedes"]["document"]]


WORLD = World(
    PACK,
    catalogues(),
    edits(complete((PACK,))[0]),
    names({"organization": (*ORGANIZATIONS, "Norte"), "document": (*REFERENCES, "n/a.pdf", "d.pdf")}),
    renames(PACK, _refer),
    shaped(),
)
