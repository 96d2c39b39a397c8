"""Messages of QoS 1 on their way out."""

from hypothesis import given
from hypothesis import strategies as st

from scentd.mqtt.outflow import UNANSWERED, WAITING, Outflow
from scentd.mqtt.packets import Incoming, Splitter
from scentd.ports import Publish


class Sent:
    """What an outflow wrote, as the broker reads it."""

    def __init__(self) -> None:
        self._splitter = Splitter(is_version_5=True, max_bytes=1_000)
        self.messages: list[Incoming] = []
        self.outflow = Outflow(self._take, is_version_5=True, expiry_s=15)

    def _take(self, packet: bytes) -> None:
        found = self._splitter.feed(packet)
        self.messages += [message for message in found if isinstance(message, Incoming)]

    def send(self, number: int) -> bool:
        return self.outflow.send(Publish("x", str(number).encode(), qos=1))

    @property
    def numbers(self) -> list[int]:
        return [int(message.payload or b"-1") for message in self.messages]


def test_only_so_many_are_unanswered_and_the_rest_follow_in_order() -> None:
    sent = Sent()

    for number in range(UNANSWERED + 5):
        assert sent.send(number)

    assert sent.numbers == list(range(UNANSWERED))
    for message in tuple(sent.messages):
        sent.outflow.answered(message.mid)
    assert sent.numbers == list(range(UNANSWERED + 5))


def test_a_broker_that_allows_one_at_a_time_gets_one_at_a_time() -> None:
    sent = Sent()
    sent.outflow.allow(1)

    sent.send(1)
    sent.send(2)

    assert sent.numbers == [1]
    sent.outflow.answered(sent.messages[0].mid)
    assert sent.numbers == [1, 2]


def test_too_many_that_wait_are_refused() -> None:
    sent = Sent()

    taken = [sent.send(number) for number in range(UNANSWERED + WAITING + 1)]

    assert taken[-2:] == [True, False]


def test_last_words_pass_what_waits() -> None:
    sent = Sent()
    for number in range(UNANSWERED + 1):
        sent.send(number)

    sent.outflow.send_at_once(Publish("x", b"99", qos=1, retain=True))

    assert sent.numbers[-1] == 99
    assert sent.messages[-1].is_retained


@given(st.lists(st.integers(0, 0xFFFF), max_size=200))
def test_whatever_is_acknowledged_no_number_is_used_twice_at_a_time(answers: list[int]) -> None:
    sent = Sent()
    open_mids: set[int] = set()

    for number, answer in enumerate(answers):
        known = len(sent.messages)
        open_mids.discard(answer)
        sent.outflow.answered(answer)
        sent.send(number)
        for message in sent.messages[known:]:
            assert message.mid not in open_mids
            open_mids.add(message.mid)

    assert sent.numbers == list(range(len(sent.numbers)))
