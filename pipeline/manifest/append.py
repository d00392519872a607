"""One more entry at the end of a TOML manifest, with all that stands there left as it is."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Mapping
from typing import Any

from pipeline.errors import ManifestError, PipelineError
from pipeline.manifest.load import understood
from pipeline.manifest.validate import validate
from pipeline.manifest.writing import key, statement
from pipeline.model import values
from pipeline.model.diagnostic import Diagnostic
from pipeline.model.pack import Pack


def block(section: str, entry: Mapping[str, Any]) -> str:
    """The entry as it is written, with its header."""
    lines = [f"[[{key(section)}]]", *(statement(name, value) for name, value in entry.items())]
    return "\n".join(lines) + "\n"


def appended(
    pack: Pack, schema: Mapping[str, Any], file: str, source: bytes, section: str, entry: Mapping[str, Any]
) -> bytes:
    """The file's source with the entry in the section. It was read back and says what it said before, and the entry.

    Raises ManifestError where the file cannot be read or takes no entry at its end, and where no manifest may say it.
    """
    text = source.removeprefix(BOM_UTF8).decode()
    before = text.replace("\r\n", "\n").rstrip("\n") + "\n\n"
    new = before + block(section, entry)
    packs = {pack.name: pack.version}
    old, unreadable = understood({file: before}, packs)
    if unreadable:
        raise ManifestError(f"{file} has errors, so nothing was written. See each with `pipeline validate`.")
    read, wrong = understood({file: new}, packs)
    wrong = wrong or validate(read, schema)
    if wrong:
        raise _unsayable(file, wrong[0])
    wanted = {**old[0].data, section: [*old[0].data.get(section, ()), dict(entry)]}
    if values.json(read[0].data) != values.json(wanted):
        raise ManifestError(f"{file} takes no entry at its end; write it by hand:\n\n{block(section, entry)}")
    if "\r\n" in text:
        new = new.replace("\n", "\r\n")
    return (BOM_UTF8 if source.startswith(BOM_UTF8) else b"") + new.encode()


def _unsayable(file: str, found: Diagnostic) -> PipelineError:
    hint = f" ({found.hint})" if found.hint else ""
    return ManifestError(f"The entry cannot stand in {file}: {found.message}{hint}. Nothing was written.")
