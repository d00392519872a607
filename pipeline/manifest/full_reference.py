"""References written in full: a table of the parts of the target's key, for a target that may lie elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.model.address import Key, KeyPart
from pipeline.model.kind import Kind, Ref
from pipeline.model.pack import Pack
from pipeline.model.values import Value


def parts(pack: Pack, target: Kind) -> Iterator[str]:
    """The parts of the target's key that manifests write: all but the scope, which is that of the entry."""
    return (part for part in target.key if part not in target.ref or target.ref[part].to != pack.scope)


def schema(
    pack: Pack, ref: Ref, columns: Mapping[str, Mapping[str, Any]], described: Mapping[str, Any]
) -> dict[str, Any]:
    """The JSON Schema of such a reference. `described` is what its column says of it."""
    target = pack.kind[ref.to]
    properties = {}
    for part in parts(pack, target):
        owner = pack.kind[target.ref[part].to] if part in target.ref else target
        name = owner.code if part in target.ref else part
        properties[part] = {"title": part.replace("_", " ").capitalize(), **columns[owner.name][name].schema}
    return {
        "type": "object",
        "title": described["title"],
        "description": described.get("description", f"The {target.name}, by the parts of its key."),
        "required": [target.code],
        "additionalProperties": False,
        "properties": properties,
    }


def key(pack: Pack, ref: Ref, raw: Mapping[str, Any], found: Mapping[str, Value]) -> Key | None:
    """The key that the table says; what it leaves out is that of the entry. None where a part is no text."""
    target = pack.kind[ref.to]
    said: list[KeyPart] = []
    for part in target.key:
        near = found.get(part)
        here: KeyPart = near if near is None or isinstance(near, tuple) else str(near)
        if part in raw:
            if not isinstance(raw[part], str):
                return None
            above = here[:-1] if isinstance(here, tuple) else ()
            here = (*above, raw[part]) if part in target.ref else raw[part]
        said.append(here)
    return tuple(said)


def table(pack: Pack, ref: Ref, target: Key) -> dict[str, str]:
    """The reference to a key as it is written, with all parts said."""
    kind = pack.kind[ref.to]
    said = dict(zip(kind.key, target, strict=True))
    return {part: _code(said[part]) for part in parts(pack, kind)}


def _code(part: KeyPart) -> str:
    return _code(part[-1]) if isinstance(part, tuple) else str(part)
