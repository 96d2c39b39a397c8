"""The typed event bus: facts go to everyone who asked for their type, at once and in order.

Handlers are plain functions called on the loop before `publish` returns, so that a rule answers
a message without a task switch. Work that waits belongs behind a queue of the handler's own.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from scentd.model.events import Event

_log = logging.getLogger(__name__)

E = TypeVar("E", bound=Event)
Unsubscribe = Callable[[], None]


class Bus:
    """Deliver events to the handlers of their exact type, in order of subscription."""

    def __init__(self) -> None:
        self._handlers: dict[type[Event], tuple[Callable[[Event], None], ...]] = defaultdict(tuple)

    def subscribe(self, event_type: type[E], handler: Callable[[E], None]) -> Unsubscribe:
        """Call `handler` with every event of exactly that type; the answer ends it."""

        def deliver(event: Event) -> None:
            if isinstance(event, event_type):
                handler(event)

        self._handlers[event_type] = (*self._handlers[event_type], deliver)

        def unsubscribe() -> None:
            left = tuple(known for known in self._handlers[event_type] if known is not deliver)
            self._handlers[event_type] = left

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Deliver to every handler; one that raises is logged and the rest still hear."""
        for handler in self._handlers.get(type(event), ()):
            try:
                handler(event)
            except Exception:  # noqa: BLE001 - one listener's bug must not stop the house
                _log.exception("a handler of %s failed", type(event).__name__)
