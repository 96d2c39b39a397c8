"""A member's answer to a proposal: yes, no, or call it off."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.foundation.events import emit
from cloud.foundation.money import Money
from cloud.hubs import service as hubs
from cloud.hubs.models import HouseholdRole
from cloud.orders.actors import Actor, ActorKind
from cloud.orders.models import Order
from cloud.orders.schemas import PostalAddress
from cloud.orders.status import OrderStatus
from cloud.refunds import service as refunds
from cloud.reorders import repository
from cloud.reorders.errors import (
    AddressNeeded,
    AdultNeeded,
    CannotBeHad,
    NotOpen,
    OfferChanged,
    ReorderNotFound,
)
from cloud.reorders.events import ReorderCalledOff
from cloud.reorders.findings import Reason
from cloud.reorders.models import Reorder, ReorderConsent
from cloud.reorders.service.casing import Gathered, gather, shipping_address
from cloud.reorders.service.claims import give_parcel_back
from cloud.reorders.service.deciding import show
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.ordering import Payer, find_card, order
from cloud.reorders.service.recording import move
from cloud.reorders.stages import OPEN_STAGES, ReorderStage

_S = ReorderStage
_DECIDABLE = (_S.PROPOSED, _S.PENDING_CANCEL_WINDOW)
_ORDERED = (_S.ORDERED, _S.PAYMENT_DUE, _S.PAID, _S.SHIPPED, _S.DELIVERED, _S.FITTED)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a yes led to. `pay_by_page`: the order waits for its payment on a page."""

    order_id: int
    order_number: str
    pay_by_page: bool


async def confirm_proposal(
    session: AsyncSession,
    desk: Desk,
    reorder_id: int,
    user_id: int,
    *,
    seen_total_minor: int,
    now: datetime,
) -> Confirmed:
    """Order a proposed refill; tapping twice gives the same order.

    `seen_total_minor` is the total that the person saw; OfferChanged when it costs more now, with
    the proposal brought up to date by `refresh_proposal`. Raises ReorderNotFound, AdultNeeded,
    NotOpen, AddressNeeded, CannotBeHad.
    """
    reorder = await lock_for_adult(session, reorder_id, user_id)
    if reorder.stage in _ORDERED:
        return _confirmed(reorder, await _order_of(session, reorder))
    if reorder.stage not in _DECIDABLE:
        raise NotOpen(reorder.stage.value)
    payer = await _payer(session, reorder, user_id, now)
    gathered = await _regathered(session, desk, reorder, payer.address, now)
    _require_available(gathered)
    _require_seen(gathered, seen_total_minor)
    show(reorder, gathered, now)
    reorder.decided_by, reorder.frozen_at = user_id, None
    made = await order(
        session,
        desk,
        reorder,
        payer,
        actor=Actor(ActorKind.CUSTOMER, user_id, payer.user.name),
        now=now,
    )
    return _confirmed(reorder, made)


def _confirmed(reorder: Reorder, made: Order) -> Confirmed:
    return Confirmed(made.id, made.number, pay_by_page=reorder.stage is _S.PAYMENT_DUE)


async def _order_of(session: AsyncSession, reorder: Reorder) -> Order:
    made = await repository.order_of(session, reorder.id)
    if made is None:
        raise NotOpen(reorder.stage.value)
    return made


async def lock_for_adult(session: AsyncSession, reorder_id: int, user_id: int) -> Reorder:
    """Return a reorder locked, its household too; only for those who may spend there."""
    reorder = await repository.fetch(session, reorder_id)
    if reorder is None:
        raise ReorderNotFound
    await require_adult(session, reorder.household_id, user_id)
    await repository.lock_household(session, reorder.household_id)
    locked = await repository.fetch_locked(session, reorder_id)
    if locked is None:
        raise ReorderNotFound
    return locked


async def require_adult(session: AsyncSession, household_id: int, user_id: int) -> None:
    """Raise ReorderNotFound for strangers and AdultNeeded for guests."""
    role = await hubs.role_in(session, household_id, user_id)
    if role is None:
        raise ReorderNotFound
    if role is HouseholdRole.GUEST:
        raise AdultNeeded


async def _regathered(
    session: AsyncSession,
    desk: Desk,
    reorder: Reorder,
    address: PostalAddress | None,
    now: datetime,
) -> Gathered:
    household = await repository.lock_household(session, reorder.household_id)
    country = None if address is None else address.country
    return await gather(session, desk.rules, reorder, household, now, country=country)


def _require_available(gathered: Gathered) -> None:
    refill = gathered.refill
    if refill is None:
        raise CannotBeHad(Reason.NOT_SOLD.value)
    if not refill.offer.is_sellable:
        raise CannotBeHad(Reason.NOT_SELLABLE.value)
    if refill.available < refill.quantity:
        raise CannotBeHad(Reason.OUT_OF_STOCK.value)


def _require_seen(gathered: Gathered, seen_minor: int) -> None:
    total = gathered.refill.quote.total if gathered.refill else Money.zero("EUR")
    if total.minor != seen_minor:
        raise OfferChanged(seen_minor, total)


async def _payer(session: AsyncSession, reorder: Reorder, user_id: int, now: datetime) -> Payer:
    user = await accounts.find_user(session, user_id)
    if user is None:
        raise ReorderNotFound
    consent = await repository.live_consent(session, reorder.household_id, reorder.slot_id)
    address = await _address(session, consent, user_id)
    if address is None:
        raise AddressNeeded
    is_own = consent is not None and consent.user_id == user_id
    named = consent.card_id if consent is not None and is_own else None
    return Payer(user=user, address=address, card=await find_card(session, user_id, named, now))


async def _address(
    session: AsyncSession, consent: ReorderConsent | None, user_id: int
) -> PostalAddress | None:
    if consent is not None:
        return PostalAddress.model_validate(consent.address)
    return await shipping_address(session, user_id)


async def refresh_proposal(
    session: AsyncSession, desk: Desk, reorder_id: int, user_id: int, now: datetime
) -> Reorder:
    """Bring a proposal's price and day up to date for the person who looks at it."""
    reorder = await lock_for_adult(session, reorder_id, user_id)
    if reorder.stage is _S.PROPOSED:
        consent = await repository.live_consent(session, reorder.household_id, reorder.slot_id)
        address = await _address(session, consent, user_id)
        show(reorder, await _regathered(session, desk, reorder, address, now), now)
        await session.flush()
    return reorder


async def decline_proposal(
    session: AsyncSession,
    desk: Desk,
    reorder_id: int,
    user_id: int,
    *,
    now: datetime,
) -> None:
    """Say no to a refill that was not ordered yet; repeating it changes nothing."""
    reorder = await lock_for_adult(session, reorder_id, user_id)
    if reorder.stage is _S.DECLINED:
        return
    if reorder.stage not in _DECIDABLE:
        raise NotOpen(reorder.stage.value)
    reorder.decided_by = user_id
    await move(session, desk, reorder, _S.DECLINED, now=now, reason="declined", user_id=user_id)
    await emit(session, ReorderCalledOff(reorder.id, reorder.household_id, "declined", now))


async def keep_reorder(
    session: AsyncSession, desk: Desk, reorder_id: int, user_id: int, now: datetime
) -> None:
    """Let an ordered refill come although its device left the home; repeating it is harmless."""
    reorder = await lock_for_adult(session, reorder_id, user_id)
    if reorder.frozen_at is None:
        return
    if reorder.stage not in OPEN_STAGES or reorder.stage in _DECIDABLE:
        raise NotOpen(reorder.stage.value)
    reorder.frozen_at = None
    await move(session, desk, reorder, reorder.stage, now=now, reason="kept", user_id=user_id)


async def call_off_by_link(
    session: AsyncSession, desk: Desk, reorder_id: int, now: datetime
) -> bool:
    """Call an announced refill off for whoever holds the key of its mail; tell whether it is off.

    The key opens this one door: it neither orders nor touches what was ordered. The caller has
    checked it.
    """
    found = await repository.fetch(session, reorder_id)
    if found is None:
        raise ReorderNotFound
    await repository.lock_household(session, found.household_id)
    reorder = await repository.fetch_locked(session, reorder_id)
    if reorder is None:
        raise ReorderNotFound
    if reorder.stage is _S.PENDING_CANCEL_WINDOW:
        await move(session, desk, reorder, _S.DECLINED, now=now, reason="declined_by_link")
        await emit(session, ReorderCalledOff(reorder.id, reorder.household_id, "declined", now))
    return reorder.stage is _S.DECLINED


async def cancel_reorder(
    session: AsyncSession,
    desk: Desk,
    reorder_id: int,
    user_id: int,
    *,
    now: datetime,
) -> None:
    """Call a refill off, ordered or not, as long as nothing left the house.

    What was paid goes back by itself. Raises NotOpen, or NotCancellable once it is on its way.
    """
    reorder = await repository.fetch(session, reorder_id)
    if reorder is None:
        raise ReorderNotFound
    await require_adult(session, reorder.household_id, user_id)
    if reorder.stage in _DECIDABLE:
        await decline_proposal(session, desk, reorder_id, user_id, now=now)
        return
    if reorder.stage is _S.CLAIMED:
        await _leave_parcel(session, desk, reorder_id, user_id, now)
        return
    made = await repository.order_of(session, reorder_id)
    if made is None or reorder.stage not in OPEN_STAGES:
        raise NotOpen(reorder.stage.value)
    if made.status is OrderStatus.CANCELLED:
        return
    # The order's row is locked first, the reorder follows by the order's news.
    await refunds.cancel_order(
        session,
        desk.gateway,
        made.id,
        "called off by the household",
        actor=Actor(ActorKind.CUSTOMER, user_id),
        now=now,
    )


async def _leave_parcel(
    session: AsyncSession, desk: Desk, reorder_id: int, user_id: int, now: datetime
) -> None:
    reorder = await lock_for_adult(session, reorder_id, user_id)
    if reorder.stage is _S.CLAIMED:
        await give_parcel_back(session, reorder)
        await move(session, desk, reorder, _S.DECLINED, now=now, reason="declined", user_id=user_id)
