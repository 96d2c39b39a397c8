"""What the outside must offer: the ports adapters and the broker link fulfil."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from scentd.model.cartridge import Cartridge, RunOut, SlotKey
from scentd.model.commands import Outcome, Source, Wish
from scentd.model.diffuser import Capabilities, Diffuser, DiffuserState
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


class Broker(Publisher, Subscriber, Protocol):
    """Both sides of a broker."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A model a dialect knows as data: its name for people and what it can do."""

    key: str
    title: str
    capabilities: Capabilities


class DiffuserDialect(Protocol):
    """Translate between one MQTT dialect and the model. Pure: no I/O, no clock, no memory.

    A class that names this one as its base inherits what most dialects do not need: they ask
    for nothing, no announcement of theirs comes in parts, and nothing needs a profile.
    """

    @property
    def name(self) -> str:
        """Give the dialect's key, lower case."""
        ...

    def discovery_filters(self) -> tuple[str, ...]:
        """Give the topic filters on which devices announce themselves."""
        ...

    def discovery_asks(self) -> tuple[Publish, ...]:
        """Give what to send after each connection so that devices announce themselves."""
        return ()

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        """Read an announcement; raises Malformed."""
        ...

    def assemble(
        self,
        group: str,  # noqa: ARG002 - most announce in one piece
        pieces: Mapping[str, bytes],  # noqa: ARG002
    ) -> tuple[Discovery, ...]:
        """Read the parts of one announcement, topic to payload; () while it says too little.

        Called anew, with all parts, whenever one has changed. Devices that were found in the group
        before and are not found now are gone. A part that cannot be read is passed over as long
        as the others say enough; raises Malformed when they do not.
        """
        return ()

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the exact topics on which this device reports."""
        ...

    def command_topics(self, diffuser: Diffuser) -> tuple[str, ...]:  # noqa: ARG002 - most lack them
        """Give the exact topics on which the device takes commands that a broker may keep.

        A command somebody sent there retained switches the device at each of its reconnects, like
        a ghost; the hub looks for such and warns.
        """
        return ()

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        """Read a report of the device; () for what says nothing to us; raises Malformed."""
        ...

    def encode(
        self, diffuser: Diffuser, wish: Wish, *, command_id: str, expires_at: datetime
    ) -> tuple[Publish, ...]:
        """Write a wish in the device's words; () when it cannot do anything of it.

        Never retained. After `expires_at` the device should not obey; `NEVER` means that nobody
        can tell.
        """
        ...

    def profiles(self, diffuser: Diffuser) -> tuple[Profile, ...]:  # noqa: ARG002 - most lack them
        """Give the models a household may choose from for this device; () when there is no choice.

        The first is the likeliest.
        """
        return ()

    def with_profile(self, diffuser: Diffuser, profile_key: str) -> Diffuser:
        """Give the device as that model; raises KeyError for an unknown profile."""
        raise KeyError(f"{diffuser.id} needs no profile {profile_key}")


class Happening(StrEnum):
    """What is new in the home, as far as another platform may want to know.

    `REACHED`: the broker was reached, at first or again. `HOUSEHOLD`: its language or name.
    """

    REACHED = "reached"
    HOUSEHOLD = "household"
    DESCRIBED = "described"
    REMOVED = "removed"
    STATE = "state"
    LEVEL = "level"
    SCENT_LOW = "scent_low"
    SCENT_EMPTY = "scent_empty"
    REFILLED = "refilled"
    REORDERED = "reordered"


@dataclass(frozen=True, slots=True)
class HomeNews:
    """One thing that is new; no diffuser (`""`) where it concerns all, no slot (0) where none."""

    happening: Happening
    diffuser_id: str = ""
    slot_no: int = 0


@dataclass(frozen=True, slots=True)
class Filling:
    """What sits in a slot, when it will be empty, and whether it counts as low."""

    cartridge: Cartridge
    run_out: RunOut
    is_low: bool = False


class Home(Protocol):
    """What a bridge to another platform may know of the home, and ask of it."""

    @property
    def name(self) -> str:
        """Give what the household calls its home."""
        ...

    @property
    def language(self) -> str:
        """Give the household's language, a BCP 47 tag such as `de`."""
        ...

    def diffusers(self) -> tuple[Diffuser, ...]:
        """Give every device that can be used, in a stable order.

        Devices whose model the household has yet to choose are left out: nobody knows what they
        feed.
        """
        ...

    def state(self, diffuser_id: str) -> DiffuserState:
        """Give everything known of a device; raises DiffuserUnknown."""
        ...

    def fillings(self, diffuser_id: str) -> Mapping[int, Filling]:
        """Give what is in the device, by number of the slot; empty slots are missing.

        Raises DiffuserUnknown.
        """
        ...

    def held_until(self, diffuser_id: str) -> datetime | None:
        """Give until when a person's wish holds for the device; None when none does."""
        ...

    def wish(self, wish: Wish) -> Outcome:
        """Settle a wish at once and say what became of it; raises DiffuserUnknown."""
        ...

    def ask_refill(self, slot: SlotKey, source: Source) -> None:
        """Ask the people of the household for a refill; nothing is ordered by it.

        Asking again while they have not answered changes nothing. Raises DiffuserUnknown.
        """
        ...

    def watch(self, listener: Callable[[HomeNews], None]) -> Callable[[], None]:
        """Call `listener` with all that is new from now on; the answer ends it."""
        ...


@dataclass(frozen=True, slots=True)
class BridgeCounts:
    """What passed over a bridge since the hub started.

    `published` messages to the platform; commands of it that were `obeyed`, and `ignored` ones:
    old, too long, senseless or for nobody. `refused` are the ids of devices it cannot show.
    """

    published: int
    obeyed: int
    ignored: int
    refused: frozenset[str] = frozenset()


class PlatformBridge(Protocol):
    """Show the home to another platform, and carry its wishes back."""

    @property
    def name(self) -> str:
        """Give the platform's key, lower case."""
        ...

    @property
    def counts(self) -> BridgeCounts:
        """Give the counts of this moment."""
        ...

    async def run(self) -> None:
        """Keep the platform told until cancelled."""
        ...
