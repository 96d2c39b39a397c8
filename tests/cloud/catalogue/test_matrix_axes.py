"""What bottles differ by: every combination once, names that are free, and nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.catalogue.editing.matrix_axes import (
    Axes,
    Combination,
    MatrixTooLarge,
    missing,
    propose_sku,
    sku_prefix,
)

_words = st.text(min_size=1, max_size=4)
_combinations = st.builds(
    Combination.of,
    st.integers(1, 10**6),
    st.dictionaries(_words, _words, max_size=2),
)


@given(st.lists(_combinations, max_size=4))
def test_the_axes_of_bottles_hold_each_bottle_that_has_all_options(
    there: list[Combination],
) -> None:
    axes = Axes.of(there)

    names = {name for name, _values in axes.options}
    whole = [one for one in there if {axis for axis, _value in one.options} == names]
    assert set(whole) <= set(axes.combinations())
    assert axes.with_more(axes) == axes
    assert set(missing(axes, there)) | set(whole) == set(axes.combinations())
    assert not set(missing(axes, there)) & set(there)


@given(st.lists(_combinations, unique=True, max_size=6), st.text(max_size=50))
def test_every_proposed_sku_is_free_and_can_be_stored(wanted: list[Combination], mess: str) -> None:
    taken: set[str] = set()
    for one in wanted:
        sku = propose_sku("CEDBER", one, taken)
        assert sku not in taken
        assert len(sku) <= 40
        assert set(sku) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
        assert "--" not in sku
        taken.add(sku)


def test_a_new_value_proposes_exactly_the_bottles_that_are_missing() -> None:
    there = [Combination.of(size, {"strength": "soft"}) for size in (30_000, 50_000)]
    more = Axes((100_000,), (("strength", ("strong",)),))

    found = missing(Axes.of(there).with_more(more), there)

    assert [(one.capacity_ul, dict(one.options)["strength"]) for one in found] == [
        (30_000, "strong"),
        (50_000, "strong"),
        (100_000, "soft"),
        (100_000, "strong"),
    ]


@pytest.mark.parametrize(
    ("slug", "skus", "prefix"),
    [
        ("cedar-bergamot", [], "CEDBER"),
        ("fig", [], "FIG"),
        ("fig", ["CEDBER-50"], "CEDBER"),
        ("fig", ["CEDBER-30", "CEDBER-50", "CEDBER-100"], "CEDBER"),
        ("fig", ["CEDBER", "CEDBER-50"], "CEDBER"),
        ("green-fig", ["A-1", "B-1"], "GREFIG"),
    ],
)
def test_a_sku_begins_like_those_that_are_there(slug: str, skus: list[str], prefix: str) -> None:
    assert sku_prefix(slug, skus) == prefix


def test_a_sku_says_size_and_values() -> None:
    taken = {"CEDBER-7-5-AMBER"}

    first = propose_sku("CEDBER", Combination.of(50_000, {"glass": "Bérnstein!"}), taken)
    second = propose_sku("CEDBER", Combination.of(7_500, {"glass": "amber"}), taken)

    assert (first, second) == ("CEDBER-50-BERNSTEI", "CEDBER-7-5-AMBER-2")


def test_more_kinds_than_a_page_holds_are_refused() -> None:
    values = tuple(str(number) for number in range(20))

    with pytest.raises(MatrixTooLarge):
        Axes((1, 2), (("a", values), ("b", values))).combinations()
