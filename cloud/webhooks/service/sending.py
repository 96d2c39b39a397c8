"""Trying a delivery: claimed, sent, noted. At least once; a receiver knows repeats by their id.

A worker that dies in between leaves the claim, and the delivery is due again when that lapses.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.events import emit
from cloud.foundation.jobs import defer
from cloud.foundation.sealing import Sealer
from cloud.payments.events import AttentionNeeded
from cloud.webhooks import repository
from cloud.webhooks.caller import Answer, Caller
from cloud.webhooks.kinds import DeliveryState
from cloud.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookTry
from cloud.webhooks.pauses import pause_after
from cloud.webhooks.service.telling import SEND
from cloud.webhooks.signing import signature_headers

KEPT = timedelta(days=30)

# Longer than any call may take.
_CLAIM = timedelta(minutes=1)
_GONE = 410
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Post:
    """What goes to an endpoint."""

    url: str
    reference: str
    body: bytes
    signed_by: tuple[str, ...]


class Courier:
    """Carries deliveries to where they go."""

    def __init__(self, caller: Caller, sealer: Sealer, clock: Clock) -> None:
        self._caller = caller
        self._sealer = sealer
        self._clock = clock

    async def send(self, database: Database, delivery_id: int) -> None:
        """Try a delivery if it is due; nothing happens when it is not, or is being tried."""
        async with database.unit_of_work() as session:
            post = await self._claim(session, delivery_id)
        if post is None:
            return
        at = self._clock.now()
        answer = await self._caller.post(
            post.url,
            post.body,
            {
                "content-type": "application/json",
                "user-agent": "TheScent-Webhooks/1",
                **signature_headers(post.reference, post.body, at, post.signed_by),
            },
        )
        async with database.unit_of_work() as session:
            await self._note(session, delivery_id, at, answer)

    async def send_due(self, session: AsyncSession, now: datetime) -> None:
        """Have everything tried whose pause is over, and what a dead worker left."""
        for delivery_id in await repository.due_ids(session, now, _AT_ONCE):
            await defer(
                session, SEND, queueing_lock=f"{SEND}:{delivery_id}", delivery_id=delivery_id
            )

    async def _claim(self, session: AsyncSession, delivery_id: int) -> Post | None:
        delivery = await repository.lock_delivery(session, delivery_id)
        now = self._clock.now()
        if delivery is None or delivery.next_try_at is None or delivery.next_try_at > now:
            return None
        endpoint = await repository.find_endpoint(session, delivery.endpoint_id)
        if endpoint is None:
            _give_up(delivery)
            return None
        if not endpoint.is_active:
            return None
        delivery.tries += 1
        delivery.next_try_at = now + _CLAIM
        news = await repository.news_of(session, delivery.news_id)
        return Post(
            url=endpoint.url,
            reference=news.reference,
            body=msgspec.json.encode(news.body),
            signed_by=self._secrets(endpoint, now),
        )

    def _secrets(self, endpoint: WebhookEndpoint, now: datetime) -> tuple[str, ...]:
        newest = self._sealer.open(endpoint.secret)
        if endpoint.former_secret is None or (endpoint.former_until or now) <= now:
            return (newest,)
        return newest, self._sealer.open(endpoint.former_secret)

    async def _note(
        self, session: AsyncSession, delivery_id: int, at: datetime, answer: Answer
    ) -> None:
        delivery = await repository.lock_delivery(session, delivery_id)
        if delivery is None:
            return
        session.add(
            WebhookTry(
                delivery_id=delivery_id,
                at=at,
                took_ms=answer.took_ms,
                status=answer.status,
                problem=answer.problem,
                answer=answer.body,
            )
        )
        if delivery.state is not DeliveryState.WAITING:
            return
        now = self._clock.now()
        if answer.has_arrived:
            delivery.state = DeliveryState.ARRIVED
            delivery.arrived_at, delivery.next_try_at = now, None
            return
        pause = None if answer.status == _GONE else pause_after(delivery.tries)
        if pause is not None:
            delivery.next_try_at = now + pause
            return
        _give_up(delivery)
        await _stop(session, delivery.endpoint_id, answer, now)


def _give_up(delivery: WebhookDelivery) -> None:
    delivery.state = DeliveryState.GIVEN_UP
    delivery.next_try_at = None


async def _stop(session: AsyncSession, endpoint_id: int, answer: Answer, now: datetime) -> None:
    """Stop an endpoint that is gone or that took nothing for three days, and tell staff."""
    endpoint = await repository.find_endpoint(session, endpoint_id, is_locked=True)
    if endpoint is None or not endpoint.is_active:
        return
    endpoint.is_active = False
    endpoint.stopped_because = "gone" if answer.status == _GONE else "three_days_of_failures"
    last = answer.problem or f"the answer {answer.status}"
    await emit(
        session,
        AttentionNeeded(
            key=f"webhook:{endpoint_id}:stopped:{endpoint.version}",
            subject=f"The webhook to {endpoint.url} was stopped",
            detail=f"Its last problem: {last}. Mend it, start it again and resend what is missing.",
            at=now,
        ),
    )
