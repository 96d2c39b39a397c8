"""Keeping endpoints: made, changed, their secrets changed, stopped, removed."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.foundation.jobs import defer
from cloud.foundation.sealing import Sealer
from cloud.foundation.versions import check_version
from cloud.webhooks import repository
from cloud.webhooks.errors import (
    DeliveryNotFound,
    EndpointNotFound,
    TooManyEndpoints,
)
from cloud.webhooks.kinds import DeliveryState, NewsKind
from cloud.webhooks.models import WebhookEndpoint
from cloud.webhooks.repository import Logged
from cloud.webhooks.schemas import EndpointChange, EndpointWish, WholeDelivery
from cloud.webhooks.service.telling import SEND, tell_these
from cloud.webhooks.service.views import try_view
from cloud.webhooks.signing import new_secret

MOST = 20
# Time to put the new secret in at the other end.
BOTH_SIGN_FOR = timedelta(hours=24)

_SUBJECT = "webhooks"
_MOST_AT_ONCE = 1000


class Endpoints:
    """The endpoints of the shop. `allows_private` lets them be on this very machine."""

    def __init__(self, sealer: Sealer, *, allows_private: bool) -> None:
        self._sealer = sealer
        self._allows_private = allows_private

    async def make(
        self, session: AsyncSession, staff: SignedIn, wish: EndpointWish
    ) -> tuple[WebhookEndpoint, str]:
        """Return a new endpoint and its secret; raises UnfitAddress, TooManyEndpoints."""
        wish.checked(allows_private=self._allows_private)
        if len(await repository.list_endpoints(session)) >= MOST:
            raise TooManyEndpoints(MOST)
        secret = new_secret()
        endpoint = WebhookEndpoint(
            url=wish.url,
            description=wish.description,
            kinds=sorted(kind.value for kind in wish.kinds),
            is_active=wish.is_active,
            secret=self._sealer.seal(secret),
        )
        session.add(endpoint)
        await session.flush()
        await audit.note(session, staff, "make", _SUBJECT, endpoint.id, after=_facts(endpoint))
        return endpoint, secret

    async def change(
        self, session: AsyncSession, staff: SignedIn, endpoint_id: int, change: EndpointChange
    ) -> WebhookEndpoint:
        """Return the endpoint as it is now; raises ChangedMeanwhile, and what `make` raises."""
        change.checked(allows_private=self._allows_private)
        endpoint = await self._locked(session, endpoint_id)
        before = _facts(endpoint)
        check_version(endpoint.version, change.version, before)
        endpoint.url = change.url
        endpoint.description = change.description
        endpoint.kinds = sorted(kind.value for kind in change.kinds)
        if change.is_active and not endpoint.is_active:
            endpoint.stopped_because = None
        endpoint.is_active = change.is_active
        await session.flush()
        await audit.note(
            session, staff, "change", _SUBJECT, endpoint_id, before=before, after=_facts(endpoint)
        )
        return endpoint

    async def change_secret(
        self, session: AsyncSession, staff: SignedIn, endpoint_id: int, now: datetime
    ) -> tuple[WebhookEndpoint, str]:
        """Return a new secret; the former one signs beside it for a day."""
        endpoint = await self._locked(session, endpoint_id)
        secret = new_secret()
        endpoint.former_secret = endpoint.secret
        endpoint.former_until = now + BOTH_SIGN_FOR
        endpoint.secret = self._sealer.seal(secret)
        await session.flush()
        await audit.note(
            session, staff, "change_secret", _SUBJECT, endpoint_id, after={"url": endpoint.url}
        )
        return endpoint, secret

    async def remove(
        self, session: AsyncSession, staff: SignedIn, endpoint_id: int, now: datetime
    ) -> None:
        """Tell an endpoint nothing any more; its log is kept for its time."""
        endpoint = await self._locked(session, endpoint_id)
        before = _facts(endpoint)
        endpoint.removed_at = now
        endpoint.is_active = False
        await audit.note(session, staff, "remove", _SUBJECT, endpoint_id, before=before)

    async def ping(
        self, session: AsyncSession, staff: SignedIn, endpoint_id: int, now: datetime
    ) -> int:
        """Send a piece of news that means nothing; return the delivery's id."""
        endpoint = await self.get(session, endpoint_id)
        data = {"by": staff.name or staff.email}
        return (await tell_these(session, [endpoint.id], NewsKind.PING, data, now))[0]

    async def get(self, session: AsyncSession, endpoint_id: int) -> WebhookEndpoint:
        """Return an endpoint; raises EndpointNotFound."""
        endpoint = await repository.find_endpoint(session, endpoint_id)
        if endpoint is None:
            raise EndpointNotFound
        return endpoint

    async def _locked(self, session: AsyncSession, endpoint_id: int) -> WebhookEndpoint:
        endpoint = await repository.find_endpoint(session, endpoint_id, is_locked=True)
        if endpoint is None:
            raise EndpointNotFound
        return endpoint


async def send_again(
    session: AsyncSession, staff: SignedIn, delivery_id: int, now: datetime
) -> None:
    """Send a delivery once more, whatever came of it before; raises DeliveryNotFound.

    While its endpoint is not active it waits, and goes out when that is active again.
    """
    endpoint_id = await _wake(session, delivery_id, now)
    after = {"delivery_id": delivery_id}
    await audit.note(session, staff, "resend", _SUBJECT, endpoint_id, after=after)


async def send_given_up(
    session: AsyncSession, staff: SignedIn, endpoint_id: int, now: datetime
) -> int:
    """Send everything again that an endpoint never took, oldest first; return how many."""
    ids = await repository.given_up_ids(session, endpoint_id, _MOST_AT_ONCE)
    for delivery_id in ids:
        await _wake(session, delivery_id, now)
    if ids:
        after = {"deliveries": len(ids)}
        await audit.note(session, staff, "resend", _SUBJECT, endpoint_id, after=after)
    return len(ids)


async def read_log(
    session: AsyncSession,
    endpoint_id: int,
    *,
    state: DeliveryState | None = None,
    before: int | None = None,
    limit: int = 50,
) -> tuple[list[Logged], int | None]:
    """Return deliveries to an endpoint, newest first, and where older ones begin."""
    found = await repository.read_log(
        session, endpoint_id, state=state, before=before, limit=limit + 1
    )
    shown = found[:limit]
    return shown, shown[-1].delivery.id if len(found) > limit else None


async def view_delivery(session: AsyncSession, delivery_id: int) -> WholeDelivery:
    """Return a delivery with its body and its tries; raises DeliveryNotFound."""
    delivery = await repository.find_delivery(session, delivery_id)
    if delivery is None:
        raise DeliveryNotFound
    news = await repository.news_of(session, delivery.news_id)
    return WholeDelivery(
        id=delivery.id,
        endpoint_id=delivery.endpoint_id,
        reference=news.reference,
        kind=news.kind,
        at=news.at,
        state=delivery.state,
        next_try_at=delivery.next_try_at,
        body=news.body,
        tries=[try_view(one) for one in await repository.tries_of(session, delivery_id)],
    )


async def _wake(session: AsyncSession, delivery_id: int, now: datetime) -> int:
    delivery = await repository.lock_delivery(session, delivery_id)
    if delivery is None:
        raise DeliveryNotFound
    delivery.state = DeliveryState.WAITING
    delivery.tries = 0
    delivery.next_try_at = now
    delivery.arrived_at = None
    await session.flush()
    await defer(session, SEND, delivery_id=delivery_id)
    return delivery.endpoint_id


def _facts(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {
        "url": endpoint.url,
        "description": endpoint.description,
        "kinds": list(endpoint.kinds),
        "is_active": endpoint.is_active,
    }
