"""Appending a batch to a hub's log: compare, append, put to effect, advance; all or nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.hubs.errors import PositionConflict
from cloud.hubs.events import HubDuplicated
from cloud.hubs.ingest import effects
from cloud.hubs.ingest.batch import Batch, Received, read
from cloud.hubs.ingest.wire import Gap
from cloud.hubs.models import HubLineage
from cloud.hubs.repository import history
from cloud.hubs.repository.history import EventRow, RejectRow
from cloud.hubs.repository.hubs import HubKey
from scentd.contracts.history import GENESIS

LINEAGES_A_DAY = 3
"""A hub begins a new log when its card is restored; more often than this, it is two hubs."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a log goes now."""

    acked: int
    chain: bytes


async def append(
    session: AsyncSession, key: HubKey, lineage: str, batch: Batch, now: datetime
) -> Position:
    """Append a batch to a log of a hub, exactly once, and return where the log then ends.

    Raises PositionConflict, and nothing is stored, unless the batch begins where the log ends
    with the same history before it. The caller has authenticated the hub in this transaction.
    """
    cursor, is_new = await _cursor(session, key, lineage, batch, now)
    header = batch.header
    if header.first != cursor.acked + 1 or bytes.fromhex(header.prev_chain) != cursor.chain:
        raise PositionConflict(cursor.acked, cursor.chain)
    events, chain = read(batch, now)
    await history.add_events(session, key, cursor.id, [_row(event) for event in events], now)
    rejects = [(event, event.reject) for event in events if event.reject is not None]
    rejects += await effects.apply(session, key, events, now)
    if rejects:
        rows = [RejectRow(event.seq, reject.code, reject.why) for event, reject in rejects]
        await history.add_rejects(session, key, cursor.id, rows, now)
    _advance(cursor, events, chain, now)
    await session.flush()
    await _watch_for_a_double(session, key, cursor.id, now, is_new=is_new)
    return Position(cursor.acked, cursor.chain)


async def _cursor(
    session: AsyncSession, key: HubKey, lineage: str, batch: Batch, now: datetime
) -> tuple[HubLineage, bool]:
    cursor = await history.lock_lineage(session, key, lineage)
    if cursor is not None:
        return cursor, False
    if batch.header.first != 1:
        raise PositionConflict(0, GENESIS)
    begun = await history.begin_lineage(session, key, lineage, GENESIS, now)
    if begun is not None:
        return begun, True
    return await _cursor(session, key, lineage, batch, now)


def _advance(cursor: HubLineage, events: list[Received], chain: bytes, now: datetime) -> None:
    cursor.acked = events[-1].last
    cursor.chain = chain
    cursor.appended_at = now
    cursor.gap_count += sum(
        event.last - event.seq + 1 for event in events if isinstance(event.news, Gap)
    )


def _row(event: Received) -> EventRow:
    return EventRow(
        event.seq,
        event.last,
        event.kind,
        event.version,
        event.importance,
        event.happened_at,
        event.dated_by,
        event.line,
    )


async def _watch_for_a_double(
    session: AsyncSession, key: HubKey, lineage_id: int, now: datetime, *, is_new: bool
) -> None:
    """A single hub never returns to a log it left, nor begins many in a day."""
    before = await history.note_append(session, key, lineage_id, now)
    if before.duplicated_at is not None:
        return
    has_returned = not is_new and before.lineage_id not in (None, lineage_id)
    if not has_returned and is_new:
        begun = await history.count_lineages(session, key, now - timedelta(days=1))
        has_returned = begun > LINEAGES_A_DAY
    if has_returned:
        await history.mark_duplicated(session, key, now)
        await emit(session, HubDuplicated(key.household_id, key.hub_id))
