"""What the broker keeps of ours, and what must be said so that it is what it should be. Pure."""

from collections.abc import Mapping

from adapters.home_assistant.translate import with_tombstones
from scentd.ports import Publish

LONGEST_BYTES = 65_536
"""Four times the announcement of a diffuser with eight slots; what is longer is not ours."""
MOST_TOPICS = 10_000
"""Five times what 500 diffusers have; whoever may write to the broker can leave any number."""
_SOMETHING = b"\0"


class Ledger:
    """Remember the messages the broker keeps, by device and topic.

    What is too long to be ours is known to be there, and no more; beyond `MOST_TOPICS` nothing
    is remembered.
    """

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, bytes]] = {}
        self._topics = 0

    @property
    def keys(self) -> frozenset[str]:
        """Give the devices of which anything is kept."""
        return frozenset(self._kept)

    def clear(self) -> None:
        """Know nothing any more."""
        self._kept.clear()
        self._topics = 0

    def note(self, key: str, topic: str, payload: bytes) -> None:
        """Learn what is kept; an empty payload means nothing."""
        device = self._kept.setdefault(key, {})
        if device.pop(topic, None) is not None:
            self._topics -= 1
        if payload and self._topics < MOST_TOPICS:
            device[topic] = payload if len(payload) <= LONGEST_BYTES else _SOMETHING
            self._topics += 1
        if not device:
            del self._kept[key]

    def missing(
        self, key: str, wanted: Mapping[str, bytes], *, anew: bool = False
    ) -> list[Publish]:
        """Give what to say, in order, so that of the device exactly `wanted` is kept.

        `anew`: say what is kept already, too.
        """
        device = self._kept.get(key, {})
        said = [
            Publish(topic, payload, qos=1, retain=True)
            for topic, payload in self._complete(device, wanted).items()
            if anew or device.get(topic) != payload
        ]
        # The announcement first: a device must not seem to be there without its messages.
        gone = sorted(set(device) - set(wanted), key=lambda topic: not topic.endswith("/config"))
        return said + [Publish(topic, b"", qos=1, retain=True) for topic in gone]

    @staticmethod
    def _complete(device: Mapping[str, bytes], wanted: Mapping[str, bytes]) -> dict[str, bytes]:
        return {
            topic: with_tombstones(payload, device[topic])
            if topic.endswith("/config") and topic in device
            else payload
            for topic, payload in wanted.items()
        }
