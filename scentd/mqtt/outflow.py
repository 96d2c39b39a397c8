"""Messages of QoS 1 on their way out: numbered, few of them unanswered, the rest waiting.

They are the hub's commands. A connection begins clean, so that nothing is ever sent again here:
whoever asked repeats himself.
"""

from collections import deque
from collections.abc import Callable

from scentd.mqtt.packets import publish_packet
from scentd.ports import Publish

UNANSWERED = 20
"""As many as mosquitto holds for a client by default; a broker that allows less says so."""

WAITING = 10_000
"""More than all commands of a house at once; beyond this a message is refused."""

_FIRST_MID, _LAST_MID = 0x8000, 0xFFFF
"""The upper half of the numbers: the lower one is paho's, for subscriptions."""


class Outflow:
    """Send in order through `write`, `UNANSWERED` at a time.

    `expiry_s`: a broker of MQTT 5 may keep what is not retained for so long.
    """

    def __init__(
        self, write: Callable[[bytes], None], *, is_version_5: bool, expiry_s: int
    ) -> None:
        self._write = write
        self._is_version_5 = is_version_5
        self._expiry_s = expiry_s
        self._most = UNANSWERED
        self._mid = _LAST_MID
        self._unanswered: set[int] = set()
        self._waiting: deque[Publish] = deque()

    def allow(self, most: int) -> None:
        """Leave at most so many unanswered: what the broker said on signing in."""
        self._most = max(1, min(self._most, most))

    def send(self, message: Publish) -> bool:
        """Send a message now or in its turn; False when too many wait already."""
        if len(self._waiting) >= WAITING:
            return False
        self._waiting.append(message)
        self._flow()
        return True

    def answered(self, mid: int) -> None:
        """Learn that the broker has taken a message; a number it made up counts for nothing."""
        self._unanswered.discard(mid)
        self._flow()

    def send_at_once(self, message: Publish) -> None:
        """Send a last message, before all that wait and whatever is unanswered."""
        self._put(message)

    def _flow(self) -> None:
        while self._waiting and len(self._unanswered) < self._most:
            self._put(self._waiting.popleft())

    def _put(self, message: Publish) -> None:
        self._mid = self._mid + 1 if self._mid < _LAST_MID else _FIRST_MID
        self._unanswered.add(self._mid)
        packet = publish_packet(
            message.topic,
            message.payload,
            is_retained=message.retain,
            is_version_5=self._is_version_5,
            mid=self._mid,
            expiry_s=None if message.retain else self._expiry_s,
        )
        self._write(packet)
