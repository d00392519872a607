"""Accounts of the administration panel."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from pipeline.database.session import session
from pipeline.packs.homologation.data.admin import (
    AccountError,
    NewUser,
    create_user,
    deactivate_user,
    hashed,
    named,
    users,
)
from tests.database.catalogue import fetch

HASH = "$2b$12$" + "x" * 53
LOG = 'SELECT action, changes::text, "user", admin_user_id IS NULL FROM audit_log ORDER BY created_at, ctid'

BLOCKED = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


async def make(engine: AsyncEngine, name: str, actor: str | None = "ana", **more: Any) -> None:
    """An account with the least of it."""
    async with session(engine) as opened:
        await create_user(opened, NewUser(name, HASH, **more), actor=actor)


async def switch_off(engine: AsyncEngine, name: str, actor: str | None = "ana") -> None:
    async with session(engine) as opened:
        await deactivate_user(opened, name, actor=actor)


async def listed(engine: AsyncEngine) -> list[tuple[Any, ...]]:
    async with session(engine) as opened:
        return [(user.username, user.role, user.active, user.created_by) for user in await users(opened)]


def test_a_password_is_kept_as_bcrypt_checks_it() -> None:
    made = hashed("ñandú correcto")

    assert bcrypt.checkpw("ñandú correcto".encode(), made.encode())
    assert not bcrypt.checkpw(b"nandu correcto", made.encode())
    assert made != hashed("ñandú correcto")


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "too short"),
        ("x" * 11, "too short: it needs at least 12"),
        ("x" * 73, "too long: it may have 72 bytes"),
        ("ñ" * 37, "too long"),
        ("correct horse\n", "cannot be typed"),
        ("correct\0horse1", "cannot be typed"),
        ("correct horse\udcff", "no text in UTF-8"),
    ],
)
def test_a_password_that_is_no_good(password: str, said: str) -> None:
    with pytest.raises(AccountError, match=said) as failed:
        hashed(password)

    assert failed.value.__cause__ is None
    assert not password or password not in str(failed.value)


def test_passwords_at_the_limits() -> None:
    for password in ("x" * 12, "ñ" * 36, "x" * 72):
        assert bcrypt.checkpw(password.encode(), hashed(password).encode())


@pytest.mark.parametrize("name", ["", " eva", "eva\n", "e va", "e\0va", "x" * 51, "e\x1b[31mva", "\udcff"])
def test_what_is_no_username(name: str) -> None:
    with pytest.raises(AccountError, match="cannot be a username") as failed:
        named(name)

    assert str(failed.value).isprintable()


def test_names_are_kept_in_one_form() -> None:
    assert named("Nuño") == "Nuño"
    assert named("Nuño Pérez", "display name") == "Nuño Pérez"


def test_a_hash_is_not_shown_by_mistake() -> None:
    assert HASH not in repr(NewUser("eva", HASH))


async def test_accounts_are_made_and_listed(engine: AsyncEngine, database: str) -> None:
    await make(engine, "root", role="admin")
    await make(engine, "eva", display_name="Eva", created_by="root")

    assert await listed(engine) == [("eva", "user", True, "root"), ("root", "admin", True, None)]
    assert await fetch(database, "SELECT DISTINCT password_hash FROM admin_users") == [(HASH,)]


async def test_making_one_is_logged_without_its_password(engine: AsyncEngine, database: str) -> None:
    await make(engine, "root", role="admin", actor=None)
    await make(engine, "eva", display_name="Eva", created_by="root")

    root, eva = [(action, json.loads(changes), *who) for action, changes, *who in await fetch(database, LOG)]
    ((user,),) = await fetch(database, "SELECT CURRENT_USER")
    values = {"username": "eva", "role": "user", "display_name": "Eva", "is_active": True}
    assert eva == ("create", {name: {"old": None, "new": value} for name, value in values.items()}, "root", False)
    assert (root[0], root[2], root[3]) == ("create", user, True)
    both = "SELECT count(*) FROM audit_log JOIN admin_users u ON entity_id = u.id WHERE entity_type = 'admin_user'"
    assert await fetch(database, both) == [(2,)]


async def test_a_name_is_given_once(engine: AsyncEngine, database: str) -> None:
    await make(engine, "eva")
    with pytest.raises(AccountError, match="There is an account 'eva' already"):
        await make(engine, "eva", role="admin")

    assert await listed(engine) == [("eva", "user", True, None)]
    assert len(await fetch(database, LOG)) == 1


async def test_who_makes_others_is_an_administrator_in_use(engine: AsyncEngine) -> None:
    for name, role in (("root", "admin"), ("other", "admin"), ("eva", "user")):
        await make(engine, name, role=role)
    await switch_off(engine, "other")

    for name, said in (("nobody", "There is no account"), ("eva", "is no administrator"), ("other", "is switched off")):
        with pytest.raises(AccountError, match=said):
            await make(engine, "new", created_by=name)
    assert len(await listed(engine)) == 3


async def test_one_is_switched_off_and_stays(engine: AsyncEngine, database: str) -> None:
    await make(engine, "eva")
    before = await fetch(database, "SELECT updated_at FROM admin_users")
    await switch_off(engine, "eva", actor="x" * 200)

    assert await listed(engine) == [("eva", "user", False, None)]
    assert (await fetch(database, LOG))[1] == (
        "delete",
        '{"is_active": {"new": false, "old": true}}',
        "x" * 100,
        True,
    )
    assert await fetch(database, "SELECT updated_at FROM admin_users") > before
    with pytest.raises(AccountError, match="'eva' is switched off already"):
        await switch_off(engine, "eva")
    with pytest.raises(AccountError, match="There is no account 'ana'"):
        await switch_off(engine, "ana")


async def test_the_last_administrator_stays(engine: AsyncEngine) -> None:
    await make(engine, "root", role="admin")
    await make(engine, "other", role="admin")
    await make(engine, "eva")
    await switch_off(engine, "root")

    with pytest.raises(AccountError, match="'other' is the last administrator in use"):
        await switch_off(engine, "other")
    await switch_off(engine, "eva")


async def test_two_administrators_cannot_switch_each_other_off(engine: AsyncEngine, database: str) -> None:
    await make(engine, "root", role="admin")
    await make(engine, "other", role="admin")
    async with session(engine) as first:
        await deactivate_user(first, "root")
        second = asyncio.create_task(switch_off(engine, "other"))
        while not await fetch(database, BLOCKED):  # until the second stands before the rows that the first holds
            assert not second.done()

    with pytest.raises(AccountError, match="last administrator"):
        await second
    assert await listed(engine) == [("other", "admin", True, None), ("root", "admin", False, None)]


@settings(max_examples=200)
@given(st.text())
def test_a_name_is_refused_or_kept_as_it_can_be_typed(text: str) -> None:
    try:
        name = named(text)
    except AccountError:
        return
    assert name.isprintable()
    assert named(name) == name
