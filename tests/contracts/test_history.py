from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from scentd.contracts.history import GENESIS, extend, extend_all

LINES = st.lists(st.binary(max_size=40), max_size=12)
RECORDED = (Path(__file__).parent / "golden" / "history.txt").read_bytes().splitlines()


def test_the_chain_of_a_recorded_history_is_what_it_always_was():
    assert extend_all(GENESIS, RECORDED).hex() == "8ec21936a531e7d55731676fbdf21fe6"


@given(LINES, LINES)
def test_a_chain_can_be_continued_from_any_point(before, after):
    assert extend_all(extend_all(GENESIS, before), after) == extend_all(GENESIS, before + after)


@given(LINES, LINES)
def test_different_histories_have_different_chains(one, other):
    assert (extend_all(GENESIS, one) == extend_all(GENESIS, other)) == (one == other)


@given(st.binary(min_size=1, max_size=20), st.integers(min_value=0, max_value=20))
def test_where_a_line_ends_is_part_of_the_history(text, cut):
    split = [text[:cut], text[cut:]]

    assert extend_all(GENESIS, split) != extend(GENESIS, text)
