"""The queries of webhooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.webhooks.kinds import DeliveryState
from cloud.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookNews, WebhookTry


@dataclass(frozen=True, slots=True)
class Logged:
    """A line of the log."""

    delivery: WebhookDelivery
    news: WebhookNews
    last_status: int | None
    last_problem: str | None


async def list_endpoints(session: AsyncSession) -> Sequence[WebhookEndpoint]:
    """Return the endpoints that were not removed, oldest first."""
    return (
        await session.scalars(
            select(WebhookEndpoint)
            .where(WebhookEndpoint.removed_at.is_(None))
            .order_by(WebhookEndpoint.id)
        )
    ).all()


async def find_endpoint(
    session: AsyncSession, endpoint_id: int, *, is_locked: bool = False
) -> WebhookEndpoint | None:
    """Return an endpoint that was not removed."""
    query = select(WebhookEndpoint).where(
        WebhookEndpoint.id == endpoint_id, WebhookEndpoint.removed_at.is_(None)
    )
    return (await session.scalars(query.with_for_update() if is_locked else query)).one_or_none()


async def ids_that_want(session: AsyncSession, kind: str) -> Sequence[int]:
    """Return the endpoints that are told of a kind, in id order."""
    return (
        await session.scalars(
            select(WebhookEndpoint.id)
            .where(
                WebhookEndpoint.is_active,
                WebhookEndpoint.removed_at.is_(None),
                WebhookEndpoint.kinds.contains([kind]),
            )
            .order_by(WebhookEndpoint.id)
        )
    ).all()


async def wanted_kinds(session: AsyncSession) -> frozenset[str]:
    """Return the kinds that any endpoint is told of."""
    kinds = await session.scalars(
        select(func.unnest(WebhookEndpoint.kinds))
        .where(WebhookEndpoint.is_active, WebhookEndpoint.removed_at.is_(None))
        .distinct()
    )
    return frozenset(kinds)


async def due_ids(session: AsyncSession, now: datetime, limit: int) -> Sequence[int]:
    """Return the deliveries whose next try has come, the longest due first."""
    return (
        await session.scalars(
            select(WebhookDelivery.id)
            .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
            .where(
                WebhookDelivery.state == DeliveryState.WAITING,
                WebhookDelivery.next_try_at <= now,
                WebhookEndpoint.is_active,
            )
            .order_by(WebhookDelivery.next_try_at)
            .limit(limit)
        )
    ).all()


async def lock_delivery(session: AsyncSession, delivery_id: int) -> WebhookDelivery | None:
    """Return a delivery, locked until the transaction ends."""
    return (
        await session.scalars(
            select(WebhookDelivery).where(WebhookDelivery.id == delivery_id).with_for_update()
        )
    ).one_or_none()


async def find_delivery(session: AsyncSession, delivery_id: int) -> WebhookDelivery | None:
    """Return a delivery as it stands, without keeping it from a worker."""
    return await session.get(WebhookDelivery, delivery_id)


async def news_of(session: AsyncSession, news_id: int) -> WebhookNews:
    """Return a piece of news."""
    return (await session.scalars(select(WebhookNews).where(WebhookNews.id == news_id))).one()


async def tries_of(session: AsyncSession, delivery_id: int) -> Sequence[WebhookTry]:
    """Return the tries of a delivery, oldest first."""
    return (
        await session.scalars(
            select(WebhookTry).where(WebhookTry.delivery_id == delivery_id).order_by(WebhookTry.id)
        )
    ).all()


async def read_log(
    session: AsyncSession,
    endpoint_id: int,
    *,
    state: DeliveryState | None,
    before: int | None,
    limit: int,
) -> list[Logged]:
    """Return deliveries to an endpoint, newest first, with what came of their last tries."""
    last = (
        select(WebhookTry.status, WebhookTry.problem)
        .where(WebhookTry.delivery_id == WebhookDelivery.id)
        .order_by(WebhookTry.id.desc())
        .limit(1)
        .lateral("last")
    )
    query: Any = (
        select(WebhookDelivery, WebhookNews, last.c.status, last.c.problem)
        .join(WebhookNews, WebhookNews.id == WebhookDelivery.news_id)
        .outerjoin(last, last.c.status.is_not(None) | last.c.problem.is_not(None))
        .where(WebhookDelivery.endpoint_id == endpoint_id)
        .order_by(WebhookDelivery.id.desc())
        .limit(limit)
    )
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    rows = (await session.execute(query)).all()
    return [Logged(row[0], row[1], row[2], row[3]) for row in rows]


async def given_up_ids(session: AsyncSession, endpoint_id: int, limit: int) -> Sequence[int]:
    """Return deliveries to an endpoint that were given up, oldest first."""
    return (
        await session.scalars(
            select(WebhookDelivery.id)
            .where(
                WebhookDelivery.endpoint_id == endpoint_id,
                WebhookDelivery.state == DeliveryState.GIVEN_UP,
            )
            .order_by(WebhookDelivery.id)
            .limit(limit)
        )
    ).all()


async def count_by_state(session: AsyncSession) -> dict[int, dict[str, int]]:
    """Return how many deliveries of each state there are, by endpoint."""
    rows = await session.execute(
        select(WebhookDelivery.endpoint_id, WebhookDelivery.state, func.count()).group_by(
            WebhookDelivery.endpoint_id, WebhookDelivery.state
        )
    )
    counted: dict[int, dict[str, int]] = {}
    for endpoint_id, state, number in rows:
        counted.setdefault(endpoint_id, {})[state.value] = number
    return counted


async def forget_news(session: AsyncSession, before: datetime) -> None:
    """Delete news older than a moment, with its deliveries and their tries."""
    await session.execute(delete(WebhookNews).where(WebhookNews.at < before))
