"""Changes to the text of a TOML manifest that leave all else as it is: comments, order and layout."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from pipeline.manifest.document import Document
from pipeline.manifest.load import understood
from pipeline.manifest.writing import toml
from pipeline.model import values

Path = tuple[str | int, ...]
_ODD = "the tool cannot change a file that is written this way without touching other lines"


class Edit(NamedTuple):
    """Put a value at a path of keys and indexes, which may be a new key; None takes away what stands there."""

    path: Path
    value: Any


class UneditableError(Exception):
    """The file cannot be changed with all else left as it is: the message says why."""


def edited(document: Document, edits: Iterable[Edit], packs: Mapping[str, int]) -> bytes:
    """The document's new source. It was read back and says just what it said before, but for the edits."""
    wanted = list(edits)
    if not document.file.lower().endswith(".toml"):
        raise UneditableError("the file is JSON, which is only changed by hand")
    text = document.content().removeprefix(BOM_UTF8).decode()
    is_windows = 0 < text.count("\n") == text.count("\r\n")
    new = _in_text(text.replace("\r\n", "\n") if is_windows else text, wanted)
    read, _ = understood({document.file: new}, packs)
    if not read or values.json(read[0].data) != values.json(in_data(document.data, wanted)):
        raise UneditableError(_ODD)
    if is_windows:
        new = new.replace("\n", "\r\n")
    return (BOM_UTF8 if document.content().startswith(BOM_UTF8) else b"") + new.encode()


def in_data(data: dict[str, Any], edits: Iterable[Edit]) -> dict[str, Any]:
    """A copy of the data with the edits carried out."""
    changed = deepcopy(data)
    for edit in _in_order(edits):
        home = _home(changed, edit.path)
        if edit.value is None:
            del home[edit.path[-1]]
        else:
            home[edit.path[-1]] = edit.value
    return changed


def _in_text(text: str, edits: list[Edit]) -> str:
    import tomlkit  # slow to import, and hardly ever needed
    from tomlkit.exceptions import TOMLKitError

    try:
        parsed = tomlkit.parse(text)
        if tomlkit.dumps(parsed) != text:  # it gathers the entries of a list that stand far from each other
            raise UneditableError(_ODD)
        for edit in _in_order(edits):
            home = _home(parsed, edit.path)
            if edit.value is None:
                del home[edit.path[-1]]
            else:
                home[edit.path[-1]] = tomlkit.value(toml(edit.value))
        return tomlkit.dumps(parsed)
    except (TOMLKitError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise UneditableError(_ODD) from error


def _in_order(edits: Iterable[Edit]) -> list[Edit]:
    """Values first; then what is taken away, the last of a list first, so that no index moves before its turn."""
    found = list(edits)
    gone = [edit for edit in found if edit.value is None]
    return [edit for edit in found if edit.value is not None] + sorted(
        gone, key=lambda edit: [(isinstance(step, str), step) for step in edit.path], reverse=True
    )


def _home(data: Any, path: Path) -> Any:
    for step in path[:-1]:
        data = data[step]
    return data
