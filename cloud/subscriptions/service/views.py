"""Subscriptions as pages and the API show them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.catalogue import service as catalogue
from cloud.catalogue.offers import Offer
from cloud.orders.actors import ActorKind
from cloud.orders.schemas import PostalAddress
from cloud.subscriptions import planning, repository
from cloud.subscriptions.errors import SubscriptionNotFound
from cloud.subscriptions.models import Subscription, SubscriptionCycle, SubscriptionStep
from cloud.subscriptions.schemas import (
    CycleView,
    StaffSubscription,
    StaffSubscriptions,
    StaffSubscriptionView,
    SubscriptionStepView,
    SubscriptionSummary,
    SubscriptionView,
)
from cloud.subscriptions.service.recording import planned
from cloud.subscriptions.service.requiring import CHANGEABLE, SKIPPABLE
from cloud.subscriptions.states import ENDED, SubscriptionStatus, can_move

_S = SubscriptionStatus
_CYCLES = 24
_STEPS = 100
_DAYS_AHEAD = 4


async def list_subscriptions(
    session: AsyncSession, user_id: int, now: datetime
) -> list[SubscriptionSummary]:
    """Return a member's subscriptions, those that go on first."""
    found = await repository.list_of_user(session, user_id)
    offers = await catalogue.offers(session, {one.variant_id for one in found}, now)
    return [SubscriptionSummary(**_row(one, offers.get(one.variant_id))) for one in found]


async def get_view(
    session: AsyncSession, subscription_id: int, user_id: int, now: datetime
) -> SubscriptionView:
    """Return a subscription of a member; SubscriptionNotFound."""
    found = await repository.fetch(session, subscription_id)
    if found is None or found.user_id != user_id:
        raise SubscriptionNotFound
    return SubscriptionView(**await _whole(session, found, now))


async def get_staff_view(
    session: AsyncSession, subscription_id: int, now: datetime
) -> StaffSubscriptionView:
    """Return a subscription with its owner and history; SubscriptionNotFound."""
    found = await repository.fetch(session, subscription_id)
    if found is None:
        raise SubscriptionNotFound
    user = await accounts.find_user(session, found.user_id)
    steps = await repository.steps_of(session, found.id, _STEPS)
    staff = ActorKind.STAFF
    return StaffSubscriptionView(
        **await _whole(session, found, now),
        user_id=found.user_id,
        email=user.email if user else "",
        name=user.name if user else "",
        history=[_step(step) for step in steps],
        can_suspend=can_move(found.status, _S.ADMIN_SUSPENDED, staff),
        can_unsuspend=found.status is _S.ADMIN_SUSPENDED,
    )


async def list_for_staff(
    session: AsyncSession,
    now: datetime,
    *,
    status: SubscriptionStatus | None = None,
    text: str = "",
    after: int | None = None,
    limit: int = 50,
) -> StaffSubscriptions:
    """Return all members' subscriptions, newest first; `text` is part of a name or e-mail."""
    found = await repository.list_page(session, status=status, text=text, after=after, limit=limit)
    variants = {one.subscription.variant_id for one in found}
    offers = await catalogue.offers(session, variants, now)
    rows = [
        StaffSubscription(
            **_row(one.subscription, offers.get(one.subscription.variant_id)),
            user_id=one.subscription.user_id,
            email=one.email,
            name=one.name,
        )
        for one in found
    ]
    return StaffSubscriptions(subscriptions=rows, next=rows[-1].id if len(rows) == limit else None)


def _row(found: Subscription, offer: Offer | None) -> dict[str, Any]:
    next_on = planned(found)
    delay = timedelta(days=found.ships_after_days)
    return {
        "id": found.id,
        "status": found.status,
        "product_name": offer.product_name if offer else "",
        "variant_name": offer.variant_name if offer else "",
        "slug": offer.slug if offer else "",
        "image_url": offer.image_url if offer else None,
        "variant_id": found.variant_id,
        "quantity": found.quantity,
        "frequency": found.frequency,
        "next_billing_on": next_on,
        "next_shipping_on": next_on and next_on + delay,
        "total_minor": found.total_minor,
        "currency": found.currency,
        "question": found.question,
        "resume_on": found.resume_on,
    }


async def _whole(session: AsyncSession, found: Subscription, now: datetime) -> dict[str, Any]:
    offers = await catalogue.offers(session, [found.variant_id], now)
    cycles = await repository.cycles_of(session, found.id, _CYCLES)
    numbers = await _order_numbers(session, cycles)
    is_planned = planned(found) is not None
    return {
        **_row(found, offers.get(found.variant_id)),
        "time_zone": found.time_zone,
        "upcoming": planning.upcoming(found, _DAYS_AHEAD) if is_planned else [],
        "version": found.version,
        "next_number": found.next_number,
        "last_billed_on": found.last_billed_on,
        "last_shipped_on": found.last_shipped_on,
        "unit_price_minor": found.unit_price_minor,
        "max_total_minor": found.max_total_minor,
        "ships_after_days": found.ships_after_days,
        "when_missing": found.when_missing,
        "address": PostalAddress.model_validate(found.address),
        "card_id": found.card_id,
        "household_id": found.household_id,
        "household_name": await repository.home_name(session, found.household_id),
        "may_pull_forward_days": found.may_pull_forward_days,
        "may_push_back_days": found.may_push_back_days,
        "agreed_at": found.agreed_at,
        "ended_at": found.ended_at,
        "end_reason": found.end_reason,
        "open_order_number": next(
            (numbers.get(one.id) for one in cycles if one.status == "BILLED"), None
        ),
        "cycles": [_cycle(one, numbers.get(one.id)) for one in cycles],
        "can_change": found.status in CHANGEABLE,
        "can_pause": found.status in (_S.ACTIVE, _S.PAUSED),
        "can_resume": found.status in (_S.PAUSED, _S.EXPIRED),
        "can_skip": found.status in SKIPPABLE,
        "can_cancel": found.status not in ENDED,
        "can_retry": found.status is _S.PENDING_PAYMENT,
    }


async def _order_numbers(
    session: AsyncSession, cycles: Sequence[SubscriptionCycle]
) -> dict[int, str]:
    found = await repository.orders_of(session, [one.id for one in cycles])
    return {cycle_id: order.number for cycle_id, order in found.items()}


def _cycle(cycle: SubscriptionCycle, order_number: str | None) -> CycleView:
    return CycleView(
        number=cycle.number,
        status=cycle.status,
        reason=cycle.reason,
        due_on=cycle.due_on,
        ships_on=cycle.ships_on,
        quantity=cycle.quantity,
        total_minor=cycle.total_minor,
        currency=cycle.currency,
        tries=cycle.tries,
        next_try_at=cycle.next_try_at,
        paid_at=cycle.paid_at,
        shipped_at=cycle.shipped_at,
        order_number=order_number,
    )


def _step(step: SubscriptionStep) -> SubscriptionStepView:
    return SubscriptionStepView(
        what=step.what,
        status=step.status,
        detail=step.detail,
        actor=step.actor_name or step.actor_kind.value,
        at=step.at,
    )
