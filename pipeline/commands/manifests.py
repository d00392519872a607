"""Manifests alone: read, check, and make their schemas. No database is needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import checks
from pipeline.commands.catalog import Catalog, complete, described, versions
from pipeline.errors import ManifestError, UsageError
from pipeline.manifest.document import Document
from pipeline.manifest.load import load
from pipeline.manifest.locate import locate
from pipeline.manifest.resolve import resolve
from pipeline.manifest.validate import validate as check_schema
from pipeline.model.diagnostic import Desired, Diagnostic


@dataclass(frozen=True)
class Validation:
    """What the manifests say and what is wrong with them. `packs` have their fields, documents just their text."""

    documents: tuple[Document, ...]
    packs: Catalog
    desired: dict[str, Desired]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing stands in the way of a plan."""
        return not any(found.severity == "error" for found in self.diagnostics)


def validate(root: Path, catalog: Catalog) -> Validation:
    """Read and check all manifests below `root`. Needs no database. Findings are data, not exceptions.

    The packs of what comes back are those that have manifests.
    """
    documents, unreadable = load(root, versions(catalog))
    names = {document.pack for document in documents}
    return checked(complete(pack for pack in catalog if pack.name in names), documents, unreadable)


def checked(packs: Catalog, documents: Sequence[Document], unreadable: Sequence[Diagnostic]) -> Validation:
    """What documents say, and all that is wrong with them and with the files that could not be read."""
    readable, found = not unreadable, list(unreadable)
    desired = {}
    for pack in packs:
        own = [document for document in documents if document.pack == pack.name]
        rejected = check_schema(own, described(pack))
        desired[pack.name], unresolved = resolve(own, pack, [item.origin for item in rejected])
        found += [*rejected, *unresolved]
        if readable:  # with a file missing from the picture, references to it would look wrong
            found += checks.run(desired[pack.name], pack)
    located = locate(documents, dict.fromkeys(found))
    texts = tuple(document.emptied() for document in documents)  # what they say is in `desired` now
    return Validation(texts, packs, desired, tuple(located))


def validate_paths(root: Path, paths: Sequence[Path], catalog: Catalog) -> Validation:
    """Check all manifests, and report what stands in or touches `paths`; everything where there are none.

    A folder that lies outside `root` is checked as a folder of manifests of its own.
    """
    outside = [path for path in paths if path.is_dir() and not path.resolve().is_relative_to(root.resolve())]
    if outside and len(paths) == 1:
        return validate(outside[0], catalog)
    validation = validate(root, catalog)
    if not paths:
        return validation
    inside = within(root, paths)

    def concerns(found: Diagnostic) -> bool:
        return any(map(inside, [found.origin.file, *(place.file for place in found.also_places)]))

    return replace(validation, diagnostics=tuple(filter(concerns, validation.diagnostics)))


def within(root: Path, paths: Sequence[Path]) -> Callable[[str], bool]:
    """A test for files that are one of `paths` or lie below one. UsageError for a path that is not below `root`."""
    missing = [path for path in paths if not path.exists() or not path.resolve().is_relative_to(root.resolve())]
    if missing:
        raise UsageError(f"{missing[0]} is no file or folder below {root}. Say --manifests for another folder.")
    wanted = [path.resolve() for path in paths]
    return lambda file: any(Path(file).resolve().is_relative_to(path) for path in wanted)


def errors(validation: Validation, pack: str | None = None) -> list[Diagnostic]:
    """What stands in the way of a plan, or of a plan of one pack: then mistakes in files of others do not."""
    others = {document.file for document in validation.documents if pack not in (None, document.pack)}
    return [found for found in validation.diagnostics if found.severity == "error" and found.origin.file not in others]


def require_valid(validation: Validation, pack: str | None = None) -> None:
    """Raise ManifestError if the manifests, or those of the pack, have errors."""
    if errors(validation, pack):
        raise ManifestError("The manifests have errors: nothing was planned. See each with `pipeline validate`.")
