"""From a fix to zones: distances, accuracy and the edge's width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.model.presence import TrackerKind, Zone
from scentd.presence.sighting import Position, Sighting, metres_between, zones_after

ZONE = Zone("home", "Lindenweg 4", 52.52, 13.405, 100)
NAMES = {"home": "home", "lindenweg 4": "home"}
METRE = 1 / 111_195
"""Degrees of latitude to a metre."""


def after(*, metres=0.0, accuracy=10.0, before=(), **said):
    position = Position(52.52 + metres * METRE, 13.405, accuracy)
    sighting = Sighting("a", TrackerKind.APP, **{"position": position, **said})
    return zones_after(sighting, [ZONE], frozenset(before), NAMES)


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ((52.52, 13.405), (48.8566, 2.3522), 877.5),
        ((-33.8688, 151.2093), (-36.8509, 174.7645), 2156.0),
        ((0, 179.5), (0, -179.5), 111.2),
        ((90, 0), (-90, 0), 20015.1),
    ],
)
def test_distances_agree_with_an_atlas(one, other, km):
    assert metres_between(*one, *other) / 1000 == pytest.approx(km, rel=0.003)


@pytest.mark.parametrize(
    ("metres", "accuracy", "was_in", "is_in"),
    [
        (90, 10, False, True),
        (110, 10, False, False),
        (110, 10, True, True),
        (130, 10, True, False),
        (180, 100, True, True),
        (210, 100, True, False),
        (50, 300, False, False),
        (50, 300, True, True),
        (900, 1000, True, True),
    ],
)
def test_the_edge_is_as_wide_as_the_fix_is_vague(metres, accuracy, was_in, is_in):
    before = {"home"} if was_in else set()

    found = after(metres=metres, accuracy=accuracy, before=before)

    assert found == ({"home"} if is_in else set())


def test_a_fix_of_a_cell_tower_says_nothing():
    assert after(metres=5000, accuracy=3000, before={"home"}) is None


@given(st.lists(st.floats(75, 124), max_size=30))
def test_a_fix_that_wanders_about_the_edge_comes_in_once_and_never_out(wandering):
    inside, changes = frozenset(), 0
    for metres in wandering:
        found = after(metres=metres, before=inside)
        changes += found != inside
        inside = found

    assert changes <= 1


def test_a_named_region_counts_whatever_its_case_and_an_unknown_one_does_not():
    assert after(position=None, within=frozenset({"LINDENWEG 4", "Moon"})) == {"home"}
    assert after(position=None, within=frozenset(), before={"home"}) == set()
    assert after(position=None, entered="Home") == {"home"}
    assert after(position=None, left="home", before={"home"}) == set()
    assert after(position=None, entered="Moon") is None
