"""Looking at drafts: as they are written, and as they are priced today."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.checkout import service as checkout
from cloud.checkout.service import StaffOrder
from cloud.drafts import repository
from cloud.drafts.errors import DraftClosed, DraftNotFound
from cloud.drafts.models import Draft
from cloud.drafts.schemas import DraftPage, DraftView
from cloud.drafts.states import LIVING, DraftState
from cloud.orders.schemas import PostalAddress
from cloud.pricing.quotes import Quote


async def get_draft(session: AsyncSession, number: str, now: datetime) -> DraftView:
    """Return a draft as it stands at a moment; DraftNotFound."""
    draft = await repository.by_number(session, number)
    if draft is None:
        raise DraftNotFound(number)
    return (await views_of(session, [draft], now))[0]


async def list_drafts(
    session: AsyncSession, state: DraftState | None, now: datetime, *, after: int | None, limit: int
) -> DraftPage:
    """Return drafts, newest first, of one state or of all."""
    found = await repository.page_of(session, state, after=after, limit=limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    return DraftPage(drafts=await views_of(session, found[:limit], now), next=more)


async def quote_draft(session: AsyncSession, draft: DraftView, now: datetime) -> Quote:
    """Return what a draft costs today, by the checkout's own reckoning; raises what that raises."""
    return await checkout.quote_for(session, wish_of(draft), draft.language, now)


def wish_of(draft: DraftView) -> StaffOrder:
    """Return the order that a draft describes."""
    return StaffOrder(
        email=draft.email,
        bottles=draft.bottles,
        address=draft.address,
        method=draft.method,
        note=draft.note,
        keep_days=draft.keep_days,
        discount_minor=draft.discount_minor,
        discount_reason=draft.discount_reason,
        form_key=f"draft-of-an-order-{draft.id}",
    )


async def lock_living(session: AsyncSession, number: str, now: datetime) -> Draft:
    """Return a draft that is not over, its row locked; DraftNotFound, DraftClosed."""
    draft = await repository.lock(session, number)
    if draft is None:
        raise DraftNotFound(number)
    if (state := state_of(draft, now)) not in LIVING:
        raise DraftClosed(number, state)
    return draft


def state_of(draft: Draft, now: datetime) -> DraftState:
    """Return where a draft stands at a moment, whether the job that ends it came round or not."""
    is_over = draft.state in LIVING and draft.expires_at <= now
    return DraftState.EXPIRED if is_over else draft.state


async def views_of(
    session: AsyncSession, drafts: Sequence[Draft], now: datetime
) -> list[DraftView]:
    """Return drafts with their lines and the numbers of the orders that they became."""
    lines = await repository.lines_of(session, [draft.id for draft in drafts])
    became = [draft.order_id for draft in drafts if draft.order_id is not None]
    numbers = await repository.order_numbers(session, became)
    return [
        DraftView(
            id=draft.id,
            number=draft.number,
            state=state_of(draft, now),
            version=draft.version,
            email=draft.email,
            language=draft.language,
            lines=lines[draft.id],
            address=PostalAddress.model_validate(draft.address),
            method=draft.method,
            note=draft.note,
            keep_days=draft.keep_days,
            discount_minor=draft.discount_minor,
            discount_reason=draft.discount_reason,
            currency=draft.currency,
            offered_minor=draft.offered_minor,
            sent_at=draft.sent_at,
            expires_at=draft.expires_at,
            order_number=numbers[draft.order_id] if draft.order_id is not None else None,
        )
        for draft in drafts
    ]
