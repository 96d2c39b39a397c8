"""The hubs of an account: seen, named, removed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.hubs.errors import HubUnknown
from cloud.hubs.events import HubRevoked
from cloud.hubs.models import Hub, HubDiffuser, Slot
from cloud.hubs.repository import households, hubs, slots
from cloud.hubs.repository.hubs import HubKey
from cloud.hubs.service.households import require_owner


@dataclass(frozen=True, slots=True)
class Home:
    """A hub with what stands around it, for pages. A removed hub comes last."""

    hub: Hub
    household_name: str
    diffusers: tuple[HubDiffuser, ...]
    slots: tuple[Slot, ...]


async def list_homes(session: AsyncSession, user_id: int) -> list[Home]:
    """Return the hubs an account may see, with their diffusers and slots."""
    found = await households.households_of(session, user_id)
    names = {household.id: household.name for household, _ in found}
    seen = await hubs.hubs_of(session, list(names))
    diffusers = await slots.diffusers_of(session, list(names))
    held = await slots.slots_of(session, list(names))
    return [
        Home(
            hub=hub,
            household_name=names[hub.household_id],
            diffusers=tuple(row for row in diffusers if row.hub_id == hub.id),
            slots=tuple(row for row in held if row.hub_id == hub.id),
        )
        for hub in seen
    ]


async def get_slot(session: AsyncSession, user_id: int, slot_id: int) -> Slot:
    """Return a slot of one of an account's households; HubUnknown when it is not theirs."""
    found = await households.households_of(session, user_id)
    slot = await slots.find_slot(session, [household.id for household, _ in found], slot_id)
    if slot is None:
        raise HubUnknown
    return slot


async def list_hubs(session: AsyncSession, *, after: int = 0, limit: int = 50) -> list[Hub]:
    """Return hubs of every household with numbers above `after`, ascending: for staff."""
    return await hubs.page_of_hubs(session, after, limit)


async def rename_hub(session: AsyncSession, user_id: int, hub_id: int, name: str) -> Hub:
    """Give a hub another name (1 to 80 characters); OwnerNeeded, HubUnknown."""
    hub = await _owned(session, user_id, hub_id)
    hub.name = name
    await session.flush()
    return hub


async def remove_hub(session: AsyncSession, user_id: int, hub_id: int, now: datetime) -> None:
    """Take a hub out of its household; a second time changes nothing. OwnerNeeded, HubUnknown."""
    hub = await _owned(session, user_id, hub_id)
    await revoke(session, HubKey(hub.household_id, hub.id), now)


async def revoke(session: AsyncSession, key: HubKey, now: datetime, *, reason: str = "") -> None:
    """Make a hub's key and session worth nothing from its next request on.

    `reason` is why staff did it, at most 400 characters; "" for its owners.

    Waits for a batch that is being stored; whatever comes later has no effect.
    """
    hub = await hubs.get_hub(session, key, lock=True)
    if hub is None:
        raise HubUnknown
    if hub.revoked_at is not None:
        return
    hub.revoked_at, hub.revoked_reason = now, reason
    await session.flush()
    await hubs.end_session(session, key)
    await emit(session, HubRevoked(key.household_id, key.hub_id))


async def leave_homes(session: AsyncSession, user_id: int, now: datetime) -> None:
    """Take an account out of all its households; hubs that nobody else lives with are removed.

    A home that others live in stays theirs.
    """
    for household, _ in await households.households_of(session, user_id):
        if len(await households.user_ids(session, household.id)) == 1:
            for hub in await hubs.hubs_of(session, [household.id]):
                await revoke(session, HubKey(household.id, hub.id), now)
        await households.remove_member(session, household.id, user_id)


async def _owned(session: AsyncSession, user_id: int, hub_id: int) -> Hub:
    hub = await hubs.find_hub(session, hub_id)
    if hub is None or await households.role_of(session, hub.household_id, user_id) is None:
        raise HubUnknown
    await require_owner(session, hub.household_id, user_id)
    return hub
