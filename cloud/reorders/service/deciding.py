"""Looking at a reported low cartridge, and doing what the rules say."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.hubs.models import Slot
from cloud.reorders import repository
from cloud.reorders.decide import decide
from cloud.reorders.events import ReorderCalledOff, ReorderProposed, ReorderWindowOpened
from cloud.reorders.findings import DAY, Decision, Reason, Verdict
from cloud.reorders.models import Reorder
from cloud.reorders.service.casing import Gathered, gather, likely_arrival
from cloud.reorders.service.claims import claim_parcel
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.freezing import freeze_open
from cloud.reorders.service.ordering import order_as_agreed
from cloud.reorders.service.recording import move
from cloud.reorders.stages import UNDECIDED_STAGES, ReorderStage
from cloud.subscriptions import service as subscriptions


async def evaluate(session: AsyncSession, desk: Desk, reorder_id: int, now: datetime) -> None:
    """Decide about a report that waits, by what is true now; repeating it is harmless."""
    reorder = await _locked(session, reorder_id)
    if reorder is None or reorder.stage not in UNDECIDED_STAGES:
        return
    gathered = await _judged(session, desk, reorder, now)
    await _apply(session, desk, reorder, gathered, decide(gathered.case), now)


async def end_window(session: AsyncSession, desk: Desk, reorder_id: int, now: datetime) -> None:
    """Order what nobody called off in its window, if it is still right to; else ask or stop.

    Everything is looked at again: level, stock, price, consent. Repeating it is harmless.
    """
    reorder = await _locked(session, reorder_id)
    if reorder is None or reorder.stage is not ReorderStage.PENDING_CANCEL_WINDOW:
        return
    if reorder.cancel_until is not None and reorder.cancel_until > now:
        return
    gathered = await _judged(session, desk, reorder, now)
    decision = _decided(reorder, gathered)
    if decision.reason is Reason.SLOT_FROZEN:
        reorder.decision = _explained(decision, gathered, now)
        await freeze_open(session, desk, reorder, now)
        return
    if decision.verdict is Verdict.ORDER and _is_as_announced(reorder, gathered):
        # It may have become cheaper; what is charged is what is written down.
        show(reorder, gathered, now)
        await order_as_agreed(session, desk, reorder, gathered, now)
        return
    if decision.verdict is Verdict.ORDER:
        decision = Decision(Verdict.PROPOSE, Reason.PRICE_CHANGED, None, decision.findings)
    await _apply(session, desk, reorder, gathered, decision, now)


def _decided(reorder: Reorder, gathered: Gathered) -> Decision:
    """Return what to do at the end of a window; a test that a person began needs no oil to fall."""
    if reorder.is_test and reorder.reason == Reason.TEST.value:
        return Decision(Verdict.ORDER, Reason.TEST, None, ())
    return decide(gathered.case)


def _is_as_announced(reorder: Reorder, gathered: Gathered) -> bool:
    """Tell whether the price is at most the one that the notice named."""
    refill = gathered.refill
    if refill is None or reorder.total_minor is None:
        return False
    return refill.quote.total.minor <= reorder.total_minor


async def _locked(session: AsyncSession, reorder_id: int) -> Reorder | None:
    """Lock the household, then the reorder: decisions of one home take turns."""
    reorder = await repository.fetch(session, reorder_id)
    if reorder is None:
        return None
    await repository.lock_household(session, reorder.household_id)
    return await repository.fetch_locked(session, reorder_id)


async def _judged(session: AsyncSession, desk: Desk, reorder: Reorder, now: datetime) -> Gathered:
    household = await repository.lock_household(session, reorder.household_id)
    return await gather(session, desk.rules, reorder, household, now)


async def _apply(
    session: AsyncSession,
    desk: Desk,
    reorder: Reorder,
    gathered: Gathered,
    decision: Decision,
    now: datetime,
) -> None:
    was_announced = reorder.stage is ReorderStage.PENDING_CANCEL_WINDOW
    reorder.decision = _explained(decision, gathered, now)
    if decision.verdict is Verdict.WAIT:
        await _wait(session, desk, reorder, decision, now)
    elif decision.verdict is Verdict.REFUSE:
        await move(
            session, desk, reorder, ReorderStage.REFUSED, now=now, reason=decision.reason.value
        )
    else:
        await _offer(session, desk, reorder, gathered, decision, now)
    if was_announced and decision.verdict in (Verdict.WAIT, Verdict.REFUSE):
        await emit(
            session,
            ReorderCalledOff(reorder.id, reorder.household_id, decision.reason.value, now),
        )


async def _wait(
    session: AsyncSession, desk: Desk, reorder: Reorder, decision: Decision, now: datetime
) -> None:
    # What a person or another order must end is looked at daily as well, should its news be lost.
    tomorrow = now + DAY
    reorder.next_look_at = min(decision.until or tomorrow, tomorrow)
    is_same = (reorder.stage, reorder.reason) == (ReorderStage.WAITING, decision.reason.value)
    if not is_same:
        await move(
            session, desk, reorder, ReorderStage.WAITING, now=now, reason=decision.reason.value
        )
    await session.flush()


async def _offer(
    session: AsyncSession,
    desk: Desk,
    reorder: Reorder,
    gathered: Gathered,
    decision: Decision,
    now: datetime,
) -> None:
    """Show the refill to the household: as a question, or as what will happen."""
    show(reorder, gathered, now)
    if decision.verdict is Verdict.ORDER and await claim_parcel(
        session, desk, reorder, gathered, now
    ):
        return
    reorder.subscription_id = await subscription_for(session, reorder)
    if decision.verdict is Verdict.ORDER:
        reorder.cancel_until = now + desk.rules.cancel_window
        await move(
            session,
            desk,
            reorder,
            ReorderStage.PENDING_CANCEL_WINDOW,
            now=now,
            reason=decision.reason.value,
        )
        await emit(session, ReorderWindowOpened(reorder.id, reorder.household_id, now))
        await end_window(session, desk, reorder.id, now)
        return
    await move(session, desk, reorder, ReorderStage.PROPOSED, now=now, reason=decision.reason.value)
    await emit(session, ReorderProposed(reorder.id, reorder.household_id, now))


async def subscription_for(session: AsyncSession, reorder: Reorder) -> int | None:
    """Return the subscription whose next parcel a person may have it come with."""
    if reorder.variant_id is None or reorder.is_test:
        return None
    return await subscriptions.find_subscription(session, reorder.household_id, reorder.variant_id)


def show(reorder: Reorder, gathered: Gathered, now: datetime) -> None:
    """Write what a person will see: the bottle, the whole price, the likely day."""
    refill = gathered.refill
    if refill is None:
        return
    reorder.consent_id = gathered.consent.id if gathered.consent else None
    reorder.variant_id = refill.offer.variant_id
    reorder.product_name = refill.offer.product_name
    reorder.variant_name = refill.offer.variant_name
    reorder.quantity = refill.quantity
    reorder.shipping_minor = refill.quote.shipping.minor
    reorder.total_minor = refill.quote.total.minor
    reorder.currency = refill.quote.total.currency
    reorder.arrives_on = likely_arrival(refill.quote, now).date()
    reorder.shown_at = now


def _explained(decision: Decision, gathered: Gathered, now: datetime) -> dict[str, Any]:
    """Return the decision and the facts it rests on, as plain JSON."""
    return {
        "at": now.isoformat(),
        "verdict": decision.verdict.value,
        "reason": decision.reason.value,
        "until": decision.until.isoformat() if decision.until else None,
        "objections": [
            {
                "verdict": finding.verdict.value,
                "reason": finding.reason.value,
                "until": finding.until.isoformat() if finding.until else None,
            }
            for finding in decision.findings
        ],
        "level": _level(gathered.slot),
        "supply": asdict(gathered.case.supply) if gathered.case.supply else None,
        "consent_id": gathered.consent.id if gathered.consent else None,
    }


def _level(slot: Slot) -> dict[str, Any]:
    return {
        "remaining_ul": slot.remaining_ul,
        "capacity_ul": slot.capacity_ul,
        "error_ul": slot.error_ul,
        "quality": slot.level_quality,
        "at": slot.level_at.isoformat(),
        "runs_out_at": slot.runs_out_at.isoformat() if slot.runs_out_at else None,
    }
