"""Where bottles are taken from: never more than there are, all of them or none."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from cloud.inventory.allocation import allocate

PLACES = (1, 2, 3)
SPOTS = [(variant, place) for variant in (7, 8, 9) for place in PLACES]

stocks = st.dictionaries(st.sampled_from(SPOTS), st.integers(-5, 20))
wishes = st.dictionaries(st.sampled_from((7, 8, 9)), st.integers(1, 30), min_size=1)


@given(wishes, stocks)
def test_everything_is_taken_from_what_is_there_or_nothing_is(wanted, free):
    taken = allocate(wanted, free, PLACES)

    there = {id_: sum(max(0, free.get((id_, place), 0)) for place in PLACES) for id_ in wanted}
    can_be_had = all(there[id_] >= count for id_, count in wanted.items())
    assert (taken is not None) == can_be_had
    for spot, count in (taken or {}).items():
        assert 0 < count <= free[spot]
    if taken is not None:
        sums = Counter()
        for (variant, _), count in taken.items():
            sums[variant] += count
        assert sums == wanted


@given(wishes, stocks)
def test_one_place_that_has_everything_sends_it_alone(wanted, free):
    whole = [
        place
        for place in PLACES
        if all(free.get((id_, place), 0) >= count for id_, count in wanted.items())
    ]

    taken = allocate(wanted, free, PLACES) or {}

    if whole:
        assert {place for _, place in taken} == {whole[0]}


def test_places_that_are_not_asked_give_nothing():
    assert allocate({7: 1}, {(7, 4): 10}, PLACES) is None
