"""What a tier includes in the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import CATALOG, commands
from pipeline.model.address import Key
from pipeline.model.resource import Resource
from pipeline.packs.homologation.effective import Effective, effective
from tests.builders import MOTOS, element, include, include_tier, state, tier

ROOT = Path(__file__).parents[3]
HOME: Key = (MOTOS,)


def found(code: str, *resources: Resource) -> dict[object, tuple[int | None, int | None, tuple[object, ...]]]:
    """What the tier includes, by code, with the codes of the tiers that say so."""
    rows = state(*map(tier, ("T1", "T2", "T3", "T4")), *map(element, ("ESCAPE", "FARO")), *resources)
    return {
        key[1]: (limits.minimum, limits.maximum, tuple(through[1] for through in limits.through))
        for key, limits in effective(rows, (HOME, code)).items()
    }


def most(resource: Resource, maximum: int) -> Resource:
    """The row with a maximum."""
    return resource._replace(values={**resource.values, "max_quantity": maximum})


def test_own_elements_have_their_own_limits() -> None:
    assert found("T1", include("T1", "FARO", min_quantity=1, max_quantity=2), include("T1", "ESCAPE")) == {
        "ESCAPE": (None, None, ()),
        "FARO": (1, 2, ()),
    }


def test_what_included_tiers_include_comes_along() -> None:
    rows = [include_tier("T1", "T2"), include_tier("T2", "T3"), include("T3", "FARO", max_quantity=2)]
    assert found("T1", *rows) == {"FARO": (None, 2, ("T3",))}
    assert found("T4", *rows) == {}


def test_an_own_inclusion_counts_before_inherited_ones() -> None:
    rows = [include_tier("T1", "T2"), include("T1", "FARO", max_quantity=1), include("T2", "FARO", max_quantity=5)]
    assert found("T1", *rows) == {"FARO": (None, 1, ())}


def test_who_includes_a_tier_gets_what_that_tier_gives() -> None:
    rows = [include_tier("T1", "T2"), include_tier("T2", "T3")]
    rows += [include("T2", "FARO", max_quantity=1), include("T3", "FARO", max_quantity=5)]
    assert found("T1", *rows) == {"FARO": (None, 1, ("T2",))}
    assert found("T1", *rows, include_tier("T1", "T3")) == {"FARO": (None, 5, ("T2", "T3"))}


def test_of_inherited_limits_the_widest_count() -> None:
    rows = [include_tier("T1", "T2"), include_tier("T1", "T3")]
    rows += [include("T2", "FARO", min_quantity=1, max_quantity=2), include("T3", "FARO", min_quantity=2)]
    assert found("T1", *rows) == {"FARO": (1, None, ("T2", "T3"))}


def test_a_maximum_of_a_whole_tier_holds_for_each_element_of_it() -> None:
    rows = [most(include_tier("T1", "T2"), 3), most(include_tier("T2", "T3"), 2)]
    rows += [include("T3", "FARO", max_quantity=5), include("T2", "ESCAPE", min_quantity=1)]
    assert found("T1", *rows) == {"ESCAPE": (1, 3, ("T2",)), "FARO": (None, 2, ("T3",))}


def test_tiers_that_include_each_other_share_what_they_have() -> None:
    rows = [include_tier("T1", "T2"), most(include_tier("T2", "T1"), 1)]
    rows += [include("T1", "FARO"), include("T2", "ESCAPE", max_quantity=2)]
    assert found("T1", *rows) == {"ESCAPE": (None, 2, ("T2",)), "FARO": (None, None, ())}
    assert found("T2", *rows) == {"ESCAPE": (None, 2, ()), "FARO": (None, 1, ("T1",))}


@pytest.mark.parametrize(
    "retired",
    [
        tier("T1", active=False),
        tier("T2", active=False),
        element("FARO", active=False),
        include_tier("T1", "T2")._replace(active=False),
        include("T2", "FARO", active=False),
    ],
    ids=lambda resource: str(resource.address),
)
def test_what_is_retired_does_not_count(retired: Resource) -> None:
    rows = [include_tier("T1", "T2"), include("T2", "FARO")]
    assert found("T1", *rows)
    with_it = state(retired, tier("T1"), tier("T2"), element("FARO"), *rows)
    assert effective(with_it, (HOME, "T1")) == {}


def test_a_retired_inclusion_does_not_hide_an_inherited_one() -> None:
    rows = [include_tier("T1", "T2"), include("T1", "FARO", max_quantity=1, active=False), include("T2", "FARO")]
    assert found("T1", *rows) == {"FARO": (None, None, ("T2",))}


def test_an_unknown_tier_includes_nothing() -> None:
    assert found("T9", include("T1", "FARO")) == {}


def test_the_bundled_tariffs() -> None:
    desired = commands.validate(ROOT / "manifests", CATALOG).desired["homologation"].state
    motos, campers = ("motos-part",), ("aseicars-prof",)
    assert len(effective(desired, (motos, "T1"))) == 42
    assert effective(desired, (motos, "T6"))[motos, "ESCAPE"] == Effective(None, 1, ())
    # T3 names the awning itself, without a limit; T6, which it includes, would allow one.
    assert effective(desired, (campers, "T3"))[campers, "TOLDO_LAT"] == Effective(None, None, ())
    assert effective(desired, (campers, "T2"))[campers, "CIERRES_EXT"] == Effective(None, 2, ())
