"""The house's connections as page and API speak to them: the broker, the cloud, the account.

Each protocol is fulfilled by one part that the daemon builds; none of them is imported here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from scentd.model.reasons import Reason


class Broker(Protocol):
    """The link to the MQTT broker."""

    @property
    def is_connected(self) -> bool:
        """Whether messages flow now."""
        ...

    @property
    def reason(self) -> Reason | None:
        """Why not; None when connected."""
        ...


class Offer(Protocol):
    """A pairing on offer: what to type or scan, and the words to compare."""

    @property
    def user_code(self) -> str:
        """The code to type, as people write it."""
        ...

    @property
    def verification_url(self) -> str:
        """Where to say yes, with the code filled in."""
        ...

    @property
    def typing_url(self) -> str:
        """Where to type the code."""
        ...

    @property
    def words(self) -> Sequence[str]:
        """Four words both screens must show."""
        ...

    @property
    def expires_at(self) -> datetime:
        """When the offer ends."""
        ...


class Cloud(Protocol):
    """How things stand with the cloud."""

    @property
    def paired(self) -> bool:
        """Whether the hub belongs to an account."""
        ...

    @property
    def household_name(self) -> str:
        """What the account calls the household; "" while not paired."""
        ...

    @property
    def connected(self) -> bool:
        """Whether the cloud was reached at the last try."""
        ...

    @property
    def queued(self) -> int:
        """How many events wait to be sent."""
        ...

    @property
    def last_contact_at(self) -> datetime | None:
        """When the cloud last answered."""
        ...

    @property
    def reason(self) -> Reason | None:
        """Why it is not connected; None when it is or nobody wants it to be."""
        ...

    @property
    def offer(self) -> Offer | None:
        """The pairing on offer now."""
        ...


class Pairing(Protocol):
    """The way into an account."""

    async def start(self) -> object:
        """Ask the cloud for a new code; the offer then stands in `Cloud.offer`."""
        ...

    async def leave(self) -> None:
        """Belong to no account any more; the cloud is told if it can be reached."""
        ...
