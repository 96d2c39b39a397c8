"""From news to deliveries, in the transaction that made the news."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import defer
from cloud.webhooks import repository
from cloud.webhooks.kinds import DeliveryState, NewsKind
from cloud.webhooks.models import WebhookDelivery, WebhookNews

SEND = "webhooks.send"
_WANTED = "webhook_kinds"


async def is_wanted(session: AsyncSession, kind: NewsKind) -> bool:
    """Tell whether anybody is told of a kind: bodies are worth building only then.

    Asked once a transaction, which may have news of many kinds.
    """
    wanted: frozenset[str] | None = session.info.get(_WANTED)
    if wanted is None:
        wanted = await repository.wanted_kinds(session)
        session.info[_WANTED] = wanted
    return kind.value in wanted


async def tell(
    session: AsyncSession, kind: NewsKind, data: Mapping[str, Any], at: datetime
) -> None:
    """Store a piece of news and send it to every endpoint that wants it.

    The body is {"type", "timestamp", "data"}. The same piece of news has one reference for all
    endpoints and repeats; receivers know a repeat by it. Order is not promised.
    """
    endpoint_ids = await repository.ids_that_want(session, kind.value)
    if endpoint_ids:
        await tell_these(session, endpoint_ids, kind, data, at)


async def tell_these(
    session: AsyncSession,
    endpoint_ids: Iterable[int],
    kind: NewsKind,
    data: Mapping[str, Any],
    at: datetime,
) -> list[int]:
    """Send news to these endpoints, asked for or not; return the deliveries' ids."""
    body = {"type": kind.value, "timestamp": at.isoformat(), "data": dict(data)}
    news = WebhookNews(reference=f"msg_{secrets.token_hex(12)}", kind=kind.value, body=body, at=at)
    session.add(news)
    await session.flush()
    deliveries = [
        WebhookDelivery(
            endpoint_id=endpoint_id,
            news_id=news.id,
            state=DeliveryState.WAITING,
            next_try_at=at,
        )
        for endpoint_id in endpoint_ids
    ]
    session.add_all(deliveries)
    await session.flush()
    for delivery in deliveries:
        await defer(session, SEND, delivery_id=delivery.id)
    return [delivery.id for delivery in deliveries]
