"""Links and dangling references, from what entries say and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.resource import Resource, State
from pipeline.packs.contracts.derive import condense, derive
from tests.packs.contracts.register import ACME, document, link, state
from tests.packs.contracts.register import said as told

MSA = document("2023/msa.pdf")


def child(reference: str | None = None, *, active: bool = True) -> Resource:
    return document("a.pdf", active=active, parent_reference_raw=reference)


def test_one_that_fits_is_linked_at_the_line_of_its_entry() -> None:
    found = derive(state(child("msa.pdf"), MSA))

    assert told(found["link"]) == {"link Acme/a.pdf/2023/msa.pdf": {"link_status": "LINKED"}}
    assert found["dangling_reference"] == {}
    assert [one.origin for one in found["link"].values()] == [child().origin]


def test_none_that_fits_is_unlinked_and_dangles() -> None:
    found = derive(state(child("msa.pdf")))

    assert told(found["link"]) == {"link Acme/a.pdf/*": {"link_status": "UNLINKED"}}
    (dangling,) = found["dangling_reference"].values()
    assert dangling.address.key == ((ACME, "a.pdf"), "msa.pdf")
    assert "no other document has this name" in str(dangling.values["attempted_matches"])
    assert dangling.origin == child().origin


def test_several_that_fit_are_candidates() -> None:
    found = derive(state(child("msa.pdf"), MSA, document("2022/msa.pdf")))

    assert told(found["link"]) == {
        "link Acme/a.pdf/*": {
            "link_status": "AMBIGUOUS",
            "candidates": '[{"documents":["2022/msa.pdf","2023/msa.pdf"],"reference":"msa.pdf"}]',
        }
    }
    assert found["dangling_reference"] == {}


def test_entries_of_links_say_the_same_and_replace_what_was_read() -> None:
    found = derive(state(child(), MSA, link("a.pdf", "msa.pdf"), link("a.pdf", "b.pdf")))

    assert told(found["link"]) == {
        "link Acme/a.pdf/2023/msa.pdf": {"link_status": "LINKED"},
        "link Acme/a.pdf/*": {"link_status": "UNLINKED"},
    }
    assert [key[1] for key in found["dangling_reference"]] == ["b.pdf"]
    assert all(
        one.origin == link("a.pdf", str(one.origin and one.origin.path[2])).origin for one in found["link"].values()
    )


def test_two_entries_that_mean_one_parent_make_one_link_and_one_is_enough_to_protect_it() -> None:
    entries = (link("a.pdf", "msa.pdf"), link("a.pdf", "2023/msa.pdf", protected=True))
    (found,) = derive(state(child("msa.pdf"), MSA, *entries))["link"].values()

    assert (found.active, found.protected) == (True, True)


def test_what_is_retired_claims_nothing() -> None:
    documents = derive(state(child("b.pdf", active=False), MSA, link("a.pdf", "msa.pdf")))
    twins = (MSA, document("2022/msa.pdf"))
    links = derive(state(child("b.pdf"), *twins, link("a.pdf", "msa.pdf", active=False)))

    assert (documents["link"], documents["dangling_reference"]) == ({}, {})
    assert told(links["link"]) == {"link Acme/a.pdf/*": {"link_status": "UNLINKED"}}


NAMES = ("x/a.pdf", "y/a.pdf", "b.pdf", "c.pdf")
REFERENCES = ("a.pdf", "b.pdf", "x/a.pdf", "gone.pdf", "MSA dated 2020-01-01")


@st.composite
def states(draw: st.DrawFn) -> State:
    """Documents that refer to each other, or to what is not there."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
    documents = []
    for name in names:
        reference = draw(st.none() | st.sampled_from(REFERENCES))
        documents.append(document(name, parent_reference_raw=reference))
    links = [
        link(child, parent)
        for child, parent in draw(
            st.lists(st.tuples(st.sampled_from(names), st.sampled_from(REFERENCES)), unique=True, max_size=4)
        )
    ]
    return state(*documents, *links)


def bare(found: State) -> dict[str, dict[str, object]]:
    return {kind: {str(one.address): dict(one.values) for one in found[kind].values()} for kind in found}


@given(states())
def test_entries_made_of_rows_make_the_rows_again(entries: State) -> None:
    rows = derive(entries)

    assert bare(derive(condense(rows))) == bare(rows)


@given(states())
def test_what_documents_imply_needs_no_entry(entries: State) -> None:
    rows = derive({**entries, "link": {}})

    assert condense(rows)["link"] == {}


@given(states())
def test_every_claim_is_linked_asked_about_or_dangling(entries: State) -> None:
    rows = derive(entries)
    said = {key: one.values.get("parent_reference_raw") for key, one in entries["document"].items()}
    claims = {key for key, reference in said.items() if reference is not None} | {key[0] for key in entries["link"]}

    assert {key[0] for key in rows["link"]} == claims
    for row in rows["link"].values():
        assert (row.values["link_status"] == "LINKED") == (row.values["parent"] is not None)
        assert (row.values["link_status"] == "AMBIGUOUS") == (row.values["candidates"] is not None)
        assert row.values["parent"] is None or row.values["parent"] in entries["document"]
        assert row.values["parent"] != row.values["document"]
