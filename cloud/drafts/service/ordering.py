"""A draft becomes an order when its customer says so: once, by the checkout's own functions."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.checkout import service as checkout
from cloud.checkout.service.holding import HOLD_FOR
from cloud.checkout.service.placing import PAY_WITHIN
from cloud.drafts import repository
from cloud.drafts.errors import DraftNotFound, OfferChanged
from cloud.drafts.service.reading import lock_living, views_of, wish_of
from cloud.drafts.states import DraftState
from cloud.orders import service as orders
from cloud.orders.actors import Actor
from cloud.orders.models import Order


async def order_from_draft(
    session: AsyncSession,
    number: str,
    version: int,
    seen_total_minor: int,
    *,
    actor: Actor,
    now: datetime,
) -> Order:
    """Place the order that a draft describes, or return the one that it became, locked.

    The bottles are set aside as at the checkout; the order waits for its payment until the draft
    would have ended. Raises DraftNotFound, DraftClosed, OfferChanged unless it was sent and
    `version` was seen, TotalChanged, OutOfStock, and what `place_order` raises.
    """
    known = await repository.lock(session, number)
    if known is None:
        raise DraftNotFound(number)
    if known.order_id is not None:
        return await orders.lock(session, known.order_id)
    draft = await lock_living(session, number, now)
    if draft.state is not DraftState.SENT or draft.version != version:
        raise OfferChanged
    view = (await views_of(session, [draft], now))[0]
    described = await checkout.purchase_of(session, wish_of(view), view.language)
    purchase = replace(
        described,
        seen_total_minor=seen_total_minor,
        hold_for=HOLD_FOR,
        pay_within=max(PAY_WITHIN, draft.expires_at - now),
    )
    order = await checkout.place_order(session, purchase, actor=actor, now=now)
    draft.state = DraftState.ORDERED
    draft.order_id = order.id
    await session.flush()
    return order
