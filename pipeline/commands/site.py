"""The manifests of a pack as a website."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from pipeline import repository
from pipeline.commands.manifests import Validation, require_valid
from pipeline.errors import UsageError
from pipeline.manifest.document import Document
from pipeline.manifest.locate import lines
from pipeline.model.address import Address
from pipeline.model.pack import Pack
from pipeline.model.resource import Origin, Resource, State
from pipeline.plan.blame import Account
from pipeline.render.edition import Edition
from pipeline.render.source import Mark, checked_base, mark

PICTURES = "images"
"""The folder beside the manifests with the pictures that they refer to as `/images/…`."""
_PICTURES = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp")
_LARGEST = 16 * 1024 * 1024


def site_pack(validation: Validation, name: str | None = None) -> Pack:
    """The pack that a site is made of: the one named, or the only one that has manifests and can be shown.

    Raises UsageError where there is none, or more than one.
    """
    found = [pack for pack in validation.packs if pack.site is not None and name in (None, pack.name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"Say with --pack of which one: {', '.join(pack.name for pack in found)}.")
    about = f"The pack {name} has" if name else "The packs that have manifests here have"
    raise UsageError(f"{about} no site: it takes a pack that says how its resources are shown.")


def site(
    validation: Validation,
    pack: Pack,
    manifests: Path,
    *,
    source_url: str | None = None,
    accounts: Mapping[Address, Account] | None = None,
) -> dict[str, bytes]:
    """The files of a site by their paths. Same manifests, same bytes.

    `manifests` is their folder. `source_url` is what links to files are put behind. `accounts` say where values come
    from (see `commands.accounts`). Raises UsageError for an address that is none.
    """
    require_valid(validation, pack.name)
    base = checked_base(source_url) if source_url is not None else None
    state = validation.desired[pack.name].state
    marks = _marks(validation.documents, state, manifests, base)
    assert pack.site is not None  # noqa: S101 -- see `site_pack`
    files: dict[str, bytes] = pack.site()(Edition(pack, state, marks, accounts, dict(_pictures(state, manifests))))
    return files


def _marks(documents: tuple[Document, ...], state: State, manifests: Path, base: str | None) -> dict[Origin, Mark]:
    """The place of each resource and of each of its values."""
    wanted: dict[Origin, None] = {}
    for resource in _resources(state):
        if resource.origin is not None:
            wanted |= dict.fromkeys([resource.origin, *(resource.origin.at(name) for name in resource.values)])
    names = _names(documents, manifests)
    found = lines(documents, wanted)
    return {origin: mark(names.get(origin.file, origin.file), found[origin], base) for origin in wanted}


def _names(documents: tuple[Document, ...], manifests: Path) -> dict[str, str]:
    """The files by the names they are shown with to people: from the repository's top, or from the folder's parent."""
    top = (repository.top(manifests) or manifests.absolute().parent).resolve()
    names = {}
    for document in documents:
        path = document.path.resolve()
        names[document.file] = path.relative_to(top).as_posix() if path.is_relative_to(top) else path.name
    return names


def _pictures(state: State, manifests: Path) -> Iterator[tuple[str, bytes]]:
    """The pictures that stand beside the manifests, by the addresses that text fields give them."""
    folder = (manifests.absolute().parent / PICTURES).resolve()
    texts = {value for resource in _resources(state) for value in resource.values.values() if isinstance(value, str)}
    for text in sorted(text for text in texts if text.startswith(f"/{PICTURES}/")):
        steps = PurePosixPath(text).relative_to(f"/{PICTURES}")
        path = folder / steps
        if ".." in steps.parts or path.suffix.lower() not in _PICTURES or not text.isprintable():
            continue
        if path.is_file() and path.resolve().is_relative_to(folder) and path.stat().st_size <= _LARGEST:
            yield text, path.read_bytes()


def _resources(state: State) -> Iterator[Resource]:
    for resources in state.values():
        yield from resources.values()
