"""The files of the site: what is on the pages, from where it comes, and how large they are."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline import commands
from pipeline.model.resource import Resource
from pipeline.model.values import Json
from pipeline.model.values import json as to_json
from pipeline.packs.homologation.site import files
from pipeline.packs.homologation.site.matrix import Cell, matrix
from pipeline.packs.homologation.site.pages import embedded
from pipeline.packs.homologation.site.search import entries
from pipeline.packs.homologation.site.view import View, file_name, money
from pipeline.plan.blame import Account, Source
from pipeline.plan.past import Entry, Run, Touch
from pipeline.render.edition import Edition
from tests.browser import sites
from tests.builders import (
    MOTOS,
    category,
    element,
    field,
    image,
    include,
    include_tier,
    link,
    service,
    tier,
    warning,
)

HOME = (MOTOS,)


def page(made: dict[str, bytes], name: str) -> str:
    """A page's text, with blanks as one."""
    return re.sub(r"\s+", " ", made[f"{MOTOS}/{name}.html"].decode())


def test_the_bundled_catalogues_are_light_and_the_same_twice() -> None:
    validation = sites.bundled()
    made = sites.bundled_files(validation)
    assert sum(map(len, made.values())) < 1_000_000
    assert sites.bundled_files(validation) == made
    assert list(made) == sorted(made)
    elements = validation.desired["homologation"].state["element"]
    for home, code in elements:
        assert f"{home[0]}/{code}.html" in made  # type: ignore[index]  # values as they are


def test_everything_is_asked_of_the_own_folder() -> None:
    for name, content in sites.bundled_files(sites.bundled()).items():
        text = content.decode()
        if name.endswith(".html"):
            assert not re.search(
                r'<(?:script|link|img|iframe)[^>]*(?:src|href)="(?!\.\./assets/|assets/|data:,")', text
            )
            assert "default-src 'none'" in text
        if name.endswith((".js", ".css")):
            assert not re.search(r"https?://|\bfetch\b|XMLHttpRequest|\beval\b|innerHTML|@import|url\(", text), name


def test_links_to_lines_and_who_reads_them() -> None:
    made = sites.bundled_files(sites.bundled(), "https://git.example/blob/main")
    lines = (sites.MANIFESTS / "homologation/motos-part/tiers.toml").read_text("utf-8").splitlines()
    price = next(at for at, line in enumerate(lines, 1) if line.startswith("price = 410"))
    text = page(made, "index")
    place = f"manifests/homologation/motos-part/tiers.toml#L{price}"
    assert f'410.00 €</bdi> <a class="src" href="https://git.example/blob/main/{place}">:{price}</a>' in text
    plain = page(sites.bundled_files(sites.bundled()), "index")
    assert f"410.00 €</bdi> <i>:{price}</i>" in plain
    assert str(sites.MANIFESTS.parent) not in plain


def small() -> list[Resource]:
    """Two tiers, a base with a variant that inherits, and one element more."""
    return [
        category(name="Motos"),
        tier("T1", price=Decimal("20.00"), sort_order=10, name="Todo"),
        tier("T2", price=Decimal("10.00"), sort_order=20, name="Poco"),
        tier("T9", price=Decimal("1.00"), active=False, name="Vieja"),
        element("LUCES", name="Luces", sort_order=10),
        element("FARO", name="Faro", parent="LUCES", inherit_parent_data=True, sort_order=20),
        element("ESCAPE", name="Escape", sort_order=5),
        element("VIEJO", name="Viejo", active=False),
        include("T2", "FARO", min_quantity=1, max_quantity=2, group_name="base"),
        include("T1", "ESCAPE"),
        include_tier("T1", "T2"),
        field("LUCES", "tipo", label="Tipo de luz"),
        image("LUCES", "Vista", url="/images/luces.png", alt_text="Una luz"),
        warning("led", of="LUCES", message="Mira el led"),
        link("LUCES", "led"),
        service("urgencia", name="Urgente", price=Decimal("5.00")),
    ]


def test_the_matrix() -> None:
    found = matrix(View(sites.edition(*small())), HOME)
    assert [one.address.key[1] for one in found.tiers] == ["T1", "T2"]
    cells = {line.element.address.key[1]: [line.depth, *line.cells] for line in found.lines}
    assert list(cells) == ["ESCAPE", "LUCES", "FARO"]
    assert cells["LUCES"] == [0, None, None]
    depth, through, own = cells["FARO"]
    assert depth == 1
    assert isinstance(through, Cell)
    assert isinstance(own, Cell)
    assert through[:3] == (("T2",), "1–2", "base")
    assert own[:3] == ((), "1–2", "base")
    assert through.mark is None
    assert own.mark is not None


@pytest.mark.parametrize(("most", "said", "sign"), [(0, "none", "✗"), (2, "at most 2", "✓")])
def test_the_matrix_tells_how_many_of_a_group_there_may_be(most: int, said: str, sign: str) -> None:
    rules = Json(f'{{"groups": {{"base": {{"max": {most}}}}}}}')
    rows = [category(), tier("T1", classification_rules=rules), element("ESCAPE")]
    rows.append(include("T1", "ESCAPE", max_quantity=1, group_name="base"))

    ((cell,),) = (line.cells for line in matrix(View(sites.edition(*rows)), HOME).lines)

    assert cell is not None
    assert (cell.of_group, cell.shut) == (said, most == 0)
    assert f'">{sign}' in page(sites.of_resources(*rows), "index").partition('id="matrix"')[2]


def test_parents_in_a_circle_are_shown_all_the_same() -> None:
    rows = [category(), element("A", parent="B"), element("B", parent="A")]
    found = matrix(View(sites.edition(*rows)), HOME)
    assert [line.element.address.key[1] for line in found.lines] == ["A", "B"]
    assert f"{MOTOS}/A.html" in sites.of_resources(*rows)


def test_what_is_retired_is_marked_and_not_in_the_matrix() -> None:
    made = sites.of_resources(*small())
    overview = page(made, "index")
    assert '<span lang="es">Vieja</span> <span class="tag">retired</span>' in overview
    assert '<span lang="es">Viejo</span> <span class="tag">retired</span>' in overview
    assert "VIEJO" not in overview.partition('id="matrix"')[2].partition("</table>")[0]
    assert '<span class="tag">retired</span>' in page(made, "VIEJO")


def test_what_a_variant_inherits_is_named_with_its_source() -> None:
    text = page(sites.of_resources(*small()), "FARO")
    inherited = text.partition("Inherited from")[2]
    for said in ('href="LUCES.html"', "Tipo de luz", "Vista", 'href="LUCES.html#warning-led"'):
        assert said in inherited


def test_pictures_come_along_only_where_they_are_there() -> None:
    edition = sites.edition(*small())
    absent = files(edition)
    assert "<img" not in page(absent, "LUCES")
    assert 'role="img" aria-label="Una luz"' in page(absent, "LUCES")
    present = files(Edition(edition.pack, edition.state, edition.marks, None, {"/images/luces.png": b"png"}))
    assert '<img src="../images/luces.png" alt="Una luz"' in page(present, "LUCES")
    assert present["images/luces.png"] == b"png"


def test_search_has_an_entry_for_everything_with_a_place() -> None:
    found = entries(View(sites.edition(*small())))
    assert [entry[:3] for entry in found] == [
        ["Category", "Motos", "motos-part/index.html"],
        ["Tier", "Todo · 20.00 €", "motos-part/index.html#tier-T1"],
        ["Tier", "Poco · 10.00 €", "motos-part/index.html#tier-T2"],
        ["Service", "Urgente · 5.00 €", "motos-part/index.html#service-urgencia"],
        ["Element", "Escape", "motos-part/ESCAPE.html"],
        ["Element", "Luces", "motos-part/LUCES.html"],
        ["Required field", "Tipo de luz", "motos-part/LUCES.html"],
        ["Image", "Vista", "motos-part/LUCES.html"],
        ["Element", "Faro", "motos-part/FARO.html"],
        ["Warning", "led", "motos-part/LUCES.html#warning-led"],
    ]


def test_json_in_a_page_cannot_end_its_element() -> None:
    content = {"</script><!--": "]]>\u2028\u2029&lt;<SCRIPT "}
    text = str(embedded(content))
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == content


@pytest.mark.parametrize(
    ("code", "name"), [("T_1-a", "T_1-a"), ("../x", "~2E~2E~2Fx"), ("a~b", "a~7Eb"), ("ñ", "~C3~B1"), ("a b", "a~20b")]
)
def test_a_code_is_a_file_name_that_leads_nowhere(code: str, name: str) -> None:
    assert file_name(code) == name


def test_money() -> None:
    assert money(Decimal("1410.00")) == "1,410.00 €"
    assert money(None) == "—"


def account(resource: Resource, name: str, applied: object, now: object) -> Account:
    """A value that ana set in run 3."""
    run = Run(3, "homologation", datetime(2026, 3, 4, 23, 30, tzinfo=UTC), "ana<b>", "db", None, None, None, None, None,
              (), {}, False)  # fmt: skip
    entry = Entry(resource.address, "update", "manifest", (), {}, True, False, None)
    source = Source(name, applied, now, True, "set", Touch(run, entry))  # type: ignore[arg-type]  # values as they are
    return Account(resource.address, True, True, (source,))


@pytest.mark.parametrize(
    ("applied", "now", "said"),
    [
        ("Escape", "Escape", "<bdi>ana&lt;b&gt; · run 3 · 2026-03-04</bdi></small>"),
        ("Escape", "Otro", "2026-03-04</bdi> <b>changed in the database since</b></small>"),
        ("Antes", "Antes", '<small class="by"> <b>not applied yet</b></small>'),
    ],
)
def test_who_set_a_value_last(applied: str, now: str, said: str) -> None:
    resource = element("ESCAPE", description="Escape", keywords=["a"])
    edition = sites.edition(category(name="Motos"), resource)
    accounts = {resource.address: account(resource, "description", applied, now)}
    text = page(files(Edition(edition.pack, edition.state, edition.marks, accounts)), "ESCAPE")
    assert said in text.partition("Description")[2].partition("Keywords")[0]
    assert "not applied yet" in text.partition("Keywords")[2]
    assert 'class="by"' not in page(files(edition), "ESCAPE")


def test_every_declared_value_of_the_bundled_catalogue_is_on_a_page() -> None:
    """Of what the site shows: nothing of an element, tier, service, document, image, field or warning is left out."""
    validation = sites.bundled()
    made = sites.bundled_files(validation)
    text = re.sub(r"<[^>]+>", "\n", "\n".join(made[name].decode() for name in made if name.endswith(".html")))
    for kind in ("category", "tier", "service", "document", "element", "image", "required_field", "warning"):
        for resource in validation.desired["homologation"].state[kind].values():
            for name, value in resource.values.items():
                if isinstance(value, str) and not isinstance(value, type(to_json(1))) and name != "url":
                    shown = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&#34;").replace("'", "&#39;")
                    assert shown.replace(">", "&gt;") in text or value in text, (resource.address, name)


def test_commands_need_a_pack_that_can_be_shown(tmp_path: Path) -> None:
    validation = sites.bundled()
    assert commands.site_pack(validation).name == "homologation"
    with pytest.raises(Exception, match="The pack quiz has no site"):
        commands.site_pack(validation, "quiz")
