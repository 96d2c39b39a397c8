"""What the ledger knows of the broker, and what must be said."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.home_assistant.ledger import LONGEST_BYTES, MOST_TOPICS, Ledger

topics = st.sampled_from(["a/event", "a/state", "a/availability", "a/light"])
kept = st.dictionaries(topics, st.binary(min_size=1, max_size=4))


def obeying(ledger: Ledger, key: str, broker: dict[str, bytes], wanted: dict[str, bytes]) -> int:
    """Say what is missing; the number of messages that took."""
    said = ledger.missing(key, wanted)
    for message in said:
        broker.pop(message.topic, None)
        if message.payload:
            broker[message.topic] = message.payload
        ledger.note(key, message.topic, message.payload)
    return len(said)


@given(kept, st.lists(kept, min_size=1, max_size=4))
def test_the_broker_keeps_exactly_what_is_wanted_and_saying_so_again_says_nothing(
    before: dict[str, bytes], wishes: list[dict[str, bytes]]
) -> None:
    ledger, broker = Ledger(), dict(before)
    for topic, payload in before.items():
        ledger.note("a", topic, payload)

    for wanted in wishes:
        obeying(ledger, "a", broker, wanted)

        assert broker == wanted
        assert obeying(ledger, "a", broker, wanted) == 0

    assert ledger.keys == (frozenset({"a"}) if broker else frozenset())


def test_the_announcement_goes_first_when_a_device_goes() -> None:
    ledger = Ledger()
    for topic in ("a/availability", "a/state", "homeassistant/device/a/config"):
        ledger.note("a", topic, b"x")

    assert ledger.missing("a", {})[0].topic == "homeassistant/device/a/config"


def test_what_is_huge_is_known_to_be_there_and_no_more() -> None:
    ledger = Ledger()
    ledger.note("a", "a/state", b"x" * (LONGEST_BYTES + 1))

    (message,) = ledger.missing("a", {})

    assert (message.topic, message.payload) == ("a/state", b"")
    assert ledger.missing("a", {"a/state": b"x" * (LONGEST_BYTES + 1)}) != []


def test_it_remembers_no_more_topics_than_a_house_can_have() -> None:
    ledger = Ledger()
    for number in range(MOST_TOPICS + 5):
        ledger.note(f"{number}", f"{number}/state", b"x")

    assert len(ledger.keys) == MOST_TOPICS
    ledger.note("0", "0/state", b"")
    ledger.note("new", "new/state", b"x")
    assert "new" in ledger.keys
