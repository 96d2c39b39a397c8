"""How things stand with the cloud, for the page and for whoever listens."""

from dataclasses import dataclass
from datetime import datetime

from scentd.bus import Bus
from scentd.clock import Clock
from scentd.model.events import CloudLink
from scentd.model.reasons import Reason


@dataclass(frozen=True, slots=True)
class PairingOffer:
    """A pairing on offer: the code to type or scan, and the words both screens must show.

    `verification_url` has the code filled in, for a link or a QR; `typing_url` has not.
    """

    user_code: str
    verification_url: str
    typing_url: str
    words: tuple[str, ...]
    expires_at: datetime


class SyncStatus:
    """What is known now; every change that people would see goes out as CloudLink."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self._paired = False
        self._household_name = ""
        self._connected = False
        self._queued = 0
        self._last_contact_at: datetime | None = None
        self._reason: Reason | None = None
        self._offer: PairingOffer | None = None

    @property
    def paired(self) -> bool:
        """Whether the hub belongs to an account that has not removed it."""
        return self._paired

    @property
    def household_name(self) -> str:
        """What the account calls the household; "" while not paired."""
        return self._household_name

    @property
    def connected(self) -> bool:
        """Whether the cloud answered the last time it was asked."""
        return self._connected

    @property
    def queued(self) -> int:
        """How many events wait to be confirmed."""
        return self._queued

    @property
    def last_contact_at(self) -> datetime | None:
        """When the cloud last answered, UTC."""
        return self._last_contact_at

    @property
    def reason(self) -> Reason | None:
        """Why there is no connection; None when there is or none is wanted."""
        return self._reason

    @property
    def offer(self) -> PairingOffer | None:
        """The pairing on offer; None when there is none or it has expired."""
        if self._offer is not None and self._offer.expires_at <= self._clock.now():
            return None
        return self._offer

    def reached(self) -> None:
        """The cloud has just answered."""
        self._last_contact_at = self._clock.now()
        has_changed, self._reason = self._reason is not None, None
        self._change(connected=True, is_news=has_changed)

    def lost(self, reason: Reason | None) -> None:
        """The cloud could not be reached, or refused, for that reason."""
        has_changed, self._reason = self._reason != reason, reason
        self._change(connected=False, is_news=has_changed)

    def counted(self, queued: int) -> None:
        """So many events wait now."""
        self._change(queued=queued)

    def belongs(self, household_name: str | None) -> None:
        """The hub belongs to that household's account; None: to none."""
        is_paired = household_name is not None
        has_changed = is_paired != self._paired
        self._paired, self._household_name = is_paired, household_name or ""
        self._change(connected=self._connected and is_paired, is_news=has_changed)

    def offers(self, offer: PairingOffer | None) -> None:
        """This pairing is on offer from now on."""
        has_changed = offer != self._offer
        self._offer = offer
        self._change(is_news=has_changed)

    def _change(
        self,
        *,
        connected: bool | None = None,
        queued: int | None = None,
        is_news: bool = False,
    ) -> None:
        before = (self._connected, self._queued)
        self._connected = self._connected if connected is None else connected
        self._queued = self._queued if queued is None else queued
        if is_news or (self._connected, self._queued) != before:
            self._bus.publish(
                CloudLink(
                    at=self._clock.now(),
                    connected=self._connected,
                    queued=self._queued,
                    reason=self._reason,
                )
            )
