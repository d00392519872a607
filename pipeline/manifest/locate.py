"""The lines and columns of origins, looked up only when there is something to show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter

from pipeline.manifest.document import Document
from pipeline.manifest.position import Lines
from pipeline.manifest.scan import offsets
from pipeline.model.diagnostic import Diagnostic, Place, placed
from pipeline.model.resource import Origin


def locate(documents: Sequence[Document], diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics with their places, sorted. What already has a place keeps it.

    A key is at its first letter, an entry of an array of tables at its header, any other item of a list at
    its start. A path that is not in the file stands where its longest known part stands, at last on line 1.
    """
    found = list(diagnostics)
    at = places(documents, {origin for one in found if one.place is None for origin in (one.origin, *one.also)})
    return sorted(
        (
            placed(one, at[one.origin], tuple(at[origin] for origin in one.also)) if one.place is None else one
            for one in found
        ),
        key=Diagnostic.sort_key,
    )


def lines(documents: Sequence[Document], origins: Iterable[Origin]) -> dict[Origin, int]:
    """The line of each origin, 0 for those in files that were not read or have changed since."""
    wanted = dict.fromkeys(origins, 0)
    for document, inside in _by_document(documents, wanted):
        positions, found = _found(document, inside)
        for origin, offset in found:
            wanted[origin] = positions.line(offset)
    return wanted


def places(documents: Sequence[Document], origins: Iterable[Origin]) -> dict[Origin, Place]:
    """The place of each origin, the whole file for those in files that were not read or have changed since."""
    at = {origin: Place(origin.file) for origin in origins}
    for document, inside in _by_document(documents, at):
        positions, found = _found(document, inside)
        for origin, offset in found:
            at[origin] = positions.place(document.file, offset)
    return at


def _found(document: Document, inside: Sequence[Origin]) -> tuple[Lines, list[tuple[Origin, int]]]:
    """The document's lines, and the offsets of the origins in the order of the text."""
    text = document.text()
    if text is None:
        return Lines(""), []
    is_json = document.file.lower().endswith(".json")
    return Lines(text), sorted(offsets(text, is_json, inside).items(), key=itemgetter(1))


def _by_document(documents: Sequence[Document], origins: Iterable[Origin]) -> Iterable[tuple[Document, list[Origin]]]:
    """The documents in which any of the origins lie, with those."""
    inside: dict[str, list[Origin]] = {}
    for origin in origins:
        inside.setdefault(origin.file, []).append(origin)
    return [(document, inside[document.file]) for document in documents if document.file in inside]
