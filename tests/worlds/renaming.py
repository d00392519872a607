"""New codes for manifests whose entries stand in sections: what `tests.renames` is to the catalogue of vehicles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy

from hypothesis import strategies as st

from pipeline.model.pack import Pack
from tests.renames import Names
from tests.strategies import Catalogue, Entry, Manifest


def names(codes: Mapping[str, Sequence[str]]) -> st.SearchStrategy[Names]:
    """Codes of some kinds become others among those given, perhaps each other's."""
    same = {kind: st.just({code: code for code in known}) for kind, known in codes.items()}
    other = {kind: st.permutations(known).map(_onto(known)) for kind, known in codes.items()}
    return st.fixed_dictionaries({kind: same[kind] | other[kind] for kind in codes})


def _onto(old: Sequence[str]) -> Callable[[list[str]], dict[str, str]]:
    return lambda new: dict(zip(old, new, strict=True))


def renames(pack: Pack, refer: Callable[[Entry, Names], None]) -> Callable[[Catalogue, Names], Catalogue]:
    """What writes a catalogue with its new codes. `refer` renames in an entry what that refers to."""

    def renamed(catalogue: Catalogue, new: Names) -> Catalogue:
        made = deepcopy(catalogue)
        for manifest in made.values():
            _rename(pack, manifest, new, refer)
        return made

    return renamed


def _rename(pack: Pack, manifest: Manifest, new: Names, refer: Callable[[Entry, Names], None]) -> None:
    manifest.pop("moved", None)
    if pack.scope in manifest:
        manifest[pack.scope] = new[pack.scope][manifest[pack.scope]]
    moved = []
    for kind in pack.top_level():
        for entry in manifest.get(kind.section, ()):
            refer(entry, new)
            old = entry[kind.code]
            entry[kind.code] = new[kind.name][old]
            if entry[kind.code] != old:
                moved.append({"kind": kind.name, "from": old, "to": entry[kind.code]})
    if moved:
        manifest["moved"] = moved
