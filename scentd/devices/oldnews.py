"""Old messages that contradict what a device itself said: taking them back is no change."""

from collections.abc import Iterable
from dataclasses import fields, replace

from scentd.devices.reports import fold
from scentd.model.diffuser import ReportedState
from scentd.model.readings import Reading

WITHIN_S = 60.0
"""For how long after an old message a device's own word takes it back: it is asked at each
connection and answers within seconds. Later, the same word is news: somebody switched it back."""

_PARTS = tuple(field.name for field in fields(ReportedState))
_SILENT = ReportedState()


class OldNews:
    """What each device had said, where a retained message says otherwise now.

    A broker that kept a state too long says after each reconnect that a device is off, and a moment
    later the device says that it is on, as it has been all the time. Nobody switched it.
    """

    def __init__(self) -> None:
        self._said: dict[str, dict[str, object]] = {}
        self._heard_s: dict[str, float] = {}

    def note(
        self, diffuser_id: str, before: ReportedState, after: ReportedState, now_s: float
    ) -> None:
        """Note that an old message changed what is known of a device; `now_s` is monotonic."""
        if after is before:
            return
        self._heard_s[diffuser_id] = now_s
        said = self._said.setdefault(diffuser_id, {})
        for part in _PARTS:
            was = getattr(before, part)
            if was is not None and was != getattr(after, part):
                said.setdefault(part, was)

    def taken_back(
        self,
        diffuser_id: str,
        before: ReportedState,
        readings: Iterable[Reading],
        now_s: float,
    ) -> ReportedState:
        """Give what was known with only that changed in which the device repeats what it had said.

        The same object when it takes nothing back.
        """
        said = self._said.get(diffuser_id)
        if not said:
            return before
        if now_s - self._heard_s[diffuser_id] > WITHIN_S:
            self.forget(diffuser_id)
            return before
        told = fold(_SILENT, readings)
        spoken = {part: said.pop(part) for part in tuple(said) if getattr(told, part) is not None}
        back = {part: was for part, was in spoken.items() if getattr(told, part) == was}
        return replace(before, **back) if back else before  # type: ignore[arg-type]  # by name

    def forget(self, diffuser_id: str) -> None:
        """Forget a device that was taken away."""
        self._said.pop(diffuser_id, None)
        self._heard_s.pop(diffuser_id, None)
