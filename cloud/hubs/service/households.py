"""Households and who may do what in them."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.hubs.errors import OwnerNeeded
from cloud.hubs.models import Household, HouseholdMember, HouseholdRole
from cloud.hubs.repository import households

_HOLD_USER = text("SELECT id FROM users WHERE id = :user_id FOR NO KEY UPDATE")


async def ensure_household(session: AsyncSession, user_id: int, name: str = "Home") -> Household:
    """Return the household an account owns, the oldest of several; make one if it owns none."""
    # Two pages opened at once must not make two homes.
    await session.execute(_HOLD_USER, {"user_id": user_id})
    for household, role in await households.households_of(session, user_id):
        if role is HouseholdRole.OWNER:
            return household
    household = Household(name=name)
    session.add(household)
    await session.flush()
    session.add(
        HouseholdMember(household_id=household.id, user_id=user_id, role=HouseholdRole.OWNER)
    )
    await session.flush()
    return household


async def add_member(
    session: AsyncSession, household_id: int, user_id: int, role: HouseholdRole
) -> None:
    """Take an account into a household, or change what it is there."""
    member = await session.get(HouseholdMember, (household_id, user_id))
    if member is None:
        member = HouseholdMember(household_id=household_id, user_id=user_id, role=role)
        session.add(member)
    member.role = role
    await session.flush()


async def role_in(session: AsyncSession, household_id: int, user_id: int) -> HouseholdRole | None:
    """Return what an account is in a household; None for a stranger."""
    return await households.role_of(session, household_id, user_id)


async def require_owner(session: AsyncSession, household_id: int, user_id: int) -> None:
    """Raise OwnerNeeded unless the account owns the household."""
    if await households.role_of(session, household_id, user_id) is not HouseholdRole.OWNER:
        raise OwnerNeeded


async def members_of(session: AsyncSession, household_id: int) -> list[tuple[int, HouseholdRole]]:
    """Return the accounts of a household with their roles, owners first."""
    return await households.user_ids(session, household_id)


async def households_of(
    session: AsyncSession, user_id: int
) -> list[tuple[Household, HouseholdRole]]:
    """Return the households of an account with its role in each, oldest first."""
    return await households.households_of(session, user_id)
