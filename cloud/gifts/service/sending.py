"""Sending bought cards: at their time by a job, and again by staff."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation import audit
from cloud.foundation.events import emit
from cloud.foundation.identity import SignedIn
from cloud.foundation.jobs import defer
from cloud.foundation.money import Money
from cloud.foundation.versions import check_version
from cloud.gifts import repository
from cloud.gifts.errors import GiftAlreadySent, GiftNotFound, GiftNotSendable
from cloud.gifts.events import GiftCardSent
from cloud.gifts.models import SoldGift
from cloud.orders import service as orders
from cloud.orders.models import Order

_BATCH = 200


async def find_due(session: AsyncSession, now: datetime) -> None:
    """Enqueue a job for every card whose time has come."""
    for gift_id in await repository.list_due(session, now, _BATCH):
        await defer(session, "gifts.send", queueing_lock=f"gifts.send:{gift_id}", gift_id=gift_id)


async def send_due(session: AsyncSession, gift_id: int, now: datetime) -> None:
    """Send a card whose time has come, once; one that went out or was taken back stays."""
    gift = await repository.lock_one(session, gift_id)
    if gift is None or not _may_go(gift) or gift.sent_at is not None:
        return
    if gift.due_at is not None and gift.due_at <= now:
        await _send_now(session, gift, now)


async def send_again(
    session: AsyncSession, staff: SignedIn, card_id: int, now: datetime
) -> SoldGift:
    """Send a sold card to whom it is for, now; raises GiftNotFound, GiftNotSendable."""
    gift = await _locked(session, card_id)
    if not _may_go(gift):
        raise GiftNotSendable
    before = {"sendings": gift.sendings}
    await _send_now(session, gift, now)
    after = {"sendings": gift.sendings}
    await audit.note(session, staff, "send", "gift_cards", card_id, before=before, after=after)
    return gift


async def change_recipient(
    session: AsyncSession,
    staff: SignedIn,
    card_id: int,
    email: str,
    *,
    seen: int | None = None,
) -> SoldGift:
    """Change where a sold card goes, before it went.

    One that its buyer meant for themselves is sent to the new address too. `seen` is the version
    that the caller read, None for a program that overwrites knowingly. Raises GiftNotFound,
    GiftAlreadySent, ChangedMeanwhile.
    """
    gift = await _locked(session, card_id)
    if gift.sent_at is not None:
        raise GiftAlreadySent
    if seen is not None:
        check_version(gift.version, seen, {"recipient_email": gift.recipient_email})
    gift.recipient_email = email
    gift.version += 1
    await session.flush()
    # Without the addresses: an audit is never changed, and would outlive their erasure.
    await audit.note(
        session, staff, "change", "gift_cards", card_id, after={"recipient": "changed"}
    )
    return gift


async def send(
    session: AsyncSession, gift: SoldGift, order: Order, price: Money, now: datetime
) -> None:
    """Tell that an issued, locked card goes out now; its mail is written by who listens."""
    gift.sent_at = now
    gift.sendings += 1
    await session.flush()
    await emit(
        session,
        GiftCardSent(
            gift_id=gift.id,
            sending=gift.sendings,
            order_number=order.number,
            email=gift.recipient_email or order.email,
            language=order.language,
            recipient_name=gift.recipient_name,
            sender_name=gift.sender_name,
            message=gift.message,
            is_for_self=gift.is_for_self,
            amount_minor=price.minor,
            currency=price.currency,
            sealed_code=(gift.sealed_code or b"").decode(),
            at=now,
        ),
    )


async def _locked(session: AsyncSession, card_id: int) -> SoldGift:
    known = await repository.find_of_card(session, card_id)
    gift = await repository.lock_one(session, known.id) if known else None
    if gift is None:
        raise GiftNotFound
    return gift


def _may_go(gift: SoldGift) -> bool:
    return gift.gift_card_id is not None and gift.withdrawn_at is None


async def _send_now(session: AsyncSession, gift: SoldGift, now: datetime) -> None:
    order = await orders.read_order(session, gift.order_id)
    item = next(
        one
        for one in await orders.order_items(session, gift.order_id)
        if one.id == gift.order_item_id
    )
    await send(session, gift, order, Money(item.unit_price_minor, order.currency), now)
