"""Sold gift cards as their buyer and staff see them."""

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts import service as discounts
from cloud.foundation.sealing import Sealer
from cloud.gifts import repository
from cloud.gifts.errors import GiftNotFound
from cloud.gifts.models import SoldGift
from cloud.gifts.states import GiftState, GiftView


async def view_gifts(
    session: AsyncSession, order_id: int, *, sealer: Sealer | None = None
) -> list[GiftView]:
    """Return the sold cards of an order; with `sealer`, the codes of those meant for the buyer."""
    found = await repository.list_of_order(session, order_id)
    return [await _view(session, gift, sealer) for gift in found]


async def view_card(session: AsyncSession, card_id: int) -> GiftView:
    """Return how a card was sold; raises GiftNotFound for one that staff issued."""
    gift = await repository.find_of_card(session, card_id)
    if gift is None:
        raise GiftNotFound
    return await _view(session, gift, None)


def _state(gift: SoldGift) -> GiftState:
    if gift.gift_card_id is None:
        return GiftState.UNPAID
    if gift.withdrawn_at is not None:
        return GiftState.WITHDRAWN
    return GiftState.SENT if gift.sent_at else GiftState.PLANNED


async def _view(session: AsyncSession, gift: SoldGift, sealer: Sealer | None) -> GiftView:
    state = _state(gift)
    card = await discounts.get_card(session, gift.gift_card_id) if gift.gift_card_id else None
    is_shown = sealer is not None and gift.is_for_self and state is not GiftState.WITHDRAWN
    code = sealer.open(gift.sealed_code) if is_shown and sealer and gift.sealed_code else ""
    return GiftView(
        card_id=gift.gift_card_id,
        order_item_id=gift.order_item_id,
        state=state,
        recipient_name=gift.recipient_name,
        recipient_email=gift.recipient_email,
        sender_name=gift.sender_name,
        message=gift.message,
        deliver_on=gift.deliver_on,
        is_for_self=gift.is_for_self,
        due_at=gift.due_at,
        sent_at=gift.sent_at,
        sendings=gift.sendings,
        version=gift.version,
        ending=card.ending if card else "",
        balance_minor=card.balance_minor if card else None,
        code=code,
    )
