"""The inventory, the tables and the README tell of the same tables."""

from __future__ import annotations

import re

import pytest
from sqlmodel import SQLModel

from pipeline.config import PACKAGE
from pipeline.packs.homologation import PACK
from pipeline.packs.homologation.inventory import SECTIONS
from pipeline.packs.homologation.tables import Base

README = PACKAGE.parent / "README.md"
HEAD = "| Section | Table | What it holds | Its rows are |\n|---|---|---|---|\n"
MANAGED = {kind.table for kind in PACK.kinds}
CLASSES: dict[str, type[SQLModel]] = {mapper.local_table.name: mapper.class_ for mapper in Base._sa_registry.mappers}  # type: ignore[attr-defined]  # SQLModel does not type it


def inventory() -> str:
    """The lines of the README's table: what a table holds is what its class says of itself."""
    return "".join(
        f"| {section.name} | `{name}` | {about(name)} | {'managed' if name in MANAGED else 'operational'} |\n"
        for section in SECTIONS
        for name in section.tables
    )


def about(table: str) -> str:
    return " ".join((CLASSES[table].__doc__ or "").split("\n\n")[0].split())


def test_every_table_stands_in_one_section() -> None:
    listed = [name for section in SECTIONS for name in section.tables]

    assert sorted(listed) == sorted(Base.metadata.tables)
    assert PACK.sections == SECTIONS


def test_the_sections_hold_as_many_tables_as_the_system_has() -> None:
    counts = {section.name: len(section.tables) for section in SECTIONS}

    assert counts == {"core": 5, "tariff": 11, "rag": 4, "cases": 4, "admin": 3, "monitoring": 6}
    assert len(MANAGED) == 14


@pytest.mark.parametrize("name", [name for section in SECTIONS for name in section.tables])
def test_a_table_stands_in_the_module_of_its_section_and_says_what_it_holds(name: str) -> None:
    section = next(section.name for section in SECTIONS if name in section.tables)

    assert CLASSES[name].__module__.removeprefix("pipeline.packs.homologation.tables.").split(".")[0] == section
    assert re.fullmatch(r"[A-Z][^|]*\.", about(name))


def test_the_readme_lists_them_all(request: pytest.FixtureRequest) -> None:
    page = README.read_text("utf-8")
    found = re.search(rf"(?<={re.escape(HEAD)})(\|.*\n)*", page)
    assert found, "the README has no inventory"
    if request.config.getoption("--update-docs"):
        README.write_text(page[: found.start()] + inventory() + page[found.end() :], "utf-8")
    else:
        assert found[0] == inventory()
