"""What households want and agreed to."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.reorders.cases import Mode
from cloud.reorders.models import (
    ReorderConsent,
    ReorderHousehold,
    ReorderSlot,
)


async def lock_household(session: AsyncSession, household_id: int) -> ReorderHousehold:
    """Return the household's row, made at first need, locked: decisions of a home take turns."""
    await session.execute(
        insert(ReorderHousehold).values(household_id=household_id).on_conflict_do_nothing()
    )
    found = await session.scalars(
        select(ReorderHousehold)
        .where(ReorderHousehold.household_id == household_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.one()


async def wish_of(session: AsyncSession, household_id: int, slot_id: int) -> ReorderSlot | None:
    """Return what the household wants for a slot; None means the default."""
    return await session.get(ReorderSlot, (household_id, slot_id), populate_existing=True)


async def wish_locked(session: AsyncSession, household_id: int, slot_id: int) -> ReorderSlot:
    """Return what the household wants for a slot, made at first need, locked."""
    await session.execute(
        insert(ReorderSlot)
        .values(household_id=household_id, slot_id=slot_id, mode=Mode.ASK)
        .on_conflict_do_nothing()
    )
    found = await session.scalars(
        select(ReorderSlot)
        .where(ReorderSlot.household_id == household_id, ReorderSlot.slot_id == slot_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.one()


async def live_consent(
    session: AsyncSession, household_id: int, slot_id: int
) -> ReorderConsent | None:
    """Return the consent that holds for a slot."""
    consent: ReorderConsent | None = await session.scalar(
        select(ReorderConsent).where(
            ReorderConsent.household_id == household_id,
            ReorderConsent.slot_id == slot_id,
            ReorderConsent.revoked_at.is_(None),
        )
    )
    return consent


async def revoke_consents(
    session: AsyncSession, household_id: int, slot_id: int, now: datetime
) -> None:
    """End the consent of a slot, if there is one."""
    await session.execute(
        update(ReorderConsent)
        .where(
            ReorderConsent.household_id == household_id,
            ReorderConsent.slot_id == slot_id,
            ReorderConsent.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
