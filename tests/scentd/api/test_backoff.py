from hypothesis import given
from hypothesis import strategies as st

from scentd.api.backoff import PEERS_REMEMBERED, BackOff
from scentd.api.errors import TooManyTries


def is_locked(guard, peer):
    try:
        guard.check(peer)
    except TooManyTries:
        return True
    return False


@given(st.lists(st.floats(min_value=0, max_value=40), max_size=40))
def test_an_address_is_locked_exactly_after_a_limit_of_failures_within_the_window(pauses):
    now = [0.0]
    guard = BackOff(lambda: now[0], limit=3, window_s=60, lock_s=100)
    recent: list[float] = []
    locked_until = 0.0

    for pause in pauses:
        now[0] += pause
        assert is_locked(guard, "a") == (now[0] < locked_until)
        guard.failed("a")
        recent = [at for at in recent if now[0] - at < 60] + [now[0]]
        if len(recent) == 3:
            recent, locked_until = [], now[0] + 100


def test_success_forgets_failures():
    guard = BackOff(lambda: 0.0, limit=2, window_s=60, lock_s=100)
    guard.failed("a")
    guard.succeeded("a")

    guard.failed("a")

    assert not is_locked(guard, "a")


def test_memory_is_bounded_whoever_knocks():
    guard = BackOff(lambda: 0.0, limit=1, window_s=60, lock_s=100)

    for number in range(PEERS_REMEMBERED + 1):
        guard.failed(str(number))

    assert not is_locked(guard, "0")
    assert is_locked(guard, "1")
