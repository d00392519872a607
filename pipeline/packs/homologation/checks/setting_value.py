"""A setting's value is text that must read as its type says."""

from __future__ import annotations

import re
from collections.abc import Iterable

import orjson

from pipeline.checks.wording import quoted, where
from pipeline.model.diagnostic import Desired, Finding, Rule
from pipeline.model.pack import Pack
from pipeline.packs.homologation.checks.common import stated

_INTEGER = re.compile(r"-?[0-9]+")


def check(desired: Desired, pack: Pack) -> Iterable[Finding]:
    """One finding per setting whose value does not fit its type."""
    for setting in desired.state["setting"].values():
        value, value_type = setting.values.get("value"), stated(setting, "value_type", pack)
        if isinstance(value, str) and not _fits(value, value_type):
            message = f"{setting.address} is of type {value_type}, and {quoted(value)} is none"
            yield Finding(message, where(setting, "value"), _hint(value, value_type))


def _fits(value: str, value_type: object) -> bool:
    match value_type:
        case "integer":
            return _INTEGER.fullmatch(value) is not None
        case "boolean":
            return value in ("true", "false")
        case "json":
            return _json_error(value) == ""
    return True


def _json_error(value: str) -> str:
    try:
        orjson.loads(value)
    except orjson.JSONDecodeError as error:
        return str(error)
    return ""


def _hint(value: str, value_type: object) -> str:
    match value_type:
        case "integer":
            return "write digits only, without a unit, a point or spaces"
        case "boolean":
            return 'write "true" or "false"'
    return f"as JSON: {_json_error(value)}"


RULE = Rule("setting-value", "error", "A setting's value reads as its type says.", check)
