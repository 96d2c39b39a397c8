"""Statements on what stands in a home."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.hubs.models import HubDiffuser, Slot
from cloud.hubs.repository.hubs import HubKey
from cloud.hubs.schemas import DiffuserRow, SlotRow

_PLACE = ("household_id", "hub_id", "diffuser_id", "slot_no")


async def slots_at(
    session: AsyncSession, key: HubKey, places: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], SlotRow]:
    """Return the slots of a hub that stand at some places, locked until the transaction ends."""
    rows = await session.scalars(
        select(Slot)
        .where(
            Slot.household_id == key.household_id,
            Slot.hub_id == key.hub_id,
            Slot.diffuser_id.in_({diffuser_id for diffuser_id, _ in places}),
        )
        .order_by(Slot.id)
        .with_for_update()
    )
    found = {(row.diffuser_id, row.slot_no): _as_row(row) for row in rows}
    return {place: found[place] for place in places if place in found}


async def take_over(
    session: AsyncSession, key: HubKey, cartridges: Mapping[tuple[str, int], str], now: datetime
) -> list[int]:
    """Give a hub the slots of its household that it speaks of for the first time; return them.

    `cartridges` names what it says is in each place. A slot is a place in a home and not a line
    in a hub's memory: it follows from a hub that was removed, and from any other hub whose
    cartridge this is. The newest is taken where several hubs knew the place.
    """
    taken = []
    for (diffuser_id, slot_no), install_id in sorted(cartridges.items()):
        found = await session.scalar(
            _TAKE_OVER,
            {
                "household_id": key.household_id,
                "hub_id": key.hub_id,
                "diffuser_id": diffuser_id,
                "slot_no": slot_no,
                "install_id": install_id,
                "now": now,
            },
        )
        if found is not None:
            taken.append(found)
    return taken


async def put_slots(
    session: AsyncSession, key: HubKey, rows: Sequence[SlotRow], now: datetime
) -> dict[tuple[str, int], int]:
    """Store slots and return their numbers by place; a new one joins now."""
    place = {"household_id": key.household_id, "hub_id": key.hub_id, "joined_at": now}
    statement = insert(Slot).values([{**place, **asdict(row)} for row in rows])
    names = [field.name for field in fields(SlotRow) if field.name not in _PLACE]
    stored = await session.execute(
        statement.on_conflict_do_update(
            index_elements=_PLACE, set_={name: statement.excluded[name] for name in names}
        ).returning(Slot.diffuser_id, Slot.slot_no, Slot.id)
    )
    return {(row.diffuser_id, row.slot_no): row.id for row in stored}


async def slot_id_at(
    session: AsyncSession, key: HubKey, diffuser_id: str, slot_no: int
) -> int | None:
    """Return the number of the slot at a place of a hub."""
    return await session.scalar(
        select(Slot.id).where(
            Slot.household_id == key.household_id,
            Slot.hub_id == key.hub_id,
            Slot.diffuser_id == diffuser_id,
            Slot.slot_no == slot_no,
        )
    )


async def find_slot(
    session: AsyncSession, household_ids: Sequence[int], slot_id: int
) -> Slot | None:
    """Return a slot of one of some households."""
    return await session.scalar(
        select(Slot).where(Slot.household_id.in_(household_ids), Slot.id == slot_id)
    )


async def slots_of(session: AsyncSession, household_ids: Sequence[int]) -> list[Slot]:
    """Return the slots of some households by hub, device and number."""
    rows = await session.scalars(
        select(Slot)
        .where(Slot.household_id.in_(household_ids))
        .order_by(Slot.hub_id, Slot.diffuser_name, Slot.diffuser_id, Slot.slot_no)
    )
    return list(rows)


async def diffusers_of(session: AsyncSession, household_ids: Sequence[int]) -> list[HubDiffuser]:
    """Return the diffusers of some households by hub and name."""
    rows = await session.scalars(
        select(HubDiffuser)
        .where(HubDiffuser.household_id.in_(household_ids))
        .order_by(HubDiffuser.hub_id, HubDiffuser.name, HubDiffuser.diffuser_id)
    )
    return list(rows)


async def known_diffusers(session: AsyncSession, key: HubKey) -> set[str]:
    """Return the ids of the devices that a hub told of before."""
    found = await session.scalars(
        select(HubDiffuser.diffuser_id).where(
            HubDiffuser.household_id == key.household_id, HubDiffuser.hub_id == key.hub_id
        )
    )
    return set(found)


async def put_diffusers(session: AsyncSession, key: HubKey, rows: Sequence[DiffuserRow]) -> None:
    """Store diffusers as last described; an older description changes nothing."""
    statement = insert(HubDiffuser).values(
        [{"household_id": key.household_id, "hub_id": key.hub_id, **asdict(row)} for row in rows]
    )
    names = [field.name for field in fields(DiffuserRow) if field.name != "diffuser_id"]
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["household_id", "hub_id", "diffuser_id"],
            set_={name: statement.excluded[name] for name in names},
            where=HubDiffuser.described_at <= statement.excluded.described_at,
        )
    )


async def rename_slots(
    session: AsyncSession, key: HubKey, diffuser_id: str, name: str, room: str
) -> None:
    """Follow a renamed device."""
    await session.execute(
        _RENAME,
        {
            "household_id": key.household_id,
            "hub_id": key.hub_id,
            "diffuser_id": diffuser_id,
            "name": name,
            "room": room,
        },
    )


def _as_row(slot: Slot) -> SlotRow:
    return SlotRow(**{field.name: getattr(slot, field.name) for field in fields(SlotRow)})


_TAKE_OVER = text("""
    UPDATE slots SET hub_id = :hub_id, joined_at = :now
    WHERE household_id = :household_id AND id = (
        SELECT s.id FROM slots AS s JOIN hubs AS h ON h.household_id = s.household_id
            AND h.id = s.hub_id
        WHERE s.household_id = :household_id AND s.hub_id <> :hub_id
          AND s.diffuser_id = :diffuser_id AND s.slot_no = :slot_no
          AND (h.revoked_at IS NOT NULL OR s.cartridge_install_id = :install_id)
        ORDER BY s.level_at DESC, s.id DESC LIMIT 1
        FOR UPDATE OF s)
    RETURNING id
""")
_RENAME = text("""
    UPDATE slots SET diffuser_name = :name, room = :room
    WHERE household_id = :household_id AND hub_id = :hub_id AND diffuser_id = :diffuser_id
      AND (diffuser_name, room) IS DISTINCT FROM (:name, :room)
""")
