"""Which topics of the broker rules look at, and the subscriptions that follow."""

from collections.abc import Callable, Iterable

from scentd.ports import Inbound, Subscriber


class TopicWatch:
    """Watch exactly the topics asked for."""

    def __init__(self, subscriber: Subscriber, on_message: Callable[[Inbound], None]) -> None:
        self._subscriber = subscriber
        self._on_message = on_message
        self._unwatch: dict[str, Callable[[], None]] = {}

    def follow(self, topics: Iterable[str]) -> None:
        """Watch these from now on."""
        wanted = set(topics)
        for name in self._unwatch.keys() - wanted:
            self._unwatch.pop(name)()
        for name in sorted(wanted - self._unwatch.keys()):
            self._unwatch[name] = self._subscriber.watch(name, self._on_message)

    def close(self) -> None:
        """Watch no topic any more."""
        self.follow(())
