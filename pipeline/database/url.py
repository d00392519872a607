"""URLs of databases: understood, and shown or handed on without the password in them."""

from __future__ import annotations

import os
from urllib.parse import SplitResult, parse_qsl, unquote, unquote_plus, urlsplit

from pipeline.errors import DatabaseError

WHERE = "Look at --database-url, at PIPELINE_DATABASE_URL or at [tool.pipeline] in pyproject.toml."
_SCHEMES = ("postgresql", "postgres", "postgresql+asyncpg")
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
_SECRETS = ("password", "sslpassword")
_SHOWN = (
    *("host", "port", "user", "database", "dbname", "ssl", "sslmode", "ssl_min_protocol_version"),
    *("ssl_max_protocol_version", "sslnegotiation", "passfile", "target_session_attrs", "krbsrvname", "gsslib"),
    *("application_name", "connect_timeout", "options", "service", "servicefile", *_FILES),
)
"""Parameters that are shown. Any other may be a piece of a password with an & in it."""


def checked_url(url: str) -> str:
    """The URL as asyncpg reads it. Raises DatabaseError, without its password, where it is no PostgreSQL URL.

    A password with @ / ? or # in it would fall into pieces, which would be taken for a host or a database, and
    errors repeat those. So it must be percent-encoded.
    """
    scheme, _, rest = url.partition("://")
    if scheme not in _SCHEMES or not rest:
        raise DatabaseError(f"The database URL must read postgresql://user@host/database. {WHERE}")
    parts = _split(f"postgresql://{rest}")
    stray = "@" in f"{parts.path}{parts.query}" or parts.netloc.count("@") > 1 or "#" in rest
    if stray or not all("=" in pair for pair in _pairs(parts)):
        raise DatabaseError(
            "The database URL cannot be understood. In what it names, such as a password, write %40 for @, %2F for /, "
            f"%3F for ?, %23 for # and %26 for &. {WHERE}"
        )
    return f"postgresql://{rest}"


def shown_url(url: str) -> str:
    """The URL without its password. Raises DatabaseError where it is no PostgreSQL URL."""
    parts = _split(checked_url(url))
    user, colon, _ = parts.netloc.rpartition("@")[0].partition(":")
    netloc = f"{user}:***@{parts.netloc.rpartition('@')[2]}" if colon else parts.netloc
    return _joined(netloc, parts, [_shown(pair) for pair in _pairs(parts)])


def _shown(pair: str) -> str:
    name = _name(pair)
    if name in _SHOWN:
        return pair
    return f"{pair.partition('=')[0]}=***" if name in _SECRETS else "***"


def split_password(url: str) -> tuple[str, str | None]:
    """A checked URL without its secrets, and the password: everybody can read the command line of a program."""
    parts = _split(url)
    credentials, at, place = parts.netloc.rpartition("@")
    user, colon, quoted = credentials.partition(":")
    said = [unquote_plus(pair.partition("=")[2]) for pair in _pairs(parts) if _name(pair) == "password"]
    password = unquote(quoted) if colon else next(reversed(said), None)
    return _joined(
        f"{user}{at}{place}", parts, [pair for pair in _pairs(parts) if _name(pair) not in _SECRETS]
    ), password


def database_name(url: str) -> str | None:
    """The database that the URL names, if it does."""
    parts = _split(checked_url(url))
    named = dict(parse_qsl(parts.query))
    return unquote(parts.path[1:]) or named.get("dbname") or named.get("database")


def require_files(url: str) -> None:
    """Raise DatabaseError for a certificate or key that a checked URL names and that cannot be read."""
    for name, file in parse_qsl(_split(url).query):
        if name in _FILES and not os.access(file, os.R_OK):
            raise DatabaseError(f"The database cannot be reached: the file {file} ({name}) cannot be read. {WHERE}")


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # whose text repeats the URL
        raise DatabaseError(f"The database cannot be reached: its URL cannot be understood. {WHERE}") from None


def _pairs(parts: SplitResult) -> list[str]:
    return parts.query.split("&") if parts.query else []


def _name(pair: str) -> str:
    return unquote_plus(pair.partition("=")[0])


def _joined(netloc: str, parts: SplitResult, pairs: list[str]) -> str:
    query = "&".join(pairs)
    return f"postgresql://{netloc}{parts.path}{'?' if query else ''}{query}"
