"""What reorders do at news from hubs, orders and payments.

Inside a hub's report nothing but inserts happens: rows that others lock are left to jobs, so that
a report never waits for a checkout.
"""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.events import AccountReclaimed, PersonErased
from cloud.foundation.events import Handler
from cloud.foundation.jobs import defer
from cloud.hubs.events import (
    CartridgeFitted,
    CartridgeLevelChanged,
    CartridgeRunningLow,
    HubRevoked,
    ReorderPreferenceChanged,
    SlotTakenOver,
)
from cloud.orders.events import (
    OrderCancelled,
    OrderDelivered,
    OrderEvent,
    OrderFailed,
    OrderPaid,
    OrderShipped,
)
from cloud.payments.events import ChargeRefused
from cloud.reorders import service
from cloud.reorders.cases import Mode
from cloud.reorders.service import Desk
from cloud.subscriptions.events import SubscriptionCancelled, SubscriptionChanged


def handlers(desk: Desk) -> Mapping[type, Handler]:
    """Return what reorders do at which event."""

    async def on_order_news(session: AsyncSession, event: OrderEvent) -> None:
        await service.follow_order(session, desk, event)

    async def on_parcel_news(session: AsyncSession, event: OrderShipped | OrderDelivered) -> None:
        await service.follow_order(session, desk, event)
        await service.defer_claims_of_order(session, event.order_id)

    async def on_charge_refused(session: AsyncSession, event: ChargeRefused) -> None:
        await service.follow_refusal(session, desk, event)

    return {
        CartridgeRunningLow: on_running_low,
        CartridgeFitted: on_fitted,
        CartridgeLevelChanged: on_level_changed,
        ReorderPreferenceChanged: on_preference_changed,
        HubRevoked: on_hub_revoked,
        SlotTakenOver: on_slot_taken_over,
        SubscriptionCancelled: on_subscription_moved,
        SubscriptionChanged: on_subscription_moved,
        AccountReclaimed: on_account_reclaimed,
        PersonErased: on_person_erased,
        OrderPaid: on_order_news,
        OrderShipped: on_parcel_news,
        OrderDelivered: on_parcel_news,
        OrderCancelled: on_order_news,
        OrderFailed: on_order_news,
        ChargeRefused: on_charge_refused,
    }


async def on_running_low(session: AsyncSession, event: CartridgeRunningLow) -> None:
    """Store the report with the job that looks at it."""
    await service.note_low(session, event)


async def on_fitted(session: AsyncSession, event: CartridgeFitted) -> None:
    """Have jobs end the old bottle's cycle, and tell the home what the new one is."""
    await defer(
        session,
        "reorders.note_fitted",
        household_id=event.household_id,
        slot_id=event.slot_id,
        install_id=event.cartridge_install_id,
        fitted_at=event.occurred_at.isoformat(),
    )
    await service.defer_telling(session, [event.household_id])


async def on_level_changed(session: AsyncSession, event: CartridgeLevelChanged) -> None:
    """Have waiting reports of the slot looked at again."""
    await service.note_level(session, event.household_id, event.slot_id, event.occurred_at)


async def on_preference_changed(session: AsyncSession, event: ReorderPreferenceChanged) -> None:
    """Have a job store what the household chose on its hub; unknown words change nothing."""
    if event.mode not in {mode.value for mode in Mode}:
        return
    await defer(
        session,
        "reorders.set_mode",
        lock=f"reorders.set_mode:{event.slot_id}",
        household_id=event.household_id,
        slot_id=event.slot_id,
        mode=event.mode,
    )


async def on_account_reclaimed(session: AsyncSession, event: AccountReclaimed) -> None:
    """Let nothing be ordered any more because of what another agreed to in this account."""
    await service.revoke_all_consents(session, event.user_id, event.at)
    await service.defer_letting_go(session, event.user_id)


async def on_person_erased(session: AsyncSession, event: PersonErased) -> None:
    """Have jobs look after the homes that a person leaves; personal.py ends what they agreed to."""
    await service.defer_letting_go(session, event.user_id)


async def on_subscription_moved(
    session: AsyncSession, event: SubscriptionCancelled | SubscriptionChanged
) -> None:
    """Have jobs see whether the parcels still come that refills count on."""
    await service.defer_claims(session, event.subscription_id)


async def on_slot_taken_over(session: AsyncSession, event: SlotTakenOver) -> None:
    """Have a job look at what waited for the slot's hub again: another one speaks of it now.

    Not by the way: a look that is under way saw the old hub, and its row would be passed by.
    """
    await defer(
        session,
        "reorders.look_at_slot",
        household_id=event.household_id,
        slot_id=event.slot_id,
    )


async def on_hub_revoked(session: AsyncSession, event: HubRevoked) -> None:
    """Have a job freeze what the hub reported."""
    await defer(
        session,
        "reorders.freeze_hub",
        household_id=event.household_id,
        hub_id=event.hub_id,
    )
