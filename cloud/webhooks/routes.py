"""Webhooks over HTTP, for staff."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import RequestClock, Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.webhooks import repository
from cloud.webhooks.kinds import DeliveryState
from cloud.webhooks.schemas import (
    DeliveryPage,
    EndpointChange,
    EndpointView,
    EndpointWish,
    WholeDelivery,
)
from cloud.webhooks.service.endpoints import (
    Endpoints,
    read_log,
    send_again,
    send_given_up,
    view_delivery,
)
from cloud.webhooks.service.views import delivery_view, endpoint_view

Before = Annotated[int | None, Query(ge=1, lt=2**63)]
Limit = Annotated[int, Query(ge=1, le=200)]

_PREFIX = "/api/v1/staff/webhooks"
_MAY_VIEW: SignedIn = allowed(permits.WEBHOOKS_VIEW)
_MAY_CHANGE: SignedIn = allowed(permits.WEBHOOKS_CHANGE)


class Resent(BaseModel):
    """How many deliveries are on their way again."""

    deliveries: int


def routes(endpoints: Endpoints) -> APIRouter:
    """Return the routes of webhooks."""
    router = APIRouter(tags=["webhooks"])
    # Before the others: "deliveries" is no webhook's number.
    router.include_router(_delivery_routes())
    router.include_router(_endpoint_routes(endpoints))
    router.include_router(_log_routes(endpoints))
    return router


def _endpoint_routes(endpoints: Endpoints) -> APIRouter:
    router = APIRouter(prefix=_PREFIX)

    @router.get("")
    async def list_webhooks(session: Session, _staff: SignedIn = _MAY_VIEW) -> list[EndpointView]:
        """Return all webhooks, oldest first."""
        return [endpoint_view(one) for one in await repository.list_endpoints(session)]

    @router.post("", status_code=201)
    async def make_webhook(
        session: Session, wish: EndpointWish, staff: SignedIn = _MAY_CHANGE
    ) -> EndpointView:
        """Make a webhook; its secret is in the answer."""
        endpoint, secret = await endpoints.make(session, staff, wish)
        return endpoint_view(endpoint, secret)

    @router.get("/{webhook_id}")
    async def get_webhook(
        session: Session, webhook_id: RowId, _staff: SignedIn = _MAY_VIEW
    ) -> EndpointView:
        """Return a webhook."""
        return endpoint_view(await endpoints.get(session, webhook_id))

    @router.put("/{webhook_id}")
    async def put_webhook(
        session: Session, webhook_id: RowId, change: EndpointChange, staff: SignedIn = _MAY_CHANGE
    ) -> EndpointView:
        """Change a webhook; starting it again after a stop goes on with what waits."""
        return endpoint_view(await endpoints.change(session, staff, webhook_id, change))

    @router.post("/{webhook_id}/secret")
    async def change_secret(
        session: Session, clock: RequestClock, webhook_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> EndpointView:
        """Give a webhook a new secret; the former one signs beside it for a day."""
        endpoint, secret = await endpoints.change_secret(session, staff, webhook_id, clock.now())
        return endpoint_view(endpoint, secret)

    @router.delete("/{webhook_id}", status_code=204)
    async def remove_webhook(
        session: Session, clock: RequestClock, webhook_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> None:
        """Remove a webhook."""
        await endpoints.remove(session, staff, webhook_id, clock.now())

    return router


def _log_routes(endpoints: Endpoints) -> APIRouter:
    router = APIRouter(prefix=_PREFIX)

    @router.post("/{webhook_id}/ping", status_code=202)
    async def ping(
        session: Session, clock: RequestClock, webhook_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> WholeDelivery:
        """Send a piece of news that means nothing, to try a webhook."""
        delivery_id = await endpoints.ping(session, staff, webhook_id, clock.now())
        return await view_delivery(session, delivery_id)

    @router.get("/{webhook_id}/deliveries")
    async def list_deliveries(
        session: Session,
        webhook_id: RowId,
        state: DeliveryState | None = None,
        before: Before = None,
        limit: Limit = 50,
        _staff: SignedIn = _MAY_VIEW,
    ) -> DeliveryPage:
        """Return the log of a webhook, newest first."""
        await endpoints.get(session, webhook_id)
        shown, older = await read_log(session, webhook_id, state=state, before=before, limit=limit)
        return DeliveryPage(deliveries=[delivery_view(one) for one in shown], next=older)

    @router.post("/{webhook_id}/resend", status_code=202)
    async def resend_all(
        session: Session, clock: RequestClock, webhook_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Resent:
        """Send everything again that was given up."""
        await endpoints.get(session, webhook_id)
        return Resent(deliveries=await send_given_up(session, staff, webhook_id, clock.now()))

    return router


def _delivery_routes() -> APIRouter:
    router = APIRouter(prefix=_PREFIX)

    @router.get("/deliveries/{delivery_id}")
    async def get_delivery(
        session: Session, delivery_id: RowId, _staff: SignedIn = _MAY_VIEW
    ) -> WholeDelivery:
        """Return a delivery with its body and what came of each try."""
        return await view_delivery(session, delivery_id)

    @router.post("/deliveries/{delivery_id}/resend", status_code=202)
    async def resend(
        session: Session, clock: RequestClock, delivery_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> WholeDelivery:
        """Send a delivery once more."""
        await send_again(session, staff, delivery_id, clock.now())
        return await view_delivery(session, delivery_id)

    return router
