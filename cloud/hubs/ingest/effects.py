"""Putting the news of a batch to effect, in the transaction that stores it."""

import json
import logging
from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.errors import Unavailable
from cloud.foundation.events import emit
from cloud.hubs.events import (
    CartridgeFitted,
    CartridgeLevelChanged,
    CartridgeRunningLow,
    ReorderPreferenceChanged,
    SlotTakenOver,
)
from cloud.hubs.ingest import edits, living, slots
from cloud.hubs.ingest.batch import Received, Reject
from cloud.hubs.ingest.slots import Fact, Fitted, Low, SlotPlace
from cloud.hubs.ingest.wire import CartridgeNews, DiffuserSeen
from cloud.hubs.repository import documents, households
from cloud.hubs.repository import slots as slot_rows
from cloud.hubs.repository.documents import DocumentMark
from cloud.hubs.repository.hubs import HubKey
from cloud.hubs.schemas import DiffuserRow, SlotRow
from cloud.hubs.service.documents import is_deleted

_log = logging.getLogger(__name__)

Rejects = list[tuple[Received, Reject]]


async def apply(
    session: AsyncSession, key: HubKey, events: Sequence[Received], now: datetime
) -> Rejects:
    """Apply a batch's events and return those that could not be applied.

    An event whose effect fails for a reason of its own is undone alone and put aside: it must
    not hold up the log for ever. When the database itself fails, so does the whole batch.
    """
    await _describe_diffusers(session, key, events, now)
    # Telling people is not worth a batch: what goes wrong there is logged and let be.
    await _try(session, living.tell_rules(session, key, events, now))
    rejects = await _apply_cartridges(session, key, events, now)
    rejects += await _apply_edits(session, key, events, now)
    return rejects


async def _describe_diffusers(
    session: AsyncSession, key: HubKey, events: Sequence[Received], now: datetime
) -> None:
    seen = {
        event.news.diffuser_id: DiffuserRow(
            diffuser_id=event.news.diffuser_id,
            dialect=event.news.dialect,
            name=event.news.name,
            room=event.news.room,
            maker=event.news.maker,
            model=event.news.model,
            slot_count=event.news.slots,
            described_at=event.happened_at,
        )
        for event in events
        if isinstance(event.news, DiffuserSeen)
    }
    if not seen:
        return
    await _try(session, living.tell_new_devices(session, key, list(seen.values()), now))
    await slot_rows.put_diffusers(session, key, list(seen.values()))
    for row in seen.values():
        await slot_rows.rename_slots(session, key, row.diffuser_id, row.name, row.room)


async def _apply_cartridges(
    session: AsyncSession, key: HubKey, events: Sequence[Received], now: datetime
) -> Rejects:
    places = sorted(
        {
            (event.news.slot.diffuser_id, event.news.slot.number)
            for event in events
            if isinstance(event.news, CartridgeNews)
        }
    )
    if not places:
        return []
    held = await slot_rows.slots_at(session, key, places)
    rejects = await _take_over(session, key, held, events, now)
    if len(held) < len(places):
        held = await slot_rows.slots_at(session, key, places)
    changed, facts = slots.fold(held, events)
    if not changed:
        return rejects
    numbers = await slot_rows.put_slots(session, key, list(changed.values()), now)
    for fact in facts:
        news = _as_event(key, numbers[fact.place], fact, changed[fact.place], now)
        reject = await _try(session, emit(session, news))
        if reject is not None:
            rejects.append((fact.event, reject))
    return rejects


async def _take_over(
    session: AsyncSession,
    key: HubKey,
    held: dict[SlotPlace, SlotRow],
    events: Sequence[Received],
    now: datetime,
) -> Rejects:
    """Let a hub that was paired anew go on with the slots of the one before it."""
    cartridges: dict[SlotPlace, str] = {}
    for event in events:
        if isinstance(event.news, CartridgeNews):
            place = (event.news.slot.diffuser_id, event.news.slot.number)
            if place not in held:
                cartridges.setdefault(place, event.news.install_id)
    rejects: Rejects = []
    for slot_id in await slot_rows.take_over(session, key, cartridges, now):
        told = SlotTakenOver(key.household_id, key.hub_id, slot_id, now)
        reject = await _try(session, emit(session, told))
        if reject is not None:
            rejects.append((events[0], reject))
    return rejects


async def _apply_edits(
    session: AsyncSession, key: HubKey, events: Sequence[Received], now: datetime
) -> Rejects:
    touched = edits.touched(events)
    if not touched:
        return []
    # Locked before the fields are read: another hub of the household may be merging too.
    await households.take_stamp(session, key.household_id)
    held = await documents.fields_of(session, key.household_id, touched)
    merged = edits.merge(held, events, now)
    changed = merged.changed
    if changed:
        last = await households.take_versions(session, key.household_id, len(changed), merged.stamp)
        fields = {**held, **merged.edits}
        marks = {
            document: DocumentMark(
                version=last - len(changed) + place,
                was_reset=document in merged.resets,
                is_deleted=is_deleted(fields, document),
            )
            for place, document in enumerate(changed, start=1)
        }
        await documents.put_shared(session, key.household_id, marks, merged.edits)
    return merged.rejects + await _tell_preferences(session, key, merged, events)


async def _tell_preferences(
    session: AsyncSession, key: HubKey, merged: edits.Merged, events: Sequence[Received]
) -> Rejects:
    rejects: Rejects = []
    for (kind, place, field), edit in merged.edits.items():
        if kind != "reorder_preference" or field != "mode":
            continue
        diffuser_id, _, slot_no = place.rpartition("/")
        number = int(slot_no) if slot_no.isascii() and slot_no.isdigit() else 0
        slot_id = await slot_rows.slot_id_at(session, key, diffuser_id, min(number, 32_767))
        if slot_id is None:
            continue
        mode = str(json.loads(edit.value))
        told = ReorderPreferenceChanged(key.household_id, slot_id, mode)
        reject = await _try(session, emit(session, told))
        if reject is not None:
            rejects.append((events[0], reject))
    return rejects


async def _try(session: AsyncSession, effect: Awaitable[None]) -> Reject | None:
    try:
        async with session.begin_nested():
            await effect
    except Unavailable:
        raise
    except DBAPIError as error:
        if not isinstance(error, IntegrityError):
            raise  # the database's trouble, not the event's: the hub sends it again
        return _reject_of(error)
    except Exception as error:  # noqa: BLE001 - one event must never block the log behind it
        return _reject_of(error)
    return None


def _reject_of(error: Exception) -> Reject:
    _log.exception("an event of a hub could not be put to effect")
    return Reject("effect_failed", f"{type(error).__name__}: {error}"[:500])


def _as_event(
    key: HubKey, slot_id: int, fact: Fact, row: SlotRow, now: datetime
) -> CartridgeFitted | CartridgeRunningLow | CartridgeLevelChanged:
    at = fact.event.happened_at
    match fact:
        case Fitted():
            return CartridgeFitted(key.household_id, key.hub_id, slot_id, fact.install_id, at)
        case Low():
            evidence: dict[str, Any] = json.loads(fact.event.body)
            return CartridgeRunningLow(
                key.household_id, key.hub_id, slot_id, fact.install_id, at, now, evidence
            )
        case _:
            return CartridgeLevelChanged(
                household_id=key.household_id,
                hub_id=key.hub_id,
                slot_id=slot_id,
                cartridge_install_id=fact.install_id,
                occurred_at=at,
                remaining_ul=row.remaining_ul,
                capacity_ul=row.capacity_ul,
                days_left=row.days_left,
            )
