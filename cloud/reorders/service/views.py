"""Reorders as pages and the API show them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.hubs import service as hubs
from cloud.hubs.models import HouseholdRole, Slot
from cloud.orders.schemas import PostalAddress
from cloud.reorders import repository
from cloud.reorders.cases import Mode
from cloud.reorders.errors import ReorderNotFound
from cloud.reorders.models import Reorder, ReorderConsent
from cloud.reorders.schemas import (
    ConsentView,
    ExplainedReorder,
    ReorderView,
    SlotView,
    StepView,
)
from cloud.reorders.service.desk import Desk
from cloud.reorders.stages import OPEN_STAGES, ReorderStage

_S = ReorderStage
_DECIDABLE = (_S.PROPOSED, _S.PENDING_CANCEL_WINDOW)
_CALLABLE_OFF = (*_DECIDABLE, _S.ORDERED, _S.PAYMENT_DUE, _S.PAID)
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
    roles = await _roles(session, user_id)
    found = await repository.of_households(session, list(roles), stages, limit)
    slots = {slot.id: slot for slot in await repository.slots_of(session, list(roles))}
    return [
        await _view(session, desk, reorder, slots[reorder.slot_id], roles[reorder.household_id])
        for reorder in found
    ]


async def _roles(session: AsyncSession, user_id: int) -> dict[int, HouseholdRole]:
    return {household.id: role for household, role in await hubs.households_of(session, user_id)}


async def get_reorder_view(
    session: AsyncSession, desk: Desk, reorder_id: int, user_id: int
) -> ReorderView:
    """Return one refill of a member's household; ReorderNotFound."""
    reorder, role = await _own(session, reorder_id, user_id)
    slot = await repository.slot_of(session, reorder.household_id, reorder.slot_id)
    if slot is None:
        raise ReorderNotFound
    return await _view(session, desk, reorder, slot, role)


async def _own(
    session: AsyncSession, reorder_id: int, user_id: int
) -> tuple[Reorder, HouseholdRole]:
    reorder = await repository.fetch(session, reorder_id)
    role = None if reorder is None else await hubs.role_in(session, reorder.household_id, user_id)
    if reorder is None or role is None:
        raise ReorderNotFound
    return reorder, role


async def _view(
    session: AsyncSession, desk: Desk, reorder: Reorder, slot: Slot, role: HouseholdRole
) -> ReorderView:
    order = await repository.order_of(session, reorder.id)
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
        is_test=reorder.is_test,
        proposal_url=desk.links.proposal(reorder.id),
    )


def _percent(slot: Slot) -> float:
    return round(100 * slot.remaining_ul / slot.capacity_ul, 1)


async def explain_reorder(
    session: AsyncSession, desk: Desk, reorder_id: int, user_id: int
) -> ExplainedReorder:
    """Return a refill with its report, decision, consent and steps; ReorderNotFound."""
    view = await get_reorder_view(session, desk, reorder_id, user_id)
    reorder, _ = await _own(session, reorder_id, user_id)
    consent = await session.get(ReorderConsent, reorder.consent_id) if reorder.consent_id else None
    return ExplainedReorder(
        reorder=view,
        evidence=reorder.evidence,
        decision=reorder.decision,
        consent=None if consent is None else await _consent_view(session, consent),
        steps=await _steps(session, reorder_id),
    )


async def _steps(session: AsyncSession, reorder_id: int) -> list[StepView]:
    steps = []
    for note in await repository.notes_of(session, reorder_id):
        member = await accounts.find_user(session, note.user_id) if note.user_id else None
        steps.append(
            StepView(
                stage=note.stage,
                reason=note.reason,
                by=(member.name or member.email) if member else None,
                at=note.at,
            )
        )
    return steps


async def list_slots(session: AsyncSession, user_id: int) -> list[SlotView]:
    """Return the slots of a member's households and what is wished for each."""
    roles = await _roles(session, user_id)
    return [
        await _slot_view(session, slot) for slot in await repository.slots_of(session, list(roles))
    ]


async def _slot_view(session: AsyncSession, slot: Slot) -> SlotView:
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
        consent=None if consent is None else await _consent_view(session, consent),
        open_reorder_id=opened,
    )


async def _consent_view(session: AsyncSession, consent: ReorderConsent) -> ConsentView:
    member = await accounts.find_user(session, consent.user_id)
    address = PostalAddress.model_validate(consent.address)
    return ConsentView(
        id=consent.id,
        slot_id=consent.slot_id,
        member=(member.name or member.email) if member else "",
        variant_id=consent.variant_id,
        quantity=consent.quantity,
        unit_price_minor=consent.unit_price_minor,
        shipping_minor=consent.shipping_minor,
        tax_basis_points=consent.tax_basis_points,
        total_minor=consent.total_minor,
        max_total_minor=consent.max_total_minor,
        currency=consent.currency,
        ships_to=f"{address.recipient}, {address.city}",
        card_id=consent.card_id,
        mode=consent.mode,
        text_version=consent.text_version,
        consented_at=consent.consented_at,
        revoked_at=consent.revoked_at,
    )


async def count_open(session: AsyncSession) -> dict[ReorderStage, int]:
    """Return how many refills stand where, for staff."""
    return await repository.count_by_stage(session, OPEN_STAGES)
