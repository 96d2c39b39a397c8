"""Payments over HTTP: the provider's webhook, and a member's cards."""

from typing import Annotated

from fastapi import Header, Request
from pydantic import BaseModel

from cloud.foundation.errors import TooLarge
from cloud.foundation.web import CurrentUser, RequestClock, Session
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.services import services_of
from cloud.payments import service
from cloud.payments.ports import PaymentGateway
from cloud.payments.schemas import CardView, PageLink
from cloud.site.service import read_site

# Stripe's largest events are some tens of kilobytes.
_LONGEST_WEBHOOK = 512 * 1024


class Received(BaseModel):
    """The webhook was taken."""

    received: bool = True


class WebhookTooLarge(TooLarge):
    """Nobody sends us webhooks of this size."""

    code = "webhook_too_large"

    def __init__(self) -> None:
        super().__init__(
            f"A webhook may have {_LONGEST_WEBHOOK} bytes at most.",
            hint="This address takes events of the payment provider, nothing else.",
        )


def routes(gateway: PaymentGateway, public_url: str) -> APIRouter:
    """Return the routes of payments."""
    router = APIRouter(tags=["payments"])
    account_url = f"{public_url.rstrip('/')}/account/cards"

    @router.post("/webhooks/stripe")
    async def take_webhook(
        request: Request,
        clock: RequestClock,
        signature: Annotated[str | None, Header(alias="Stripe-Signature")] = None,
    ) -> Received:
        """Take a signed event: stored with its job in one transaction, worked on afterwards."""
        notice = gateway.read_webhook(await _body(request), signature, clock.now())
        async with services_of(request).database.unit_of_work() as session:
            await service.store_event(session, notice, clock.now())
        return Received()

    @router.get("/api/v1/me/cards")
    async def get_cards(session: Session, user: CurrentUser) -> list[CardView]:
        """Return the caller's saved cards, the default one first."""
        return await service.list_cards(session, user.user_id)

    @router.post("/api/v1/me/cards")
    async def add_card(request: Request, user: CurrentUser, clock: RequestClock) -> PageLink:
        """Open a page on which a card is saved for later; nothing is charged."""
        now = clock.now()
        database = services_of(request).database
        async with database.unit_of_work() as session:
            currency = (await read_site(session)).currency
        url = await service.open_card_page(
            database,
            gateway,
            user_id=user.user_id,
            email=user.email,
            name=user.name,
            currency=currency,
            success_url=f"{account_url}?saved=1",
            cancel_url=account_url,
            key=f"card:{user.user_id}:{user.session_id}:{now:%Y%m%d%H%M}",
        )
        return PageLink(url=url)

    @router.post("/api/v1/me/cards/portal")
    async def open_portal(request: Request, user: CurrentUser) -> PageLink:
        """Open the payment provider's page on which the caller looks after their cards."""
        url = await service.open_portal(
            services_of(request).database,
            gateway,
            user_id=user.user_id,
            email=user.email,
            name=user.name,
            return_url=account_url,
        )
        return PageLink(url=url)

    @router.put("/api/v1/me/cards/{card_id}/default", status_code=204)
    async def make_default(card_id: RowId, session: Session, user: CurrentUser) -> None:
        """Make a card the one that is charged when none is named."""
        await service.choose_card(session, user.user_id, card_id)

    @router.delete("/api/v1/me/cards/{card_id}", status_code=204)
    async def delete_card(
        card_id: RowId, session: Session, user: CurrentUser, clock: RequestClock
    ) -> None:
        """Remove a card here and with the payment provider."""
        await service.remove_card(session, user.user_id, card_id, clock.now())

    return router


async def _body(request: Request) -> bytes:
    taken = bytearray()
    async for chunk in request.stream():
        taken += chunk
        if len(taken) > _LONGEST_WEBHOOK:
            raise WebhookTooLarge
    return bytes(taken)
