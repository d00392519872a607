"""Manifests from files: every file that can be understood, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.errors import ManifestError
from pipeline.manifest import header
from pipeline.manifest.document import Document
from pipeline.manifest.files import File, find, read
from pipeline.manifest.locate import locate
from pipeline.manifest.shape import survey
from pipeline.manifest.syntax import decode, parse
from pipeline.manifest.text import normalised
from pipeline.model.diagnostic import Diagnostic


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


def _document(file: File, packs: Mapping[str, int]) -> Document | list[Diagnostic]:
    source = read(file)
    if isinstance(source, Diagnostic):
        return [source]
    text = decode(file.name, source)
    if isinstance(text, Diagnostic):
        return [text]
    data = parse(file.name, text)
    if isinstance(data, list):
        return data
    found = survey(file.name, data)
    problems = found.problems
    document = Document(file.name, file.path, "", data, source)
    if not problems or problems[0].rule != "too-deep":
        clean = normalised(file.name, text, data, found.texts)
        if isinstance(clean, dict):
            document = replace(document, data=clean)
        else:
            problems = [*problems, *clean]
        problems = [*problems, *header.check(file.name, document.data, packs)]
    if problems:
        return locate([document], problems)
    return replace(document, pack=document.data["pack"])
