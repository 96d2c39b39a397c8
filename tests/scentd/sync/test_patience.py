from hypothesis import given
from hypothesis import strategies as st

from scentd.sync.patience import Patience


def test_pauses_double_up_to_the_longest_and_begin_anew_after_success():
    patience = Patience(2.0, lambda: 1.0)

    pauses = [patience.next_pause(15.0) for _ in range(5)]
    patience.succeeded()

    assert pauses == [2, 4, 8, 15, 15]
    assert patience.next_pause(15.0) == 2


@given(st.floats(0, 0.999), st.floats(0.1, 60), st.integers(0, 50), st.floats(1, 1_000))
def test_a_pause_is_drawn_below_its_bound(chance, first_s, failures, longest_s):
    patience = Patience(first_s, lambda: chance)
    for _ in range(failures):
        patience.next_pause(longest_s)

    assert 0 <= patience.next_pause(longest_s) <= longest_s


@given(st.floats(0, 0.999), st.floats(0, 600))
def test_a_pause_is_never_shorter_than_what_was_asked(chance, asked_s):
    assert Patience(2.0, lambda: chance).next_pause(10.0, at_least_s=asked_s) >= asked_s
