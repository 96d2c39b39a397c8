"""Statements on households and their members."""

from dataclasses import dataclass

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.hubs.models import Household, HouseholdMember, HouseholdRole

_TAKE_VERSIONS = text("""
    UPDATE households SET version = version + :count, stamp = greatest(stamp, :stamp)
    WHERE id = :household_id RETURNING version
""")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the documents of a household stand."""

    version: int
    low_water: int


async def take_versions(
    session: AsyncSession, household_id: int, count: int, stamp: int = 0
) -> int:
    """Take the next `count` versions of a household and return the last of them.

    The row stays locked until the transaction ends, so versions commit in order. `stamp` is the
    latest stamp seen, 0 for none.
    """
    last = await session.scalar(
        _TAKE_VERSIONS, {"household_id": household_id, "count": count, "stamp": stamp}
    )
    if last is None:
        raise LookupError(f"there is no household {household_id}")
    return int(last)


async def take_stamp(session: AsyncSession, household_id: int) -> int:
    """Lock a household and return the latest stamp of its edits."""
    statement = select(Household.stamp).where(Household.id == household_id).with_for_update()
    return (await session.execute(statement)).scalar_one()


async def standing(connection: AsyncConnection | AsyncSession, household_id: int) -> Standing:
    """Return where the documents of a household stand."""
    statement = select(Household.version, Household.low_water).where(Household.id == household_id)
    row = (await connection.execute(statement)).one()
    return Standing(row.version, row.low_water)


async def raise_low_water(session: AsyncSession, household_id: int, version: int) -> None:
    """Say that deletions up to a version are forgotten."""
    await session.execute(
        update(Household)
        .where(Household.id == household_id, Household.low_water < version)
        .values(low_water=version)
    )


async def role_of(session: AsyncSession, household_id: int, user_id: int) -> HouseholdRole | None:
    """Return what an account is in a household; None for a stranger."""
    return await session.scalar(
        select(HouseholdMember.role).where(
            HouseholdMember.household_id == household_id, HouseholdMember.user_id == user_id
        )
    )


async def remove_member(session: AsyncSession, household_id: int, user_id: int) -> None:
    """Take an account out of a household."""
    await session.execute(
        delete(HouseholdMember).where(
            HouseholdMember.household_id == household_id, HouseholdMember.user_id == user_id
        )
    )


async def households_of(
    session: AsyncSession, user_id: int
) -> list[tuple[Household, HouseholdRole]]:
    """Return the households of an account with its role in each, oldest first."""
    rows = await session.execute(
        select(Household, HouseholdMember.role)
        .join(HouseholdMember, HouseholdMember.household_id == Household.id)
        .where(HouseholdMember.user_id == user_id)
        .order_by(Household.id)
    )
    return [(row[0], row[1]) for row in rows]


async def user_ids(session: AsyncSession, household_id: int) -> list[tuple[int, HouseholdRole]]:
    """Return the accounts of a household with their roles, owners first."""
    rows = await session.execute(
        select(HouseholdMember.user_id, HouseholdMember.role)
        .where(HouseholdMember.household_id == household_id)
        .order_by(HouseholdMember.role.desc(), HouseholdMember.user_id)
    )
    return [(row.user_id, row.role) for row in rows]
