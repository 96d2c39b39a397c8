"""The waits between attempts to reach the broker."""

from hypothesis import given
from hypothesis import strategies as st

from scentd.mqtt.backoff import Backoff


def longest_waits() -> Backoff:
    return Backoff(first_s=0.2, factor=1.7, draw=lambda: 1.0)


def test_waits_grow_by_the_factor_up_to_the_ceiling() -> None:
    backoff = longest_waits()

    waits = [round(backoff.next_s(ceiling_s=1.0), 3) for _ in range(5)]

    assert waits == [0.2, 0.34, 0.578, 0.983, 1.0]


def test_a_reset_begins_with_short_waits_again() -> None:
    backoff = longest_waits()
    for _ in range(9):
        backoff.next_s(ceiling_s=30.0)

    backoff.reset()

    assert backoff.next_s(ceiling_s=30.0) == 0.2


@given(st.floats(0, 1), st.integers(0, 400))
def test_no_wait_is_negative_or_above_the_ceiling(draw: float, attempts: int) -> None:
    backoff = Backoff(first_s=0.2, factor=1.7, draw=lambda: draw)

    waits = [backoff.next_s(ceiling_s=30.0) for _ in range(attempts)]

    assert all(0 <= wait <= 30.0 for wait in waits)
