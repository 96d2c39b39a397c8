"""Reorders as pages and the API show them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.hubs import service as hubs
from cloud.hubs.models import HouseholdRole, Slot
from cloud.orders.models import Order
from cloud.reorders import repository
from cloud.reorders.cases import Mode
from cloud.reorders.errors import ReorderNotFound
from cloud.reorders.models import Reorder, ReorderSlot
from cloud.reorders.schemas import HouseholdView, ReorderView, SlotView
from cloud.reorders.service.casing import start_of_month
from cloud.reorders.service.consents import proposers_of, view_consent
from cloud.reorders.service.desk import Desk
from cloud.reorders.stages import OPEN_STAGES, ReorderStage
from cloud.site.service import read_site

_S = ReorderStage
_DECIDABLE = (_S.PROPOSED, _S.PENDING_CANCEL_WINDOW)
_CALLABLE_OFF = (*_DECIDABLE, _S.CLAIMED, _S.ORDERED, _S.PAYMENT_DUE, _S.PAID)
# Reports that were only looked at are the machine's own business.
_WORTH_SHOWING = tuple(
    stage for stage in ReorderStage if stage not in (_S.RECEIVED, _S.WAITING, _S.REFUSED)
)


async def list_proposals(session: AsyncSession, desk: Desk, user_id: int) -> list[ReorderView]:
    """Return the refills that wait for a member's answer, newest first."""
    return await _list(session, desk, user_id, _DECIDABLE, 100)


async def list_reorders(
    session: AsyncSession, desk: Desk, user_id: int, limit: int = 50
) -> list[ReorderView]:
    """Return a member's refills, newest first."""
    return await _list(session, desk, user_id, _WORTH_SHOWING, limit)


async def _list(
    session: AsyncSession,
    desk: Desk,
    user_id: int,
    stages: Sequence[ReorderStage],
    limit: int,
) -> list[ReorderView]:
    return [view for _, view in await _found(session, desk, user_id, stages, limit)]


async def list_with_rows(
    session: AsyncSession, desk: Desk, user_id: int, limit: int
) -> list[tuple[Reorder, ReorderView]]:
    """Return a member's refills as they are stored and as they are shown, newest first."""
    return await _found(session, desk, user_id, _WORTH_SHOWING, limit)


async def _found(
    session: AsyncSession,
    desk: Desk,
    user_id: int,
    stages: Sequence[ReorderStage],
    limit: int,
) -> list[tuple[Reorder, ReorderView]]:
    """Return refills with their views, in as many statements as for one."""
    roles = await _roles(session, user_id)
    found = await repository.of_households(session, list(roles), stages, limit)
    slots = {slot.id: slot for slot in await repository.slots_of(session, list(roles))}
    orders = await repository.orders_of(session, [reorder.id for reorder in found])
    proposers = await proposers_of(session, found)
    return [
        (
            reorder,
            _shown(
                desk,
                reorder,
                slots[reorder.slot_id],
                roles[reorder.household_id],
                orders.get(reorder.id),
                proposers.get(reorder.id),
            ),
        )
        for reorder in found
    ]


async def _roles(session: AsyncSession, user_id: int) -> dict[int, HouseholdRole]:
    return {household.id: role for household, role in await hubs.households_of(session, user_id)}


async def households_of(session: AsyncSession, user_id: int) -> list[int]:
    """Return the ids of a member's households."""
    return list(await _roles(session, user_id))


async def get_reorder_view(
    session: AsyncSession, desk: Desk, reorder_id: int, user_id: int
) -> ReorderView:
    """Return one refill of a member's household; ReorderNotFound."""
    reorder, role = await own_reorder(session, reorder_id, user_id)
    slot = await repository.slot_of(session, reorder.household_id, reorder.slot_id)
    if slot is None:
        raise ReorderNotFound
    return await _view(session, desk, reorder, slot, role)


async def view_by_link(session: AsyncSession, desk: Desk, reorder_id: int) -> ReorderView:
    """Return one refill for whoever holds its key, as somebody who decides nothing else."""
    reorder = await repository.fetch(session, reorder_id)
    if reorder is None:
        raise ReorderNotFound
    slot = await repository.slot_of(session, reorder.household_id, reorder.slot_id)
    if slot is None:
        raise ReorderNotFound
    return await _view(session, desk, reorder, slot, HouseholdRole.GUEST)


async def own_reorder(
    session: AsyncSession, reorder_id: int, user_id: int
) -> tuple[Reorder, HouseholdRole]:
    """Return a refill of a member's household and what they are there; ReorderNotFound."""
    reorder = await repository.fetch(session, reorder_id)
    role = None if reorder is None else await hubs.role_in(session, reorder.household_id, user_id)
    if reorder is None or role is None:
        raise ReorderNotFound
    return reorder, role


async def _view(
    session: AsyncSession, desk: Desk, reorder: Reorder, slot: Slot, role: HouseholdRole
) -> ReorderView:
    order = await repository.order_of(session, reorder.id)
    proposers = await proposers_of(session, [reorder])
    return _shown(desk, reorder, slot, role, order, proposers.get(reorder.id))


def _shown(
    desk: Desk,
    reorder: Reorder,
    slot: Slot,
    role: HouseholdRole,
    order: Order | None,
    proposed_by: str | None,
) -> ReorderView:
    may_spend = role is not HouseholdRole.GUEST
    is_window = reorder.stage is _S.PENDING_CANCEL_WINDOW
    return ReorderView(
        id=reorder.id,
        household_id=reorder.household_id,
        slot_id=reorder.slot_id,
        stage=reorder.stage,
        reason=reorder.reason,
        room=slot.room,
        diffuser_name=slot.diffuser_name,
        product_name=reorder.product_name,
        variant_name=reorder.variant_name,
        variant_id=reorder.variant_id,
        quantity=reorder.quantity,
        shipping_minor=reorder.shipping_minor,
        total_minor=reorder.total_minor,
        currency=reorder.currency,
        arrives_on=order.arrives_on if order else reorder.arrives_on,
        remaining_percent=_percent(slot),
        low_at=reorder.low_at,
        shown_at=reorder.shown_at,
        cancel_until=reorder.cancel_until if is_window else None,
        order_number=order.number if order else None,
        can_confirm=may_spend and reorder.stage in _DECIDABLE,
        can_call_off=may_spend and reorder.stage in _CALLABLE_OFF,
        can_claim=may_spend
        and reorder.stage is _S.PROPOSED
        and reorder.subscription_id is not None,
        subscription_id=reorder.subscription_id,
        can_answer_refill=may_spend and reorder.stage is _S.DELIVERED,
        refill_answer=reorder.refill_answer,
        refill_asked_at=reorder.refill_asked_at,
        frozen_at=reorder.frozen_at if reorder.stage in OPEN_STAGES else None,
        proposed_by=proposed_by,
        is_test=reorder.is_test,
        proposal_url=desk.links.proposal(reorder.id),
        undo_url=desk.links.undo(reorder.id) if is_window else None,
    )


def _percent(slot: Slot) -> float:
    return round(100 * slot.remaining_ul / slot.capacity_ul, 1)


async def list_slots(session: AsyncSession, desk: Desk, user_id: int) -> list[SlotView]:
    """Return the slots of a member's households and what is wished for each."""
    roles = await _roles(session, user_id)
    return [
        await _slot_view(session, desk, slot)
        for slot in await repository.slots_of(session, list(roles))
    ]


async def _slot_view(session: AsyncSession, desk: Desk, slot: Slot) -> SlotView:
    hub = await repository.hub_of(session, slot.household_id, slot.hub_id)
    household = await repository.household_of(session, slot.household_id)
    wish = await repository.wish_of(session, slot.household_id, slot.id)
    consent = await repository.live_consent(session, slot.household_id, slot.id)
    opened = await repository.open_of_slot(session, slot.id)
    return SlotView(
        slot_id=slot.id,
        household_id=slot.household_id,
        room=slot.room,
        diffuser_name=slot.diffuser_name,
        slot_no=slot.slot_no,
        scent_sku=slot.scent_sku,
        remaining_percent=_percent(slot),
        runs_out_at=slot.runs_out_at,
        mode=wish.mode if wish else Mode.ASK,
        snoozed_until=wish.snoozed_until if wish else None,
        bottles_on_hand=wish.bottles_on_hand if wish else 0,
        is_test=wish.is_test if wish else False,
        most_orders=_most_orders(desk, wish),
        is_refilled_elsewhere=wish.is_refilled_elsewhere if wish else False,
        is_frozen=(wish is not None and wish.frozen_at is not None)
        or hub is None
        or hub.revoked_at is not None,
        paused_until=household.paused_until if household else None,
        consent=None if consent is None else await view_consent(session, consent),
        open_reorder_id=opened,
    )


def _most_orders(desk: Desk, wish: ReorderSlot | None) -> int:
    own = None if wish is None else wish.most_orders
    return desk.rules.slot_orders if own is None else own


async def list_households(
    session: AsyncSession, desk: Desk, user_id: int, now: datetime
) -> list[HouseholdView]:
    """Return what holds for all refills of each of a member's households, oldest first."""
    currency = (await read_site(session)).currency
    views = []
    for household, _ in await hubs.households_of(session, user_id):
        row = await repository.household_of(session, household.id)
        own = None if row is None else row.month_cap_minor
        unit = (row.month_cap_currency if row else None) or currency
        spent = await repository.spent_since(session, household.id, unit, start_of_month(now))
        views.append(
            HouseholdView(
                household_id=household.id,
                name=household.name,
                paused_until=None if row is None else row.paused_until,
                month_cap_minor=desk.rules.month_cap_minor if own is None else own,
                is_own_cap=own is not None,
                spent_this_month_minor=spent,
                currency=unit,
            )
        )
    return views


async def count_open(session: AsyncSession) -> dict[ReorderStage, int]:
    """Return how many refills stand where, for staff."""
    return await repository.count_by_stage(session, OPEN_STAGES)
