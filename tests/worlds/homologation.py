"""The catalogue of vehicles: its manifests nest, map and hang together, and people know its tables well."""

from __future__ import annotations

from pipeline.packs.homologation import PACK
from tests import from_schema
from tests.edits import edits
from tests.renames import names, renamed
from tests.strategies import catalogues
from tests.worlds.world import World

WORLD = World(PACK, catalogues(), edits, names(), renamed, from_schema.catalogues(), share=1)
