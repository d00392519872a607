"""Links and dangling references follow from what documents say of their parents, and from `[[documents.links]]`.

One document that a reference fits makes a link to it. A document whose references fit none, or several, has one
link without a parent; each reference that fits none dangles until the parent is declared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pipeline.model import values
from pipeline.model.address import Address, Key
from pipeline.model.resource import Resource, State
from pipeline.model.values import Declared, Json, parse
from pipeline.packs.contracts.references import Match, Shelf


class Claim(NamedTuple):
    """That a document has a parent, in words, and the entry that says so."""

    document: Key
    reference: str
    entry: Resource


def derive(state: State) -> State:
    """The state with the links and dangling references that its documents and links in force make."""
    shelf = Shelf(state["document"])
    links: dict[Key, Resource] = {}
    dangling: dict[Key, Resource] = {}
    unsure: dict[Key, list[tuple[Claim, Match]]] = defaultdict(list)
    for claim in claims(state):
        match = shelf.match(claim.document, claim.reference)
        if len(match.documents) == 1:
            _put(links, claim, "link", _linked(claim.document, match.documents[0]))
            continue
        unsure[claim.document].append((claim, match))
        if not match.documents:
            row = {
                "document": claim.document,
                "reference_text": claim.reference,
                "attempted_matches": values.json(list(match.attempts)),
            }
            _put(dangling, claim, "dangling_reference", row)
    for document, found in unsure.items():
        for claim, _ in found:
            _put(links, claim, "link", _without_parent(document, found))
    return {**state, "link": links, "dangling_reference": dangling}


def claims(state: State) -> Iterator[Claim]:
    """What entries of links say, and then what documents call their parents. What is retired claims nothing."""
    for link in state["link"].values():
        child, parent = link.address.key
        document = state["document"].get(child) if isinstance(child, tuple) else None
        if link.active and isinstance(parent, tuple) and document is not None and document.active:
            yield Claim(document.address.key, str(parent[-1]), link)
    for key, entry in state["document"].items():
        reference = entry.values.get("parent_reference_raw")
        if entry.active and isinstance(reference, str):
            yield Claim(key, reference, entry)


def _put(rows: dict[Key, Resource], claim: Claim, kind: str, row: Mapping[str, Any]) -> None:
    """Add a row, unless another claim has made it."""
    key = (claim.document, row["parent"] if kind == "link" else claim.reference)
    protected = claim.entry.address.kind == "link" and claim.entry.protected
    known = rows.get(key)
    if known is None:
        rows[key] = Resource(Address(kind, key), Declared(row), origin=claim.entry.origin, protected=protected)
    elif protected:
        rows[key] = known._replace(protected=True)


def _linked(document: Key, parent: Key) -> dict[str, Any]:
    return {"document": document, "parent": parent, "link_status": "LINKED", "candidates": None}


def _without_parent(document: Key, found: Iterable[tuple[Claim, Match]]) -> dict[str, Any]:
    """The link of a document whose parents are not known: the candidates, by reference, or none."""
    said = {claim.reference: [str(key[1]) for key in match.documents] for claim, match in found if match.documents}
    candidates = [{"reference": reference, "documents": said[reference]} for reference in sorted(said)]
    return {
        "document": document,
        "parent": None,
        "link_status": "AMBIGUOUS" if candidates else "UNLINKED",
        "candidates": values.json(candidates) if candidates else None,
    }


def condense(state: State) -> State:
    """The way back: of links and dangling references just entries for those that no document implies."""
    implied = derive({**state, "link": {}})
    rows: dict[Key, Resource] = {}
    for document, reference in _said(state, implied):
        target: Key = (document[0], reference)
        address = Address("link", (document, target))
        rows[address.key] = Resource(address, Declared({"document": document, "parent": target}))
    return {**state, "link": rows, "dangling_reference": {}}


def _said(state: State, implied: State) -> Iterator[tuple[Key, str]]:
    """Documents and what they refer to beside what they call their parent."""
    for key, link in state["link"].items():
        document, parent = key
        if not link.active or not isinstance(document, tuple):
            continue
        if isinstance(parent, tuple) and key not in implied["link"]:
            yield document, str(parent[-1])
        elif parent is None:
            own = state["document"][document].values.get("parent_reference_raw")
            yield from ((document, one) for one in ambiguous(link) if one != own)
    for key, reference in state["dangling_reference"].items():
        if reference.active and key not in implied["dangling_reference"] and isinstance(key[0], tuple):
            yield key[0], str(key[1])


def ambiguous(link: Resource) -> dict[str, list[str]]:
    """The candidates of a link without a parent, by reference. Others may have written what they like."""
    raw = link.values.get("candidates")
    found = parse(raw) if isinstance(raw, Json) else []
    return {
        one["reference"]: list(one.get("documents", ()))
        for one in (found if isinstance(found, list) else ())
        if isinstance(one, dict) and isinstance(one.get("reference"), str)
    }
