"""Hear trackers on the broker from the start on."""

from collections.abc import Callable

from scentd.ports import Inbound, Subscriber
from scentd.presence.messages import Reads, read_owntracks, read_room, read_router
from scentd.presence.settings import PresenceSettings
from scentd.presence.sighting import Sighting


def listen(
    subscriber: Subscriber, hear: Callable[[Sighting], None], settings: PresenceSettings
) -> None:
    """Call `hear` with every report of a tracker; what cannot be read is passed over."""
    prefix = settings.owntracks.owntracks_prefix
    ways: list[tuple[str, Reads]] = [
        (f"{prefix}/+/+", read_owntracks),
        (f"{prefix}/+/+/event", read_owntracks),
        *((topic, read_room) for topic in settings.room.room_topics),
        *((topic, read_router) for topic in settings.router.router_topics),
    ]
    for topic_filter, reads in ways:
        subscriber.watch(topic_filter, _handler(reads, hear))


def _handler(reads: Reads, hear: Callable[[Sighting], None]) -> Callable[[Inbound], None]:
    def handle(message: Inbound) -> None:
        sighting = reads(message.topic, message.payload, message.is_retained)
        if sighting is not None:
            hear(sighting)

    return handle
