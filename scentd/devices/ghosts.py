"""Commands that a broker keeps: each switches its device, like a ghost, when that comes back."""

from collections.abc import Callable, Mapping
from functools import partial

from scentd.model.diffuser import Diffuser
from scentd.ports import Broker, DiffuserDialect, Inbound, Publish


class Ghosts:
    """Watch the command topics of every device for a retained message; nothing acts on it.

    `on_change` is called with the device when one appeared or went.
    """

    def __init__(
        self,
        dialects: Mapping[str, DiffuserDialect],
        broker: Broker,
        on_change: Callable[[str], None],
    ) -> None:
        self._dialects = dialects
        self._broker = broker
        self._on_change = on_change
        self._watched: dict[str, tuple[tuple[str, ...], list[Callable[[], None]]]] = {}
        self._seen: dict[str, dict[str, None]] = {}

    def follow(self, diffuser: Diffuser) -> None:
        """Watch the topics on which this device now takes commands."""
        topics = self._dialects[diffuser.dialect].command_topics(diffuser)
        if topics == self._watched.get(diffuser.id, ((), []))[0]:
            return
        self.leave(diffuser.id)
        hear = partial(self._hear, diffuser.id)
        self._watched[diffuser.id] = (topics, [self._broker.watch(t, hear) for t in topics])

    def leave(self, diffuser_id: str) -> None:
        """Watch no longer, and forget what was seen."""
        for end in self._watched.pop(diffuser_id, ((), []))[1]:
            end()
        self._seen.pop(diffuser_id, None)

    def of(self, diffuser_id: str) -> tuple[str, ...]:
        """Give the topics that hold a retained command for a device, as they were seen."""
        return tuple(self._seen.get(diffuser_id, ()))

    def clear(self, diffuser_id: str) -> bool:
        """Have the broker drop them; False when it cannot be told now."""
        topics = self.of(diffuser_id)
        if not all(self._broker.publish(Publish(t, b"", qos=1, retain=True)) for t in topics):
            return False
        if self._seen.pop(diffuser_id, None):
            self._on_change(diffuser_id)
        return True

    def _hear(self, diffuser_id: str, inbound: Inbound) -> None:
        # Live commands pass by all the time, our own among them, and an empty one is no proof: to
        # Tasmota it is a question. What is cleared elsewhere is forgotten at the next start.
        if inbound.is_retained and inbound.payload:
            seen = self._seen.setdefault(diffuser_id, {})
            if inbound.topic not in seen:
                seen[inbound.topic] = None
                self._on_change(diffuser_id)
