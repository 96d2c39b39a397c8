"""Taking a refill out of the next parcel of a home's subscription, and giving it back."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.reorders.findings import DAY, Reason
from cloud.reorders.models import Reorder
from cloud.reorders.service.casing import Gathered
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.recording import move
from cloud.reorders.stages import ReorderStage
from cloud.subscriptions import service as subscriptions
from cloud.subscriptions.service import ClaimedParcel

_S = ReorderStage


async def claim_parcel(
    session: AsyncSession,
    desk: Desk,
    reorder: Reorder,
    gathered: Gathered,
    now: datetime,
    user_id: int | None = None,
) -> bool:
    """Let a locked reorder come with the next parcel of its home; tell whether one is in time."""
    refill, slot = gathered.refill, gathered.slot
    if refill is None or reorder.is_test:
        return False
    days = desk.rules.safety + timedelta(days=refill.quote.delivery.p90_days)
    claimed = await subscriptions.claim_next_parcel(
        session,
        household_id=reorder.household_id,
        variant_id=refill.offer.variant_id,
        needed_at=slot.runs_out_at or now + days,
        key=key_of(reorder),
        now=now,
    )
    if claimed is None:
        return False
    reorder.subscription_id, reorder.parcel_on = claimed.subscription_id, claimed.billing_on
    reorder.arrives_on = claimed.arrives_on
    reorder.next_look_at = now + DAY
    reason = Reason.SUBSCRIPTION_PARCEL.value
    await move(session, desk, reorder, _S.CLAIMED, now=now, reason=reason, user_id=user_id)
    return True


def key_of(reorder: Reorder) -> str:
    """Return what names the need of a locked reorder to subscriptions: once a cartridge."""
    return f"reorder:{reorder.household_id}:{reorder.cartridge_install_id}"


async def give_parcel_back(session: AsyncSession, reorder: Reorder) -> None:
    """Leave the bottle that a locked reorder claimed to the subscription's owner."""
    await subscriptions.release_claim(session, key_of(reorder))
    reorder.subscription_id = reorder.parcel_on = reorder.ordered_at = None


async def claimed_by(
    session: AsyncSession, reorder: Reorder, now: datetime
) -> ClaimedParcel | None:
    """Return the parcel that a locked reorder comes with; None when it does not come."""
    return await subscriptions.find_claim(session, key_of(reorder), now)
