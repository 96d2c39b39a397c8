"""One hub with everything that is known of it, for staff."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.hubs.errors import HubUnknown
from cloud.hubs.models import EventReject, Household, Hub, HubDiffuser, HubLineage, Slot
from cloud.hubs.repository import households, hubs, slots

_LATEST_LOGS = 10


@dataclass(frozen=True, slots=True)
class HubFile:
    """A hub, its household and what stands there.

    `members` are accounts with their roles, owners first. `logs` are its lineages, the newest
    first; `rejected` how many of its events could not be used.
    """

    hub: Hub
    household: Household
    members: Sequence[tuple[int, str]]
    diffusers: Sequence[HubDiffuser]
    slots: Sequence[Slot]
    logs: Sequence[HubLineage]
    rejected: int


async def read_hub_file(session: AsyncSession, hub_id: int) -> HubFile:
    """Return a hub of whatever household; HubUnknown."""
    hub = await hubs.find_hub(session, hub_id)
    if hub is None:
        raise HubUnknown
    home = [hub.household_id]
    mine = (HubLineage.household_id == hub.household_id, HubLineage.hub_id == hub.id)
    logs = await session.scalars(
        select(HubLineage).where(*mine).order_by(HubLineage.id.desc()).limit(_LATEST_LOGS)
    )
    rejected = await session.scalar(
        select(func.count())
        .select_from(EventReject)
        .where(EventReject.household_id == hub.household_id, EventReject.hub_id == hub.id)
    )
    return HubFile(
        hub=hub,
        household=await hubs.household_of(session, hub.household_id),
        members=[
            (user_id, role.value)
            for user_id, role in await households.user_ids(session, hub.household_id)
        ],
        diffusers=[one for one in await slots.diffusers_of(session, home) if one.hub_id == hub.id],
        slots=[one for one in await slots.slots_of(session, home) if one.hub_id == hub.id],
        logs=logs.all(),
        rejected=int(rejected or 0),
    )
