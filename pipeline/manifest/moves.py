"""`[[moved]]`: entries that rename a resource, from the short paths that people write to natural keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.manifest.document import Document
from pipeline.model.address import Key, KeyPart
from pipeline.model.diagnostic import Diagnostic
from pipeline.model.kind import Kind
from pipeline.model.move import Move
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, State

SECTION = "moved"


def section() -> dict[str, Any]:
    """The JSON Schema of the section."""
    return {
        "type": "array",
        "title": "Moved",
        "description": "Renames: the row keeps its id and all that belongs to it. An entry does nothing once done.",
        "items": {"$ref": f"#/definitions/{SECTION}"},
    }


def entry(pack: Pack) -> dict[str, Any]:
    """The JSON Schema of one entry."""
    movable = [kind for kind in pack.kinds if kind.movable]
    deepest = max(movable, key=lambda kind: len(_steps(pack, kind)))
    path = "/".join(step.upper() for step in _steps(pack, deepest))
    about = f"by its code alone, or by what it stands in too, as {path} for a {deepest.name}."
    text = {"type": "string", "minLength": 1}
    return {
        "type": "object",
        "title": "Move",
        "required": ["kind", "from", "to"],
        "additionalProperties": False,
        "properties": {
            "kind": {
                "enum": [kind.name for kind in movable],
                "title": "Kind",
                "description": "What is renamed. A kind that only joins two others follows them by itself.",
                "examples": [deepest.name],
            },
            "from": {"title": "From", **text, "description": f"The old name, {about}", "examples": ["OLD"]},
            "to": {"title": "To", **text, "description": f"The new name, {about}", "examples": ["NEW"]},
        },
    }


def read(
    pack: Pack, document: Document, scope: Key | None, rejected: frozenset[Origin]
) -> tuple[list[Move], list[Diagnostic]]:
    """The entries of one document, with keys as they are written. What the schema refused is left out."""
    entries = document.data.get(SECTION)
    moves: list[Move] = []
    diagnostics: list[Diagnostic] = []
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        origin = Origin(document.file, (SECTION, index))
        if origin in rejected or not isinstance(entry, dict):
            continue
        kind = pack.kind.get(entry.get("kind", ""))
        written = entry.get("from"), entry.get("to")
        if kind is None or not kind.movable or not all(isinstance(text, str) for text in written):
            continue
        if scope is None and _needs_scope(pack, kind):
            diagnostics.append(_missing_scope(pack, kind, origin))
            continue
        steps = _steps(pack, kind)
        split = [str(text).split("/", len(steps) - 1) for text in written]
        short = next((word for word, found in zip(("from", "to"), split, strict=True) if len(found) < len(steps)), None)
        if short:
            diagnostics.append(_short_path(kind, steps, origin.at(short), str(entry[short])))
        else:
            source, target = (_key(pack, kind, iter(found), scope) for found in split)
            moves.append(Move(kind.name, source, target, origin))
    return moves, diagnostics


def settled(pack: Pack, state: State, moves: Sequence[Move]) -> tuple[Move, ...]:
    """The entries with all above their code as the manifests name it now.

    An entry may name what it stands in by that one's own old name or by its new one, and stays true when it is
    renamed later.
    """
    found: dict[int, Move] = {}
    known: dict[str, dict[Key, Move]] = {}
    for kind in pack.kinds:  # parents first
        for number, move in enumerate(moves):
            if move.kind == kind.name:
                found[number] = made = _settled(pack, state, known, kind, move)
                known.setdefault(kind.name, {}).setdefault(made.source, made)
    return tuple(found[number] for number in sorted(found))


def _settled(pack: Pack, state: State, known: dict[str, dict[Key, Move]], kind: Kind, move: Move) -> Move:
    source, target = list(move.source), list(move.target)
    for position, name in enumerate(kind.key[:-1]):
        old, new = source[position], target[position]
        if name in kind.ref and isinstance(old, tuple) and isinstance(new, tuple):
            to = kind.ref[name].to
            target[position] = new if new in state[to] else _end(state, known, to, new)
            if old != target[position] and _end(state, known, to, old) == target[position]:
                source[position] = target[position]
    return move._replace(source=tuple(source), target=tuple(target))


def _end(state: State, known: dict[str, dict[Key, Move]], kind: str, key: Key) -> Key:
    """Where the entries lead from a key: to the first that is declared, or where they end."""
    entries, seen = known.get(kind, {}), {key}
    while key in entries and entries[key].target not in seen:
        key = entries[key].target
        if key in state[kind]:
            break
        seen.add(key)
    return key


def _steps(pack: Pack, kind: Kind) -> list[str]:
    """What a path of the kind consists of, below the scope: `["element", "field_name"]`."""
    steps: list[str] = []
    for part in kind.key:
        ref = kind.ref.get(part)
        if ref is None:
            steps.append(part if steps else kind.name)
        elif ref.to != pack.scope:
            steps += _steps(pack, pack.kind[ref.to])
    return steps


def _key(pack: Pack, kind: Kind, steps: Iterator[str], scope: Key | None) -> Key:
    parts: list[KeyPart] = []
    for part in kind.key:
        ref = kind.ref.get(part)
        if ref is None:
            parts.append(next(steps))
        elif ref.to == pack.scope:
            parts.append(scope)
        else:
            parts.append(_key(pack, pack.kind[ref.to], steps, scope))
    return tuple(parts)


def _needs_scope(pack: Pack, kind: Kind) -> bool:
    refs = [kind.ref[part] for part in kind.key if part in kind.ref and not kind.ref[part].optional]
    return any(ref.to == pack.scope or _needs_scope(pack, pack.kind[ref.to]) for ref in refs)


def _missing_scope(pack: Pack, kind: Kind, origin: Origin) -> Diagnostic:
    message = f"{kind.section} belong to a {pack.scope}, and this file does not say in which one this is renamed"
    hint = f'write {pack.scope} = "…" at the top of the file, before the first section'
    return Diagnostic(f"missing-{pack.scope}", "error", message, origin, hint)


def _short_path(kind: Kind, steps: list[str], origin: Origin, written: str) -> Diagnostic:
    path = "/".join(step.upper() for step in steps)
    message = f"a {kind.name} is named by what it stands in too: {path}"
    return Diagnostic("moved-path", "error", message, origin, f"write {'/'.join(['…'] * (len(steps) - 1))}/{written}")
