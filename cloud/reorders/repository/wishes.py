"""What households want and agreed to."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.models import User
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


async def household_of(session: AsyncSession, household_id: int) -> ReorderHousehold | None:
    """Return what holds for all refills of a household; None means the defaults."""
    return await session.get(ReorderHousehold, household_id, populate_existing=True)


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


async def consents_of(
    session: AsyncSession, consent_ids: Collection[int]
) -> dict[int, ReorderConsent]:
    """Return consents by their ids, revoked ones too."""
    found = await session.scalars(select(ReorderConsent).where(ReorderConsent.id.in_(consent_ids)))
    return {consent.id: consent for consent in found}


async def consent_holds(session: AsyncSession, consent_id: int, user_id: int) -> bool:
    """Tell whether a consent still holds and its giver still has an account; both stay so.

    Somebody whom staff let in no more could call nothing off: theirs does not hold meanwhile.
    The account's row is held first, as whoever blocks it or hands it over does it; whoever forgets
    a person waits for the consent.
    """
    held = await session.scalar(
        select(User.id)
        .where(User.id == user_id, User.erased_at.is_(None), User.blocked_at.is_(None))
        .with_for_update(read=True, key_share=True)
    )
    if held is None:
        return False
    live = await session.scalar(
        select(ReorderConsent.id)
        .where(ReorderConsent.id == consent_id, ReorderConsent.revoked_at.is_(None))
        .with_for_update(read=True)
    )
    return live is not None


async def revoke_all_consents(session: AsyncSession, user_id: int, now: datetime) -> None:
    """End every consent that a person gave."""
    await session.execute(
        update(ReorderConsent)
        .where(ReorderConsent.user_id == user_id, ReorderConsent.revoked_at.is_(None))
        .values(revoked_at=now)
    )


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
