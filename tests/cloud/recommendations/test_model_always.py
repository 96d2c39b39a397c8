"""What holds of the model whatever the shop and the people are."""

import math
from itertools import permutations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from cloud.recommendations.blend import Person, Shop, Weights, rank
from cloud.recommendations.likeness import Likeness
from cloud.recommendations.reasons import Reason, ReasonKind
from cloud.recommendations.scents import scent_of
from cloud.recommendations.shapes import NEVER
from cloud.recommendations.taste import Taste, Wish, fit
from cloud.recommendations.together import FEWEST_HOMES, buying_of
from cloud.recommendations.variety import varied

FAMILIES = ("woody", "floral", "citrus", "fresh")
MOODS = ("calm", "cosy", "bright")
NOTES = ("cedar", "rose", "lemon", "moss", "black tea")
BASKETS = st.lists(st.lists(st.integers(1, 9), max_size=6), max_size=12)
SEEDS = st.integers(0, 2**32)


@st.composite
def scents(draw):
    count = draw(st.integers(2, 9))
    return [
        scent_of(
            number,
            draw(st.sampled_from(FAMILIES)),
            draw(st.integers(1, 5)),
            draw(st.lists(st.sampled_from(MOODS), max_size=2)),
            (),
            draw(st.lists(st.sampled_from(NOTES), max_size=3)),
        )
        for number in range(1, count + 1)
    ]


@st.composite
def tastes(draw):
    features = [f"family:{one}" for one in FAMILIES] + [f"mood:{one}" for one in MOODS]
    wishes = draw(st.lists(st.tuples(st.sampled_from(features), st.integers(NEVER, 5)), max_size=6))
    strength = draw(st.none() | st.integers(1, 5))
    return Taste(
        tuple(
            Wish(feature, weight, Reason(ReasonKind.ANSWER, 1, option=str(at)))
            for at, (feature, weight) in enumerate(wishes)
        ),
        strength,
        Reason(ReasonKind.ANSWER, 2) if strength else None,
    )


@st.composite
def people(draw):
    held = st.dictionaries(st.integers(1, 9), st.floats(0.01, 10), max_size=4)
    return Person(draw(held), draw(held), draw(st.none() | tastes()))


def shop_of(known, baskets):
    buying = buying_of(baskets)
    likeness = Likeness(known)
    most = max(buying.buyers.values(), default=1)
    return Shop(
        {
            one: {tie.product_id: tie.score for tie in found}
            for one, found in buying.ties(12).items()
        },
        {scent.product_id: dict(likeness.nearest(scent.product_id)) for scent in known},
        {product_id: count / most for product_id, count in buying.buyers.items()},
    )


WEIGHTS = st.builds(Weights, *(st.floats(0, 5) for _ in range(5)))


@given(BASKETS, SEEDS)
def test_the_order_of_people_and_of_their_purchases_changes_no_tie(baskets, seed):
    shuffled = [Random(seed).sample(basket, len(basket)) for basket in baskets]
    Random(seed).shuffle(shuffled)

    assert buying_of(shuffled).ties(12) == buying_of(baskets).ties(12)


@given(BASKETS)
def test_ties_go_both_ways_alike_are_fractions_and_stand_on_several_homes(baskets):
    ties = buying_of(baskets).ties(100)

    for one, found in ties.items():
        for tie in found:
            back = next(each for each in ties[tie.product_id] if each.product_id == one)
            assert (back.score, back.homes) == (tie.score, tie.homes)
            assert 0 < tie.score < 1
            assert tie.product_id != one
            shared = sum({one, tie.product_id} <= set(basket) for basket in baskets)
            assert tie.homes == shared >= FEWEST_HOMES


@given(scents(), SEEDS)
def test_likeness_is_the_same_both_ways_and_whatever_the_order(known, seed):
    shuffled = Random(seed).sample(known, len(known))
    likeness, other = Likeness(known), Likeness(shuffled)

    for one, two in permutations((scent.product_id for scent in known), 2):
        assert math.isclose(likeness.between(one, two), likeness.between(two, one))
        assert likeness.between(one, two) == other.between(one, two)
        assert 0 <= likeness.between(one, two) <= 1
    assert [likeness.nearest(scent.product_id) for scent in known] == [
        other.nearest(scent.product_id) for scent in known
    ]


@given(scents(), BASKETS, people(), WEIGHTS)
def test_what_is_known_or_unwanted_never_appears_and_all_else_has_reasons(
    known, baskets, person, weights
):
    ranked = rank(person, known, shop_of(known, baskets), weights)

    offered = {scent.product_id for scent in known}
    for one in ranked:
        assert one.scent.product_id in offered - person.known
        assert not (person.taste and person.taste.never & one.scent.features)
        assert math.isfinite(one.score)
        assert one.reasons
    assert len({one.scent.product_id for one in ranked}) == len(ranked)


@given(scents(), BASKETS, people(), WEIGHTS, SEEDS)
def test_the_order_of_the_shelf_changes_no_ranking(known, baskets, person, weights, seed):
    shop = shop_of(known, baskets)
    shuffled = Random(seed).sample(known, len(known))

    assert rank(person, shuffled, shop, weights) == rank(person, known, shop, weights)


@given(scents(), people(), BASKETS, WEIGHTS, st.integers(1, 9))
def test_variety_drops_nothing_while_there_is_room_and_keeps_families_apart(
    known, person, baskets, weights, most
):
    ranked = rank(person, known, shop_of(known, baskets), weights)
    chosen = varied(ranked, Likeness(known).between, most)

    assert len(chosen) == min(most, len(ranked))
    assert {one.scent.product_id for one in chosen} <= {one.scent.product_id for one in ranked}
    assert chosen[:1] == ranked[:1]
    for at in range(1, len(chosen) + 1):
        head, others = chosen[:at], [one for one in ranked if one not in chosen[: at - 1]]
        allowed = math.ceil((at + 2) / 3)
        family = head[-1].scent.family
        if sum(one.scent.family == family for one in head) > allowed:
            # Only when there was nothing else to choose from.
            before = [one.scent.family for one in head[:-1]]
            assert all(before.count(one.scent.family) >= allowed for one in others)


@given(scents(), tastes())
def test_a_fit_is_bounded_and_what_is_never_wanted_has_none(known, taste):
    for scent in known:
        fitted = fit(taste, scent)
        assert (fitted is None) == bool(taste.never & scent.features)
        if fitted is not None:
            assert -1.5 <= fitted.score <= 1.5


@given(scents(), st.sampled_from(FAMILIES))
def test_who_likes_one_family_gets_it_before_others(known, family):
    cause = Reason(ReasonKind.ANSWER, 1, "it")
    person = Person(taste=Taste((Wish(f"family:{family}", 4, cause),)))

    ranked = rank(person, known, Shop({}, {}, {}), Weights(1, 1, 1, 1, 1))

    assert {one.scent.family for one in ranked} <= {family}
    assert all(one.reasons == (cause,) for one in ranked)
