"""Sites for the tests: of the bundled catalogues, or of any resources, in a folder."""

from __future__ import annotations

from pathlib import Path

from pipeline import CATALOG, commands
from pipeline.commands import Validation
from pipeline.config import PACKAGE
from pipeline.manifest import schema
from pipeline.model.pack import Pack
from pipeline.model.resource import Resource
from pipeline.packs.homologation import PACK
from pipeline.packs.homologation.site import files
from pipeline.render.edition import Edition
from pipeline.render.source import mark
from tests.builders import desired

MANIFESTS = PACKAGE.parent / "manifests"
COMPLETE: Pack = schema.complete(PACK, schema.read(PACKAGE.parent / "schemas" / "homologation"))
"""The pack with all its fields."""


def bundled() -> Validation:
    """The bundled manifests."""
    return commands.validate(MANIFESTS, CATALOG)


def bundled_files(validation: Validation, source_url: str | None = None) -> dict[str, bytes]:
    """The site of the bundled manifests."""
    return commands.site(validation, commands.site_pack(validation), MANIFESTS, source_url=source_url)


def edition(*resources: Resource, base: str | None = None) -> Edition:
    """What a site is made of; each resource stands on a line of its own, with all of its values."""
    made = desired(*resources)
    marks = {
        place: mark(origin.file, line, base)
        for line, resource in enumerate(made.resources, 1)
        if (origin := resource.origin)
        for place in (origin, *(origin.at(name) for name in resource.values))
    }
    return Edition(COMPLETE, made.state, marks)


def of_resources(*resources: Resource) -> dict[str, bytes]:
    """The site of some resources."""
    return files(edition(*resources))


def write(folder: Path, made: dict[str, bytes]) -> Path:
    """A site in a folder."""
    commands.publish(folder, made)
    return folder


def pages(folder: Path) -> list[str]:
    """The pages of a site, by their paths in it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
