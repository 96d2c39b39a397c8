"""Commands on their way: sent, not yet seen to be obeyed."""

from collections.abc import Iterator
from dataclasses import dataclass

from scentd.model.commands import Wish
from scentd.model.diffuser import DesiredState


@dataclass(slots=True)
class Attempt:
    """One command: the wish as sent, what the device must show, and how often it was said."""

    wish: Wish
    desired: DesiredState
    command_id: str
    due_s: float
    """Monotonic seconds at which patience ends."""
    said: int = 1


class Attempts:
    """At most one attempt a device: a newer wish takes the older one's parts along."""

    def __init__(self, patience_s: float, retries: int) -> None:
        self._patience_s = patience_s
        self._retries = retries
        self._open: dict[str, Attempt] = {}

    def get(self, diffuser_id: str) -> Attempt | None:
        """Give the attempt at a device."""
        return self._open.get(diffuser_id)

    def begin(self, wish: Wish, desired: DesiredState, command_id: str, now_s: float) -> None:
        """Wait for a device to show what it was just asked."""
        due_s = now_s + self._patience_s
        self._open[wish.diffuser_id] = Attempt(wish, desired, command_id, due_s)

    def end(self, diffuser_id: str) -> Attempt | None:
        """Wait no more; the attempt that ended, if there was one."""
        return self._open.pop(diffuser_id, None)

    def due(self, now_s: float) -> Iterator[tuple[Attempt, bool]]:
        """Give the attempts whose patience ended, and whether to say them again.

        One to be said again is waited for anew; the other has ended.
        """
        for name, attempt in tuple(self._open.items()):
            if attempt.due_s > now_s:
                continue
            if attempt.said > self._retries:
                del self._open[name]
                yield attempt, False
            else:
                attempt.said += 1
                attempt.due_s = now_s + self._patience_s
                yield attempt, True

    def hasten(self, diffuser_id: str, now_s: float) -> None:
        """Say it again at the next look: the device was away and is back."""
        attempt = self._open.get(diffuser_id)
        if attempt is not None:
            attempt.due_s = now_s
            attempt.said = min(attempt.said, self._retries)

    def all(self) -> tuple[Attempt, ...]:
        """Give every attempt."""
        return tuple(self._open.values())
