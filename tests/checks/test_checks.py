"""All rules together: the engine's on any pack, and no catalogue so broken that one of them crashes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.checks import RULES, run
from pipeline.model.address import Address
from pipeline.model.diagnostic import Desired, Diagnostic
from pipeline.model.kind import Kind, Ref
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, Resource
from pipeline.model.values import Value
from tests.builders import PACK, catalogue, category, desired, element, state

LIBRARY = Pack(
    "library",
    1,
    kinds=(
        Kind("shelf", table="shelves", section="shelves", key=("name",)),
        Kind(
            "book",
            table="books",
            section="books",
            key=("shelf", "title"),
            refs=(
                Ref("shelf", to="shelf", column="shelf_id", placed=True),
                Ref("sequel_of", to="book", column="sequel_of_id", optional=True),
            ),
        ),
    ),
    metadata=dict,
    scope="shelf",
)


def test_every_rule_has_a_name_of_its_own_and_says_what_it_demands() -> None:
    rules = (*RULES, *PACK.rules)

    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.summary.endswith(".") for rule in rules)


def test_a_clean_catalogue_has_no_findings() -> None:
    assert run(desired(*catalogue()), PACK) == []


def test_findings_carry_rule_and_severity() -> None:
    found = run(desired(category(), element("A", parent="B")), PACK)

    assert [(item.rule, item.severity, item.place) for item in found] == [
        ("dangling-reference", "error", None),
        ("element-in-no-tier", "warning", None),
    ]


def test_the_rules_of_the_engine_know_no_domain() -> None:
    book: list[Resource] = []
    for title, before in (("I", "II"), ("II", "I"), ("III", "XX"), ("I", "II")):
        values: dict[str, Value] = {"shelf": ("a",), "title": title, "sequel_of": (("a",), before)}
        book.append(Resource(Address("book", (("a",), title)), values, origin=Origin("a.toml", ("books", len(book)))))

    assert [(item.rule, item.origin.path) for item in run(desired(*book, pack=LIBRARY), LIBRARY)] == [
        ("duplicate-address", ("books", 3)),
        ("dangling-reference", ("shelf",)),
        ("cycle", ("books", 0, "sequel_of")),
    ]


def test_findings_do_not_depend_on_chance() -> None:
    broken = desired(*[item._replace(values={}) for item in catalogue()], *catalogue())

    assert run(broken, PACK) == run(broken, PACK)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_rule_crashes_on_missing_values_or_missing_resources(data: st.DataObject) -> None:
    rows = catalogue()
    kept = [rows[index] for index in data.draw(st.lists(st.sampled_from(range(len(rows))), max_size=40))]
    broken = []
    for row in kept:
        names = data.draw(st.sets(st.sampled_from(sorted(row.values)), max_size=len(row.values)))
        rest = {name: value for name, value in row.values.items() if name not in names}
        broken.append(row._replace(values=rest, active=data.draw(st.booleans())))
    found = run(desired(*broken), PACK)

    assert all(isinstance(item, Diagnostic) and item.message and item.origin.file for item in found)


def test_no_rule_needs_an_origin() -> None:
    rows = [item._replace(values={"parent": (("x",), "y")}) for item in catalogue()]

    assert run(Desired((*rows, *rows), state(*rows)), PACK)
