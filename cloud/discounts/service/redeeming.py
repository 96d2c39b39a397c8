"""What an order uses: promotions are counted and gift cards' money is held, exactly.

An order's life decides: placed, it uses and holds; unpaid to its end, it does not any more; paid,
the cards' money is spent; wholly given back, it has used what promotions say it has not. Every
function is called in the transaction of that step, under the order's lock. Locks here are taken
promotions first, then cards, each in id order, and always before those of stock.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts.errors import DiscountGone
from cloud.discounts.events import CouponsRedeemed
from cloud.discounts.models import (
    Coupon,
    GiftCardEntryKind,
    GiftCardHold,
    Promotion,
    Redemption,
    RedemptionEnd,
)
from cloud.discounts.refusals import Refusal, Why
from cloud.discounts.repository import gift_cards as cards
from cloud.discounts.repository import redemptions as rows
from cloud.discounts.repository.candidates import Uses, count_uses
from cloud.discounts.service.funds import why_useless
from cloud.discounts.service.quoting import Quoted
from cloud.discounts.terms import Shopper
from cloud.foundation.events import emit
from cloud.pricing.quotes import GiftCardPart


async def redeem(
    session: AsyncSession,
    order_id: int,
    quoted: Quoted,
    buyer: Shopper,
    now: datetime,
    *,
    hold_until: datetime,
) -> None:
    """Count what a quote uses for a new order, and hold its gift cards' money until a moment.

    `buyer` has an address. Raises DiscountGone when a limit was reached or a card emptied since
    the quote was made; nothing is stored then.
    """
    coupon_of = {one.terms.promotion_id: one.coupon_id for one in quoted.used}
    used = {
        discount.promotion_id: discount
        for discount in quoted.quote.discounts
        if discount.promotion_id is not None
    }
    coupon_ids = [found for one in used if (found := coupon_of[one]) is not None]
    refusals = await _over_limit(session, list(used), coupon_ids, buyer)
    if refusals:
        raise DiscountGone(tuple(refusals))
    for promotion_id, discount in sorted(used.items()):
        session.add(
            Redemption(
                promotion_id=promotion_id,
                coupon_id=coupon_of[promotion_id],
                order_id=order_id,
                user_id=buyer.user_id,
                buyer_digest=buyer.digest,
                amount_minor=discount.amount.minor,
                currency=discount.amount.currency,
                redeemed_at=now,
            )
        )
    await _hold(session, order_id, quoted.quote.gift_cards, quoted.quote.currency, now, hold_until)
    await session.flush()
    if coupon_ids:
        await emit(session, CouponsRedeemed(order_id, tuple(coupon_ids), now))


async def keep_holding(session: AsyncSession, order_id: int, until: datetime) -> None:
    """Hold an order's gift card money until a moment at least, as when its payment starts."""
    await cards.prolong_holds(session, order_id, until)


async def release(session: AsyncSession, order_id: int, now: datetime) -> None:
    """Let an order that ends unpaid use and hold nothing; repeating it is harmless."""
    await rows.end(session, order_id, RedemptionEnd.UNPAID, now)
    await cards.end_holds(session, order_id, now)


async def give_back_uses(session: AsyncSession, order_id: int, now: datetime) -> None:
    """Free the uses of an order that was wholly given back, where the promotion allows it."""
    await rows.end(session, order_id, RedemptionEnd.REFUNDED, now)


async def can_settle(session: AsyncSession, order_id: int, currency: str, now: datetime) -> bool:
    """Tell whether an order may be paid as it was quoted, and lock all that says so.

    False when it ended unpaid in the meantime and others have reached a promotion's limit or
    spent a card's money since. Call it before the stock is locked, and `settle` after.
    """
    ended = [
        one
        for one in await rows.list_of_order(session, order_id)
        if one.end_reason is RedemptionEnd.UNPAID
    ]
    if ended:
        buyer = Shopper(user_id=ended[0].user_id)
        coupon_ids = [one.coupon_id for one in ended if one.coupon_id is not None]
        promotion_ids = [one.promotion_id for one in ended]
        digest = ended[0].buyer_digest
        if await _over_limit(session, promotion_ids, coupon_ids, buyer, digest=digest):
            return False
    holds = await cards.list_holds(session, order_id)
    return await _can_pay(session, order_id, holds, currency, now, is_new=False)


async def settle(session: AsyncSession, order_id: int, now: datetime) -> None:
    """Spend the gift card money of an order that is paid, and count its uses again if they ended.

    After `can_settle` in the same transaction. Repeating it changes nothing.
    """
    for one in await rows.list_of_order(session, order_id):
        if one.end_reason is RedemptionEnd.UNPAID:
            one.ended_at = one.end_reason = None
    holds = await cards.list_holds(session, order_id)
    locked = await cards.lock_cards(session, [hold.gift_card_id for hold in holds])
    by_id = {card.id: card for card in locked}
    for hold in holds:
        await cards.book(
            session,
            by_id[hold.gift_card_id],
            GiftCardEntryKind.SPENT,
            -hold.amount_minor,
            now,
            order_id=order_id,
        )
    await cards.delete_holds(session, order_id)


async def _over_limit(
    session: AsyncSession,
    promotion_ids: Sequence[int],
    coupon_ids: Sequence[int],
    buyer: Shopper,
    *,
    digest: bytes | None = None,
) -> list[Refusal]:
    """Lock promotions and return why one more use of each is too many, for those that are."""
    if not promotion_ids:
        return []
    locked = await rows.lock_promotions(session, promotion_ids)
    uses = await count_uses(session, locked, buyer, coupon_ids, digest=digest)
    coupons = {one.promotion_id: one for one in await rows.list_coupons(session, coupon_ids)}
    return [
        Refusal(coupon.code if coupon else "", why, other=promotion.name)
        for promotion in locked
        if (why := _why_not(promotion, coupon := coupons.get(promotion.id), uses)) is not None
    ]


def _why_not(promotion: Promotion, coupon: Coupon | None, uses: Uses) -> Why | None:
    limits = [
        (promotion.most_uses, uses.promotions, promotion.id, Why.USED_UP),
        (promotion.most_uses_each, uses.by_buyer, promotion.id, Why.ONCE_EACH),
    ]
    if coupon is not None:
        limits.append((coupon.most_uses, uses.coupons, coupon.id, Why.USED_UP))
    for most, counted, counted_id, why in limits:
        if most is not None and counted.get(counted_id, 0) >= most:
            return why
    return None


async def _hold(
    session: AsyncSession,
    order_id: int,
    parts: Sequence[GiftCardPart],
    currency: str,
    now: datetime,
    until: datetime,
) -> None:
    if not parts:
        return
    holds = [
        GiftCardHold(
            gift_card_id=part.card_id,
            order_id=order_id,
            amount_minor=part.amount.minor,
            expires_at=until,
        )
        for part in parts
    ]
    if not await _can_pay(session, order_id, holds, currency, now, is_new=True):
        raise DiscountGone(tuple(Refusal(part.ending, Why.EMPTY) for part in parts))
    session.add_all(holds)


async def _can_pay(
    session: AsyncSession,
    order_id: int,
    holds: Sequence[GiftCardHold],
    currency: str,
    now: datetime,
    *,
    is_new: bool,
) -> bool:
    """Lock the cards of some holds and tell whether each has that much free."""
    if not holds:
        return True
    ids = [hold.gift_card_id for hold in holds]
    locked = {card.id: card for card in await cards.lock_cards(session, ids)}
    held = await cards.sum_held(session, ids, now, except_for=order_id)
    for hold in holds:
        card = locked[hold.gift_card_id]
        free = card.balance_minor - held.get(card.id, 0)
        # A card that expires or is blocked while its order is being paid still keeps its word.
        is_held = not is_new and hold.expires_at > now
        why = None if is_held else why_useless(card, free, currency, now)
        if why is not None or free < hold.amount_minor:
            return False
    return True
