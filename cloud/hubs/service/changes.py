"""What hubs are told: the documents that changed since their cursor, or all there are."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.hubs.errors import CursorTooOld
from cloud.hubs.repository import documents, households
from scentd.contracts.moments import unix_ms
from scentd.contracts.sync import (
    ChangesV1,
    CloudDocumentV1,
    FieldV1,
    SharedDocumentV1,
    SnapshotV1,
)

MOST_DOCUMENTS = 200


async def changes(
    connection: AsyncConnection | AsyncSession,
    household_id: int,
    *,
    since: int,
    limit: int,
    now: datetime,
) -> ChangesV1:
    """Return up to `limit` documents changed after version `since`, oldest first.

    Raises CursorTooOld when deletions since then are forgotten, and when `since` is a version
    that this household never had (its database came back from an older copy).
    """
    # Read first: every version up to this one is committed, so the list below misses none.
    stands = await households.standing(connection, household_id)
    if since < stands.low_water or since > stands.version:
        raise CursorTooOld
    rows = await documents.changed_since(connection, household_id, since, limit + 1)
    more = len(rows) > limit
    page = tuple(_document(row) for row in rows[:limit])
    last = page[-1].version if page else since
    return ChangesV1(
        since=since,
        next=last if more else max(last, stands.version),
        more=more,
        low_water=stands.low_water,
        server_ms=unix_ms(now),
        documents=page,
    )


async def snapshot(
    connection: AsyncConnection | AsyncSession, household_id: int, *, now: datetime
) -> SnapshotV1:
    """Return every document there is and the version they are of."""
    stands = await households.standing(connection, household_id)
    rows = await documents.changed_since(connection, household_id, 0, None)
    return SnapshotV1(
        version=stands.version,
        server_ms=unix_ms(now),
        documents=tuple(_document(row) for row in rows if not _is_gone(row)),
    )


def _document(row: Row[Any]) -> CloudDocumentV1 | SharedDocumentV1:
    if row.owner == "cloud":
        return CloudDocumentV1(kind=row.kind, key=row.key, version=row.version, body=row.body)
    return SharedDocumentV1(
        kind=row.kind,
        key=row.key,
        version=row.version,
        reset=row.is_reset,
        fields={name: FieldV1(**field) for name, field in row.fields.items()},
    )


def _is_gone(row: Row[Any]) -> bool:
    return row.owner == "cloud" and row.body is None
