"""The first lines of a manifest: which pack it belongs to, and which version of its format it is written in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.manifest.words import listed, quoted, suggestion
from pipeline.model.diagnostic import Diagnostic
from pipeline.model.resource import Origin


def check(file: str, data: Mapping[str, Any], packs: Mapping[str, int]) -> list[Diagnostic]:
    """What is wrong with a document's `pack` and `version`, given the newest version of each known pack."""
    found = []
    pack, version = data.get("pack"), data.get("version")
    if "pack" not in data:
        hint = 'write pack = "…" at the top of the file'
        found.append(_error("missing-pack", Origin(file), "the manifest does not say which pack it belongs to", hint))
    elif not isinstance(pack, str) or not pack:
        message = f"the pack must be named by a text, not {quoted(pack)}"
        found.append(_error("missing-pack", Origin(file, ("pack",)), message, f"known packs: {_known(packs)}"))
    elif pack not in packs:
        hint = suggestion(pack, packs) or f"known packs: {_known(packs)}"
        found.append(_error("unknown-pack", Origin(file, ("pack",)), f"there is no pack {quoted(pack)}", hint))
    newest = packs.get(pack) if isinstance(pack, str) else None
    hint = f"write version = {newest or 1}"
    if "version" not in data:
        message = "the manifest does not say which version of the format it is written in"
        found.append(_error("missing-version", Origin(file), message, f"{hint} below its pack"))
    elif not isinstance(version, int) or isinstance(version, bool):
        message = f"the version must be a whole number, not {quoted(version)}"
        found.append(_error("missing-version", Origin(file, ("version",)), message, hint))
    elif version < 1:
        found.append(_error("version", Origin(file, ("version",)), f"there is no version {version}", hint))
    elif newest is not None and version > newest:
        message = f"version {version} is newer than this tool, which knows versions up to {newest}"
        found.append(_error("version", Origin(file, ("version",)), message, "upgrade the tool"))
    return found


def _known(packs: Mapping[str, int]) -> str:
    return listed(sorted(packs), "and")


def _error(rule: str, origin: Origin, message: str, hint: str) -> Diagnostic:
    return Diagnostic(rule, "error", message, origin, hint)
