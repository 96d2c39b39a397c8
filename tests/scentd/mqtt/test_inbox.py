"""What is kept and what is dropped when messages come too fast."""

from hypothesis import given
from hypothesis import strategies as st

from scentd.mqtt.inbox import Inbox


def drained(inbox: Inbox[str]) -> list[str]:
    return [inbox.take() for _ in range(len(inbox))]


def test_messages_leave_in_the_order_they_came() -> None:
    inbox: Inbox[str] = Inbox(3)

    for word in ("one", "two", "three"):
        inbox.put(word, is_cheap=word != "two")

    assert drained(inbox) == ["one", "two", "three"]


def test_the_oldest_telemetry_makes_room_for_what_is_dear() -> None:
    inbox: Inbox[str] = Inbox(3)
    inbox.put("description", is_cheap=False)
    inbox.put("old telemetry", is_cheap=True)
    inbox.put("new telemetry", is_cheap=True)

    lost = inbox.put("event", is_cheap=False)

    assert lost == "old telemetry"
    assert drained(inbox) == ["description", "new telemetry", "event"]


def test_the_bound_holds_even_when_all_are_dear() -> None:
    inbox: Inbox[str] = Inbox(2)

    lost = [inbox.put(word, is_cheap=False) for word in ("one", "two", "three")]

    assert lost == [None, None, "one"]
    assert drained(inbox) == ["two", "three"]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=200), st.integers(1, 20))
def test_everything_put_is_taken_or_counted_and_never_more_than_the_bound(
    steps: list[tuple[bool, bool]], capacity: int
) -> None:
    inbox: Inbox[int] = Inbox(capacity)
    taken: list[int] = []

    for number, (is_cheap, takes) in enumerate(steps):
        inbox.put(number, is_cheap=is_cheap)
        assert len(inbox) <= capacity
        if takes:
            taken.append(inbox.take())
    taken += [inbox.take() for _ in range(len(inbox))]

    assert taken == sorted(taken)
    assert len(taken) + inbox.dropped == len(steps)
