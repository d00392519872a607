"""What the laws of the engine need of a pack to be tried on it: manifests, what people do by hand, and renames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hypothesis import strategies as st

from pipeline.commands.catalog import complete
from pipeline.model.pack import Pack
from tests.edits import Edit
from tests.renames import Names
from tests.strategies import Catalogue


@dataclass(frozen=True, repr=False)
class World:
    """A pack, and strategies of what happens to it.

    `catalogues` are valid manifests. `edits` are statements on its tables; what the database refuses of them is not
    done. `names` are new codes, and `renamed` gives the manifests that say so. `shaped` are manifests with whatever
    values the JSON Schema admits. `share` of the examples that the laws are tried with are about this pack.
    """

    pack: Pack
    catalogues: st.SearchStrategy[Catalogue]
    edits: st.SearchStrategy[list[Edit]]
    names: st.SearchStrategy[Names]
    renamed: Callable[[Catalogue, Names], Catalogue]
    shaped: st.SearchStrategy[Catalogue]
    share: float = 0.2

    def __repr__(self) -> str:
        return self.pack.name

    @cached_property
    def whole(self) -> Pack:
        """The pack with its fields."""
        return complete((self.pack,))[0]

    @property
    def head(self) -> dict[str, Any]:
        """How its manifests begin."""
        return {"pack": self.pack.name, "version": self.pack.version}

    @property
    def derives(self) -> bool:
        """Whether rows follow from others, so that a renamed one may change what follows."""
        return any(kind.derived for kind in self.pack.kinds)

    def examples(self, count: int) -> int:
        """How many of so many examples are about this pack."""
        return max(3, round(count * self.share / 2))  # there are four packs, and the tests shall end soon
