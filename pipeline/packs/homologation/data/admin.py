"""Accounts of the administration panel: made, listed and switched off, each time with an entry in its log of changes.

`admin_access_log` knows only who came and went. Passwords are kept as bcrypt makes them, and nothing here tells one.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from pipeline.database.session import discreet
from pipeline.errors import PipelineError
from pipeline.packs.homologation.data.catalogue import rows_alone
from pipeline.packs.homologation.tables import AdminUser, AuditLog

Role: TypeAlias = Literal["admin", "user"]
LEAST_CHARACTERS = 12
MOST_BYTES = 72
"""What bcrypt looks at; it would not see how a longer password goes on."""
_ENTITY = "admin_user"
_LENGTHS = {"username": 50, "display name": 100}
_ACTOR_LENGTH = 100


class AccountError(PipelineError):
    """An account cannot be made or switched off."""


@dataclass(frozen=True)
class NewUser:
    """An account to be made, by the account `created_by`, None where a person made it without one."""

    username: str
    password_hash: str = field(repr=False)
    role: Role = "user"
    display_name: str | None = None
    created_by: str | None = None


class User(NamedTuple):
    """An account as it may be shown; `created_by` is the name of the account that made it."""

    username: str
    role: str
    active: bool
    display_name: str | None
    created_at: datetime
    created_by: str | None


def hashed(password: str) -> str:
    """The password as the panel's table keeps it; takes a quarter of a second.

    Raises AccountError for one that is too short, or longer than bcrypt can tell from another.
    """
    import bcrypt

    try:
        secret = password.encode()
    except UnicodeEncodeError:
        raise AccountError("The password has characters that are no text in UTF-8.") from None
    if len(password) < LEAST_CHARACTERS:
        raise AccountError(f"The password is too short: it needs at least {LEAST_CHARACTERS} characters.")
    if len(secret) > MOST_BYTES:
        raise AccountError(
            f"The password is too long: it may have {MOST_BYTES} bytes, which are as many plain letters or fewer "
            "letters with accents."
        )
    if not password.isprintable():
        raise AccountError("The password has a character that cannot be typed, such as a tab or the end of a line.")
    return bcrypt.hashpw(secret, bcrypt.gensalt()).decode()


def named(text: str, what: Literal["username", "display name"] = "username") -> str:
    """The name in the one form that it is kept in. Raises AccountError for what cannot be one."""
    name = unicodedata.normalize("NFC", text)
    if not name.isprintable() or name != name.strip() or not 0 < len(name) <= _LENGTHS[what]:
        raise AccountError(
            f"{text!r} cannot be a {what}: it needs 1 to {_LENGTHS[what]} printable characters, with no space around."
        )
    if what == "username" and " " in name:
        raise AccountError(f"{text!r} cannot be a username: it has a space in it.")
    return name


async def create_user(session: AsyncSession, new: NewUser, *, actor: str | None = None) -> None:
    """Make an account. `actor` is who does it where no account does; None means the database user.

    Raises AccountError where the name is taken, or `created_by` is no administrator in use.
    """
    creator = None if new.created_by is None else await _administrator(session, new.created_by)
    shown = {"username": named(new.username), "role": new.role, "display_name": new.display_name, "is_active": True}
    maker = None if creator is None else creator.id
    row = {**shown, "password_hash": new.password_hash, "created_by": maker}
    made = insert(AdminUser).values(row).on_conflict_do_nothing(index_elements=["username"])
    with discreet():
        id_: uuid.UUID | None = await session.scalar(made.returning(col(AdminUser.id)))
    if id_ is None:
        raise AccountError(f"There is an account {new.username!r} already. `pipeline admin list-users` shows them.")
    changes = {name: {"old": None, "new": value} for name, value in shown.items() if value is not None}
    await _log(session, id_, "create", changes, new.created_by or actor, maker)


async def users(session: AsyncSession) -> list[User]:
    """All accounts, by name, without what they sign in with."""
    creator = aliased(AdminUser)
    query = (
        sa.select(
            col(AdminUser.username),
            col(AdminUser.role),
            col(AdminUser.is_active),
            col(AdminUser.display_name),
            col(AdminUser.created_at),
            col(creator.username),
        )
        .outerjoin(creator, col(AdminUser.created_by) == col(creator.id))
        .order_by(col(AdminUser.username))
    )
    return [User(*row) for row in (await session.execute(query)).all()]


async def deactivate_user(session: AsyncSession, username: str, *, actor: str | None = None) -> None:
    """Switch an account off; its rows stay. `actor` is who does it, None means the database user.

    Raises AccountError where there is no such account in use, or no other administrator would be left.
    """
    is_administrator = col(AdminUser.is_active) & (col(AdminUser.role) == "admin")
    # Who else switches off an administrator waits here, and then sees one less.
    held = sa.select(col(AdminUser.id)).where(is_administrator).order_by(col(AdminUser.id)).with_for_update()
    administrators = (await session.scalars(held)).all()
    found = await _account(session, username)
    if not found.is_active:
        raise AccountError(f"The account {username!r} is switched off already.")
    if list(administrators) == [found.id]:
        raise AccountError(
            f"The account {username!r} is the last administrator in use: nobody could let others in. Make another one "
            "first, with `pipeline admin create-user --role admin`."
        )
    await session.execute(sa.update(AdminUser).where(col(AdminUser.id) == found.id).values(is_active=False))
    await _log(session, found.id, "delete", {"is_active": {"old": True, "new": False}}, actor)


async def _account(session: AsyncSession, username: str) -> AdminUser:
    wanted = sa.select(AdminUser).where(col(AdminUser.username) == named(username)).options(rows_alone())
    found: AdminUser | None = await session.scalar(wanted)
    if found is None:
        raise AccountError(f"There is no account {username!r}. `pipeline admin list-users` shows those there are.")
    return found


async def _administrator(session: AsyncSession, username: str) -> AdminUser:
    """The account of somebody who may make others."""
    found = await _account(session, username)
    if not found.is_active or found.role != "admin":
        why = "no administrator" if found.is_active else "switched off"
        raise AccountError(f"The account {username!r} is {why}: it cannot make others.")
    return found


async def _log(
    session: AsyncSession,
    id_: uuid.UUID,
    action: Literal["create", "delete"],
    changes: Mapping[str, Any],
    actor: str | None,
    account: uuid.UUID | None = None,
) -> None:
    who = sa.func.left(sa.func.current_user() if actor is None else actor, _ACTOR_LENGTH)
    entry = {"entity_type": _ENTITY, "entity_id": id_, "action": action, "changes": changes, "user": who}
    await session.execute(sa.insert(AuditLog).values({**entry, "admin_user_id": account}))
