"""The statements that `pipeline db grants` prints. What they are good for is tried in tests/servers."""

from __future__ import annotations

import asyncio
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import commands
from pipeline.commands import Purpose
from pipeline.config import Settings
from pipeline.errors import UsageError
from pipeline.packs import CATALOG

NAMES = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=15)


def printed(
    role: str = "ana", purpose: Purpose = "plan", pack: str | None = "homologation", url: str | None = None
) -> list[str]:
    """The lines printed for a role."""
    return asyncio.run(commands.grants(Settings(database_url=url), CATALOG, role, purpose, pack)).splitlines()


def test_who_plans_may_read() -> None:
    said = printed()

    assert said[0] == "GRANT USAGE ON SCHEMA public, pipeline TO ana;"
    *tables, cases = said[1:]
    assert all(line.startswith("GRANT SELECT ON TABLE ") for line in tables)
    columns = "id, conversation_id, status, category_id, tariff_tier_id, element_codes, created_at"
    assert cases == f"GRANT SELECT ({columns}) ON TABLE public.cases TO ana;"
    assert "GRANT SELECT ON TABLE public.alembic_version_homologation TO ana;" in said
    assert "GRANT SELECT ON TABLE pipeline.ledger TO ana;" in said
    assert "GRANT SELECT ON TABLE public.elements TO ana;" in said


def test_who_applies_may_write_what_an_apply_writes() -> None:
    more = printed(purpose="apply")[len(printed()) :]

    assert printed(purpose="apply")[: len(printed())] == printed()
    assert (
        "GRANT INSERT (id, is_active, key, value, category), UPDATE (is_active, updated_at, key, value, category) "
        "ON TABLE public.policies TO ana;" in more
    )
    assert "GRANT INSERT, UPDATE (recorded) ON TABLE pipeline.changes TO ana;" in more
    columns = 'entity_type, entity_id, action, changes, "user"'
    assert f"GRANT INSERT ({columns}) ON TABLE public.audit_log TO ana;" in more
    assert [line for line in more if "DELETE" in line] == [
        "GRANT INSERT, UPDATE, DELETE ON TABLE pipeline.ledger TO ana;",
        "GRANT INSERT, DELETE ON TABLE pipeline.moves TO ana;",
    ]
    assert not re.search("TRUNCATE|CREATE|ALL|TRIGGER|REFERENCES|OPTION", "".join(more))


def test_a_database_is_named_where_the_url_names_one() -> None:
    said = printed(url="postgresql://ana:hunter2@host/Tarifas")

    assert said[0] == 'GRANT CONNECT ON DATABASE "Tarifas" TO ana;'
    assert said[1:] == printed()


@settings(deadline=None)
@given(NAMES)
def test_a_role_stands_in_quotes_unless_it_needs_none(name: str) -> None:
    if name == "public" or not name.isprintable() or len(name.encode()) > 63:
        return
    quoted = '"{}"'.format(name.replace('"', '""'))

    for line in printed(name):
        assert line.endswith((f" TO {quoted};", f" TO {name};"))
        assert line.endswith(f" TO {quoted};") or re.fullmatch(r"[a-z_][a-z0-9_]*", name)


@pytest.mark.parametrize("name", ["public", "", "a\nb", "a\x1b[31m", "x" * 64, "ñ" * 32, "a\0b"])
def test_what_cannot_be_a_role_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the role: say the name of one role") as failed:
        printed(name)

    assert str(failed.value).isprintable()


def test_an_unknown_pack_is_refused() -> None:
    with pytest.raises(UsageError, match=r"There is no pack 'nope'. Known: homologation, "):
        printed(pack="nope")


def test_every_pack_is_meant_where_none_is_named() -> None:
    alone = {line for pack in CATALOG for line in printed(pack=pack.name) if "ON SCHEMA" not in line}

    assert alone <= set(printed(pack=None))
    assert printed(pack=None)[0] == "GRANT USAGE ON SCHEMA public, pipeline, contracts, components, quiz TO ana;"


def test_who_applies_draws_the_numbers_of_new_rows() -> None:
    said = printed(purpose="apply", pack="components")

    assert said[0] == "GRANT USAGE ON SCHEMA public, pipeline, components TO ana;"
    assert "GRANT USAGE ON SEQUENCE components.embedding_models_id_seq TO ana;" in said
    assert not any("SEQUENCE" in line for line in printed(purpose="apply", pack="quiz"))
