"""Manifests from files: every file that can be understood, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.errors import ManifestError
from pipeline.manifest import dates, header
from pipeline.manifest.document import Document
from pipeline.manifest.files import File, find, read
from pipeline.manifest.locate import locate
from pipeline.manifest.shape import survey
from pipeline.manifest.syntax import decode, parse
from pipeline.manifest.text import normalised
from pipeline.model.diagnostic import Diagnostic
from pipeline.model.resource import Origin


def load(root: Path, packs: Mapping[str, int]) -> tuple[list[Document], list[Diagnostic]]:
    """The documents in the `*.toml` and `*.json` files below `root` (or in that one file), in order of their paths.

    `packs` maps the known packs to the newest version of their manifests. A file with a mistake gives
    diagnostics, with their places, and no document. Raises ManifestError only if `root` does not exist.
    """
    if not root.exists():
        raise ManifestError(
            f"The manifests' folder {root} does not exist. Run the command where it lies, or name the right folder."
        )
    documents = []
    files, diagnostics = find(root)
    for file in files:
        result = _document(file, packs)
        if isinstance(result, Document):
            documents.append(result)
        else:
            diagnostics.extend(result)
    return documents, sorted(diagnostics, key=Diagnostic.sort_key)


def understood(texts: Mapping[str, str], packs: Mapping[str, int]) -> tuple[list[Document], list[Diagnostic]]:
    """The documents that texts make, by the names of the files they are for."""
    documents, diagnostics = [], []
    for name, text in texts.items():
        result = _understand(name, text.encode(), packs)
        if isinstance(result, Document):
            documents.append(result)
        else:
            diagnostics.extend(result)
    return documents, diagnostics


def _document(file: File, packs: Mapping[str, int]) -> Document | list[Diagnostic]:
    source = read(file)
    if isinstance(source, Diagnostic):
        return [source]
    return _understand(file.name, source, packs, file.path)


def _understand(
    name: str, source: bytes, packs: Mapping[str, int], path: Path | None = None
) -> Document | list[Diagnostic]:
    """The document that a file of this name and these bytes is, or what is wrong with it."""
    text = decode(name, source)
    if isinstance(text, Diagnostic):
        return [text]
    data = parse(name, text)
    if isinstance(data, list):
        return data
    found = survey(name, data)
    problems = found.problems
    document = Document(name, Path(name) if path is None else path, "", data, source)
    if not problems or problems[0].rule != "too-deep":
        if found.dated:
            data, stood = dates.spelled(data, Origin(name))
            problems = [*problems, *dates.too_exact(text, stood)]
            document = replace(document, data=data, dates=tuple(stood))
        clean = normalised(name, text, data, found.texts)
        if isinstance(clean, dict):
            document = replace(document, data=clean)
        else:
            problems = [*problems, *clean]
        problems = [*problems, *header.check(name, document.data, packs)]
    if problems:
        return locate([document], problems)
    return replace(document, pack=document.data["pack"])
