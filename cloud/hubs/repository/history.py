"""Statements on the logs of hubs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.hubs.models import EventReject, Hub, HubLineage
from cloud.hubs.models.history import DatedBy
from cloud.hubs.repository.hubs import HubKey


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event to be stored; see cloud.hubs.models.HubEvent."""

    seq: int
    last: int
    kind: str
    version: int
    importance: str
    happened_at: datetime
    dated_by: DatedBy
    line: bytes


@dataclass(frozen=True, slots=True)
class RejectRow:
    """One event that had no effect, and why."""

    seq: int
    code: str
    why: str


async def find_lineage(
    connection: AsyncConnection | AsyncSession, key: HubKey, lineage: str
) -> tuple[int, bytes] | None:
    """Return how far a log goes and its chain there; None when it has not begun."""
    found = await connection.execute(
        select(HubLineage.acked, HubLineage.chain).where(
            HubLineage.household_id == key.household_id,
            HubLineage.hub_id == key.hub_id,
            HubLineage.lineage == lineage,
        )
    )
    row = found.one_or_none()
    return (row.acked, row.chain) if row else None


async def lock_lineage(session: AsyncSession, key: HubKey, lineage: str) -> HubLineage | None:
    """Return the cursor of a log, locked until the transaction ends; None: not begun."""
    return await session.scalar(
        select(HubLineage)
        .where(
            HubLineage.household_id == key.household_id,
            HubLineage.hub_id == key.hub_id,
            HubLineage.lineage == lineage,
        )
        .with_for_update()
    )


async def begin_lineage(
    session: AsyncSession, key: HubKey, lineage: str, chain: bytes, now: datetime
) -> HubLineage | None:
    """Begin a log and return its cursor, locked; None when somebody began it meanwhile."""
    statement = insert(HubLineage).values(
        household_id=key.household_id,
        hub_id=key.hub_id,
        lineage=lineage,
        chain=chain,
        started_at=now,
        appended_at=now,
    )
    return await session.scalar(statement.on_conflict_do_nothing().returning(HubLineage))


async def add_events(
    session: AsyncSession,
    key: HubKey,
    lineage_id: int,
    events: Sequence[EventRow],
    received_at: datetime,
) -> None:
    """Append events to a log, in one statement."""
    await session.execute(
        _ADD_EVENTS,
        {
            "household_id": key.household_id,
            "hub_id": key.hub_id,
            "lineage_id": lineage_id,
            "received_at": received_at,
            "seqs": [event.seq for event in events],
            "lasts": [event.last for event in events],
            "kinds": [event.kind for event in events],
            "versions": [event.version for event in events],
            "importances": [event.importance for event in events],
            "moments": [event.happened_at for event in events],
            "dated": [event.dated_by.value for event in events],
            "lines": [event.line for event in events],
        },
    )


async def add_rejects(
    session: AsyncSession,
    key: HubKey,
    lineage_id: int,
    rejects: Sequence[RejectRow],
    now: datetime,
) -> None:
    """Note events that had no effect."""
    await session.execute(
        insert(EventReject).on_conflict_do_nothing(),
        [
            {
                "household_id": key.household_id,
                "hub_id": key.hub_id,
                "lineage_id": lineage_id,
                "seq": reject.seq,
                "code": reject.code,
                "why": reject.why[:500],
                "rejected_at": now,
            }
            for reject in rejects
        ],
    )


async def count_lineages(session: AsyncSession, key: HubKey, since: datetime) -> int:
    """Return how many logs a hub began after a moment."""
    count = await session.scalar(
        select(func.count()).where(
            HubLineage.household_id == key.household_id,
            HubLineage.hub_id == key.hub_id,
            HubLineage.started_at > since,
        )
    )
    return int(count or 0)


async def note_append(
    session: AsyncSession, key: HubKey, lineage_id: int, now: datetime
) -> Row[int | None, datetime | None]:
    """Say that a hub just wrote to a log; return the log it wrote to before and its mark."""
    found = await session.execute(
        select(Hub.lineage_id, Hub.duplicated_at).where(
            Hub.household_id == key.household_id, Hub.id == key.hub_id
        )
    )
    row = found.one()
    await session.execute(_NOTE_APPEND, {**_named(key), "lineage_id": lineage_id, "now": now})
    return row


async def mark_duplicated(session: AsyncSession, key: HubKey, now: datetime) -> None:
    """Say that two machines speak as this hub."""
    await session.execute(_MARK_DUPLICATED, {**_named(key), "now": now})


def _named(key: HubKey) -> dict[str, int]:
    return {"household_id": key.household_id, "hub_id": key.hub_id}


_ADD_EVENTS = text("""
    INSERT INTO hub_events (household_id, hub_id, lineage_id, received_at,
        seq, last, kind, version, importance, happened_at, dated_by, line)
    SELECT :household_id, :hub_id, :lineage_id, CAST(:received_at AS timestamptz), * FROM unnest(
        CAST(:seqs AS bigint[]), CAST(:lasts AS bigint[]), CAST(:kinds AS text[]),
        CAST(:versions AS smallint[]), CAST(:importances AS text[]),
        CAST(:moments AS timestamptz[]), CAST(:dated AS text[]), CAST(:lines AS bytea[]))
""")
_NOTE_APPEND = text("""
    UPDATE hubs SET seen_at = CAST(:now AS timestamptz), lineage_id = :lineage_id
    WHERE household_id = :household_id AND id = :hub_id
""")
_MARK_DUPLICATED = text("""
    UPDATE hubs SET duplicated_at = CAST(:now AS timestamptz)
    WHERE household_id = :household_id AND id = :hub_id
""")
