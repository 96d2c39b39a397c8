"""Which button of a device was pressed last, since the hub started."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from scentd.bus import Bus
from scentd.model.events import DiffuserRemoved, Reported
from scentd.model.readings import ButtonRead


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button: the device's own word for it, and when the hub heard of it."""

    button: str
    at: datetime


class Presses:
    """Remember the last press of each device; it listens from the moment it is built."""

    def __init__(self, bus: Bus) -> None:
        self._last: dict[str, Press] = {}
        self._listeners: tuple[Callable[[str], None], ...] = ()
        bus.subscribe(Reported, self._on_reported)
        bus.subscribe(DiffuserRemoved, self._on_removed)

    def last(self, diffuser_id: str) -> Press | None:
        """Give the last press of a device; None when none was heard."""
        return self._last.get(diffuser_id)

    def on_press(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Call `listener` with the device of each press; the answer ends it."""
        self._listeners = (*self._listeners, listener)

        def end() -> None:
            self._listeners = tuple(one for one in self._listeners if one is not listener)

        return end

    def _on_reported(self, event: Reported) -> None:
        if event.is_retained:
            return
        for reading in event.readings:
            if isinstance(reading, ButtonRead):
                self._last[event.diffuser_id] = Press(reading.name, event.at)
                for listener in self._listeners:
                    listener(event.diffuser_id)

    def _on_removed(self, event: DiffuserRemoved) -> None:
        self._last.pop(event.diffuser_id, None)
