"""What the outside must offer: the ports adapters and the broker link fulfil."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from scentd.model.commands import Wish
from scentd.model.diffuser import Capabilities, Diffuser
from scentd.model.errors import ScentdError
from scentd.model.readings import Discovery, Reading

NEVER = datetime.max.replace(tzinfo=UTC)
"""The expiry of a command that a hub whose clock is not set sends: none."""


class AdapterError(ScentdError):
    """The root of what adapters raise."""

    code = "adapter_error"


class Malformed(AdapterError):
    """A message is not of its dialect; trying again cannot help."""

    code = "malformed_message"

    def __init__(self, topic: str, reason: str) -> None:
        super().__init__(
            f"A message on {topic} cannot be read: {reason}.",
            "Check the device's firmware; the message was ignored.",
        )
        self.topic = topic
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Publish:
    """One message for the broker. Commands are never retained."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message from the broker. `is_retained` means it may be old."""

    topic: str
    payload: bytes
    is_retained: bool
    received_at: datetime


class Publisher(Protocol):
    """Send messages to the broker."""

    def publish(self, message: Publish) -> bool:
        """Hand a message to the broker link; False when there is no connection now.

        Nothing is queued across a lost connection: whoever cares wishes again on return.
        """
        ...


class Subscriber(Protocol):
    """Hear messages from the broker."""

    def watch(self, topic_filter: str, handler: Callable[[Inbound], None]) -> Callable[[], None]:
        """Call `handler` with each message matching the filter; the answer ends it.

        Subscriptions survive reconnects. Retained messages arrive again after each reconnect.
        """
        ...


@dataclass(frozen=True, slots=True)
class Profile:
    """A model a dialect knows as data: its name for people and what it can do."""

    key: str
    title: str
    capabilities: Capabilities


class DiffuserDialect(Protocol):
    """Translate between one MQTT dialect and the model. Pure: no I/O, no clock, no memory."""

    @property
    def name(self) -> str:
        """Give the dialect's key, lower case."""
        ...

    def discovery_filters(self) -> tuple[str, ...]:
        """Give the topic filters on which devices announce themselves."""
        ...

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        """Read an announcement; raises Malformed."""
        ...

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the exact topics on which this device reports."""
        ...

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        """Read a report of the device; () for what says nothing to us; raises Malformed."""
        ...

    def encode(
        self, diffuser: Diffuser, wish: Wish, *, command_id: str, expires_at: datetime
    ) -> tuple[Publish, ...]:
        """Write a wish in the device's words; () when it cannot do anything of it.

        After `expires_at` the device should not obey; `NEVER` means that nobody can tell.
        """
        ...

    def profiles(self) -> tuple[Profile, ...]:
        """Give the models a household may choose from when a device needs a profile."""
        ...

    def with_profile(self, diffuser: Diffuser, profile_key: str) -> Diffuser:
        """Give the device as that model; raises KeyError for an unknown profile."""
        ...
