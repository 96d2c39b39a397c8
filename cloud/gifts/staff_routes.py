"""The staff's gift cards over HTTP: list, issue, disable, send again, change the address."""

from typing import Annotated

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts import service as discounts
from cloud.discounts.editing import gift_cards as editing
from cloud.discounts.errors import ExpiryPast
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.money import Money
from cloud.foundation.web import RequestClock, Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.gifts import service
from cloud.gifts.errors import GiftNotFound
from cloud.gifts.schemas import (
    Blocking,
    CardAnswer,
    CardDetail,
    CardPage,
    IssuedAnswer,
    NewCard,
    NewRecipient,
    SoldAnswer,
)
from cloud.site.service import read_site

After = Annotated[int | None, Query(ge=1, lt=2**63, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=100)]


def staff_gift_routes() -> APIRouter:
    """Return the staff's routes of gift cards."""
    router = APIRouter(prefix="/api/v1/staff/gift-cards", tags=["gift cards"])
    _looking(router)
    _changing(router)
    return router


def _looking(router: APIRouter) -> None:
    @router.get("")
    async def get_cards(
        session: Session,
        after: After = None,
        limit: Limit = 50,
        _staff: SignedIn = allowed(permits.GIFT_CARDS_VIEW),
    ) -> CardPage:
        """Return gift cards, the newest first."""
        found = await discounts.list_page(session, after=after, limit=limit)
        more = found[limit - 1].id if len(found) == limit else None
        return CardPage(gift_cards=[CardAnswer.of(card) for card in found], next=more)

    @router.get("/{card_id}")
    async def get_card(
        session: Session, card_id: RowId, _staff: SignedIn = allowed(permits.GIFT_CARDS_VIEW)
    ) -> CardDetail:
        """Return a gift card, and how it was sold."""
        return await _detail(session, card_id)


def _changing(router: APIRouter) -> None:
    @router.post("", status_code=201)
    async def issue(
        session: Session,
        clock: RequestClock,
        card: NewCard,
        staff: SignedIn = allowed(permits.GIFT_CARDS_ISSUE),
    ) -> IssuedAnswer:
        """Issue a card by hand and return its code, this once."""
        now = clock.now()
        if card.expires_at is not None and card.expires_at <= now:
            raise ExpiryPast
        currency = (await read_site(session)).currency
        issued = await editing.issue(
            session,
            staff,
            Money(card.amount_minor, currency),
            now,
            expires_at=card.expires_at,
            recipient_email=card.recipient_email or "",
            note=card.note,
        )
        return IssuedAnswer(**CardAnswer.of(issued.card).model_dump(), code=issued.code)

    @router.put("/{card_id}/blocked")
    async def set_blocked(
        session: Session,
        clock: RequestClock,
        card_id: RowId,
        wish: Blocking,
        staff: SignedIn = allowed(permits.GIFT_CARDS_CHANGE),
    ) -> CardDetail:
        """Disable a card, or let it pay again."""
        await editing.set_blocked(session, staff, card_id, clock.now(), blocked=wish.is_blocked)
        return await _detail(session, card_id)

    @router.post("/{card_id}/send")
    async def send(
        session: Session,
        clock: RequestClock,
        card_id: RowId,
        staff: SignedIn = allowed(permits.GIFT_CARDS_CHANGE),
    ) -> CardDetail:
        """Send a sold card to whom it is for, now, whether it went out before or not."""
        await service.send_again(session, staff, card_id, clock.now())
        return await _detail(session, card_id)

    @router.put("/{card_id}/recipient")
    async def change_recipient(
        session: Session,
        card_id: RowId,
        wish: NewRecipient,
        staff: SignedIn = allowed(permits.GIFT_CARDS_CHANGE),
    ) -> CardDetail:
        """Change where a sold card goes, before it went."""
        await service.change_recipient(session, staff, card_id, wish.email)
        return await _detail(session, card_id)


async def _detail(session: AsyncSession, card_id: int) -> CardDetail:
    card = await discounts.get_card(session, card_id)
    try:
        sold = SoldAnswer.of(await service.view_card(session, card_id))
    except GiftNotFound:
        sold = None
    return CardDetail(**CardAnswer.of(card).model_dump(), sold=sold)
