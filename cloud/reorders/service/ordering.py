"""Making the order of a reorder, and having it paid."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.accounts.models import User
from cloud.checkout import service as checkout
from cloud.checkout.errors import TotalChanged
from cloud.checkout.service import Buyer, Purchase, PurchaseLine
from cloud.discounts.errors import DiscountGone
from cloud.foundation.events import emit
from cloud.inventory.errors import OutOfStock
from cloud.orders.actors import SYSTEM, Actor
from cloud.orders.models import Order
from cloud.orders.schemas import PostalAddress
from cloud.orders.status import OrderSource
from cloud.payments import service as payments
from cloud.payments.models import SavedCard
from cloud.pricing.errors import NotDelivered, NotSellable, TooHeavy
from cloud.reorders import repository
from cloud.reorders.errors import CannotBeHad
from cloud.reorders.events import ReorderProposed
from cloud.reorders.findings import Reason
from cloud.reorders.models import Reorder
from cloud.reorders.service.casing import Gathered
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.recording import move
from cloud.reorders.stages import ReorderStage

# Long enough for the job that charges the card, its first repeats included.
_HOLD_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays for a refill, with which card, and where it goes. `card` None: over a page."""

    user: User
    address: PostalAddress
    card: SavedCard | None


async def order_as_agreed(
    session: AsyncSession, desk: Desk, reorder: Reorder, gathered: Gathered, now: datetime
) -> None:
    """Order what a consent allows, by itself; ask instead when the bottles are just gone.

    So is a consent that is taken back at this very moment, or whose giver has just been forgotten.
    """
    try:
        async with session.begin_nested():
            payer = await _payer_of(session, gathered, now)
            await order(session, desk, reorder, payer, actor=SYSTEM, now=now)
    except CannotBeHad as error:
        await move(session, desk, reorder, ReorderStage.PROPOSED, now=now, reason=error.reason)
        await emit(session, ReorderProposed(reorder.id, reorder.household_id, now))


async def _payer_of(session: AsyncSession, gathered: Gathered, now: datetime) -> Payer:
    consent = gathered.consent
    if consent is None:
        raise CannotBeHad(Reason.NO_CONSENT.value)
    holds = await repository.consent_holds(session, consent.id, consent.user_id)
    user = await accounts.find_user(session, consent.user_id)
    if user is None or not holds:
        raise CannotBeHad(Reason.NO_CONSENT.value)
    return Payer(
        user=user,
        address=PostalAddress.model_validate(consent.address),
        card=await find_card(session, user.id, consent.card_id, now),
    )


async def find_card(
    session: AsyncSession, user_id: int, card_id: int | None, now: datetime
) -> SavedCard | None:
    """Return the card that was named if it can be charged, else the default one, else None."""
    named = None
    if card_id is not None:
        named = await payments.find_card(session, user_id, card_id, now)
    return named or await payments.default_card(session, user_id, now)


async def order(
    session: AsyncSession,
    desk: Desk,
    reorder: Reorder,
    payer: Payer,
    *,
    actor: Actor,
    now: datetime,
) -> Order:
    """Make the order of a locked reorder and start its payment; raises CannotBeHad.

    One order a reorder: a unique constraint says so. A test goes through without any money; a
    missing card leaves the order waiting for its page.
    """
    made = await _placed(session, desk, reorder, payer, actor=actor, now=now)
    reorder.ordered_at = now
    # It comes by itself, with no parcel of a subscription.
    reorder.subscription_id = None
    reorder.total_minor = made.total_minor
    reorder.arrives_on = made.arrives_on
    await move(
        session,
        desk,
        reorder,
        ReorderStage.ORDERED,
        now=now,
        user_id=actor.user_id,
        detail={"order": made.number},
    )
    if reorder.is_test:
        await checkout.settle_test(session, made, now)
    elif payer.card is None:
        await move(session, desk, reorder, ReorderStage.PAYMENT_DUE, now=now, reason="no_card")
    else:
        await checkout.charge_card(
            session,
            desk.gateway,
            made,
            payer.card,
            key_stem=f"reorder:{reorder.id}",
            facts={"reorder": str(reorder.id)},
        )
    return made


async def _placed(
    session: AsyncSession,
    desk: Desk,
    reorder: Reorder,
    payer: Payer,
    *,
    actor: Actor,
    now: datetime,
) -> Order:
    if reorder.variant_id is None:
        raise CannotBeHad(Reason.NOT_SOLD.value)
    purchase = Purchase(
        buyer=Buyer(payer.user.id, payer.user.email, payer.user.language or "en"),
        lines=(PurchaseLine(reorder.variant_id, reorder.quantity),),
        shipping_address=payer.address,
        seen_total_minor=reorder.total_minor,
        hold_for=_HOLD_FOR,
        pay_within=desk.rules.payment_life,
        source=OrderSource.REORDER,
        reorder_id=reorder.id,
        is_test=reorder.is_test,
    )
    try:
        return await checkout.place_order(session, purchase, actor=actor, now=now)
    except (TotalChanged, DiscountGone) as error:
        raise CannotBeHad(Reason.PRICE_CHANGED.value) from error
    except OutOfStock as error:
        raise CannotBeHad(Reason.OUT_OF_STOCK.value) from error
    except (NotSellable, NotDelivered, TooHeavy) as error:
        raise CannotBeHad(Reason.NOT_SELLABLE.value) from error
