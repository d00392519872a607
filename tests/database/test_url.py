"""URLs, with and without their passwords."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg.connect_utils
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.database.url import checked_url, database_name, require_files, shown_url, split_password
from pipeline.errors import DatabaseError

SECRET = "hunter2"  # noqa: S105
SECRETS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(lambda text: f"<{text}>")
AWKWARD = st.lists(st.sampled_from([SECRET, "@", "/", "?", "#", ":", "%", "[", "=", "&", "12"]), max_size=5).map(
    "".join
)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_the_usual_schemes_are_understood(scheme: str) -> None:
    assert checked_url(f"{scheme}://ana@host/x") == "postgresql://ana@host/x"


@pytest.mark.parametrize("secret", ["p@ss", "12/34", "12?34", "ab#cd", "12#34", "p@ss:w@rd", "@12?", "12/34?a&b"])
def test_a_password_that_falls_into_pieces_is_asked_for_in_another_way(secret: str) -> None:
    with pytest.raises(DatabaseError, match="write %40 for @") as failed:
        checked_url(f"postgresql://ana:{secret}@host/x")

    assert secret not in str(failed.value)
    assert checked_url(f"postgresql://ana:{quote(secret, safe='')}@host/x")


@given(SECRETS)
def test_a_shown_url_has_no_password(secret: str) -> None:
    quoted = quote(secret, safe="")
    url = f"postgresql://ana:{quoted}@host/x?password={quoted}&sslmode=require&sslp%61ssword={quoted}"

    expected = "postgresql://ana:***@host/x?password=***&sslmode=require&sslp%61ssword=***"
    assert shown_url(url) == expected


@given(AWKWARD, AWKWARD, st.sampled_from(["ana:{}@host/x", "ana:&{}@host/x", "ana@host/x?password={}&ssl=1"]))
def test_whatever_a_password_is_it_is_not_shown(before: str, after: str, place: str) -> None:
    """A parameter ends at its `&`, whatever was meant; so there is none in those."""
    try:
        shown = shown_url(f"postgresql://{place.format(f'{before}s3cret{after}')}")
    except DatabaseError as error:
        shown = str(error)

    assert "s3cret" not in shown


def test_a_shown_url_says_all_else() -> None:
    assert shown_url(f"postgresql://ana:{SECRET}@host/x") == "postgresql://ana:***@host/x"
    assert shown_url("postgresql://ana:a:b@host/x?host=/tmp") == "postgresql://ana:***@host/x?host=/tmp"
    assert shown_url("postgresql://ana@host:5432/x?sslmode=require") == "postgresql://ana@host:5432/x?sslmode=require"
    assert shown_url("postgres:///x?host=/tmp&port=1") == "postgresql:///x?host=/tmp&port=1"


@given(SECRETS, st.booleans())
def test_a_password_is_taken_out_as_the_driver_reads_it(secret: str, in_query: bool) -> None:
    quoted = quote(secret, safe="")
    place = f"ana@host/x?password={quoted}&sslmode=disable" if in_query else f"ana:{quoted}@host/x?sslmode=disable"

    url, password = split_password(checked_url(f"postgresql://{place}"))

    assert (url, password) == ("postgresql://ana@host/x?sslmode=disable", secret)
    assert _as_read_by_the_driver(f"postgresql://{place}") == secret


def _as_read_by_the_driver(url: str) -> str | None:
    read = asyncpg.connect_utils._parse_connect_arguments
    given: dict[str, Any] = dict.fromkeys(inspect.signature(read).parameters)
    sizes = ("statement_cache_size", "max_cached_statement_lifetime", "max_cacheable_statement_size")
    _, parameters, _ = read(**given | dict.fromkeys(sizes, 0) | {"dsn": url})
    return str(parameters.password)


@pytest.mark.parametrize("url", ["postgresql://ana@host/x?sslmode=disable", "postgresql:///x?host=/tmp"])
def test_a_url_without_a_password_stays_as_it_is(url: str) -> None:
    assert split_password(url) == (url, None)


@pytest.mark.parametrize(
    ("place", "name"),
    [("host/tari%66f", "tariff"), ("host?dbname=tariff", "tariff"), ("host/?database=tariff", "tariff"), ("h", None)],
)
def test_the_database_that_a_url_names(place: str, name: str | None) -> None:
    assert database_name(f"postgresql://ana:{SECRET}@{place}") == name


def test_a_certificate_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    root = tmp_path / "root.crt"
    url = f"postgresql://ana:{SECRET}@host/x?sslrootcert={root}"
    with pytest.raises(DatabaseError, match=r"the file \S+root\.crt \(sslrootcert\) cannot be read") as failed:
        require_files(url)
    assert SECRET not in str(failed.value)

    root.touch()
    require_files(url)
