"""Sync: how things stand with the cloud, and the way into an account."""

from datetime import datetime
from http import HTTPStatus

from scentd.api.access import Scope
from scentd.api.errors import NoCloud
from scentd.api.formats import Formats
from scentd.api.house import House
from scentd.api.reasonwords import tell_then
from scentd.api.routes import Call, Door, Route, View, route


class OfferView(View):
    """A pairing on offer."""

    user_code: str
    """The code to type."""
    verification_url: str
    """Where to say yes, with the code filled in; for a link or a QR."""
    typing_url: str
    """Where to type the code."""
    words: tuple[str, ...]
    """Four words that the account's page must show too."""
    expires_at: datetime
    """When the offer ends, UTC."""


class SyncView(View):
    """How things stand with the cloud."""

    paired: bool
    """Whether the hub belongs to an account."""
    household_name: str
    """What the account calls the household; empty while not paired."""
    connected: bool
    """Whether the cloud was reached at the last try."""
    queued: int
    """How many events wait to be sent."""
    last_contact_at: datetime | None
    """When the cloud last answered, UTC."""
    code: str
    """Why it is not connected, as a stable code; "" when it is."""
    why: str
    """Why it is not connected, in the household's language."""
    offer: OfferView | None
    """The pairing on offer now."""


async def get_sync(call: Call[None]) -> SyncView:
    """Give how things stand with the cloud."""
    return view_sync(call.house, call.formats)


async def start_pairing(call: Call[None]) -> SyncView:
    """Ask the cloud for a pairing code; a code on offer is replaced."""
    await ask_for_pairing(call.house)
    return view_sync(call.house, call.formats)


async def leave_account(call: Call[None]) -> None:
    """Belong to no account any more; rules and schedules stay, orders and prices go."""
    await unpair(call.house)


async def unpair(house: House) -> None:
    """Leave the account; raises NoCloud."""
    if house.pairing is None:
        raise NoCloud
    await house.pairing.leave()


async def ask_for_pairing(house: House) -> None:
    """Begin pairing; raises NoCloud, and what the cloud refuses."""
    if house.pairing is None:
        raise NoCloud
    await house.pairing.start()


def view_sync(house: House, formats: Formats) -> SyncView:
    """Show how things stand; an offer that has ended is none."""
    cloud, now = house.cloud, house.clock.now()
    offer = cloud.offer
    shown = None
    if offer is not None and offer.expires_at > now:
        shown = OfferView(
            user_code=offer.user_code,
            verification_url=offer.verification_url,
            typing_url=offer.typing_url,
            words=tuple(offer.words),
            expires_at=offer.expires_at,
        )
    return SyncView(
        paired=cloud.paired,
        household_name=cloud.household_name,
        connected=cloud.connected,
        queued=cloud.queued,
        last_contact_at=cloud.last_contact_at,
        code="" if cloud.reason is None else cloud.reason.code,
        why="" if cloud.reason is None else tell_then(cloud.reason, formats, now),
        offer=shown,
    )


ROUTES: tuple[Route, ...] = (
    route("GET", "/api/v1/sync", Scope.READ, get_sync, answers=SyncView),
    route(
        "POST",
        "/api/v1/sync/pairing",
        Scope.CONFIGURE,
        start_pairing,
        answers=SyncView,
        status=HTTPStatus.CREATED,
    ),
    route(
        "DELETE",
        "/api/v1/sync/pairing",
        Door.MEMBERS,
        leave_account,
        status=HTTPStatus.NO_CONTENT,
    ),
)
