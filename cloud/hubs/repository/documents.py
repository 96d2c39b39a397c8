"""Statements on documents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.hubs.models import CloudDocument, SharedDocument, SharedField
from scentd.contracts.merging import Edit

DocumentKey = tuple[str, str]
FieldKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class DocumentMark:
    """A changed shared document: its new version, and what became of it."""

    version: int
    was_reset: bool
    is_deleted: bool


async def fields_of(
    session: AsyncSession, household_id: int, documents: Iterable[DocumentKey]
) -> dict[FieldKey, Edit]:
    """Return every field of some shared documents."""
    rows = await session.execute(
        select(SharedField).where(
            SharedField.household_id == household_id,
            tuple_(SharedField.kind, SharedField.key).in_(list(documents)),
        )
    )
    return {
        (row.kind, row.key, row.field): Edit(row.value, row.stamp, row.node)
        for row in rows.scalars()
    }


async def put_shared(
    session: AsyncSession,
    household_id: int,
    marks: dict[DocumentKey, DocumentMark],
    edits: dict[FieldKey, Edit],
) -> None:
    """Store changed documents and fields."""
    await session.execute(
        _PUT_MARKS,
        {
            "household_id": household_id,
            "kinds": [kind for kind, _ in marks],
            "keys": [key for _, key in marks],
            "versions": [mark.version for mark in marks.values()],
            "resets": [mark.version if mark.was_reset else 0 for mark in marks.values()],
            "deleted": [mark.is_deleted for mark in marks.values()],
        },
    )
    await session.execute(
        _PUT_FIELDS,
        {
            "household_id": household_id,
            "kinds": [kind for kind, _, _ in edits],
            "keys": [key for _, key, _ in edits],
            "fields": [field for _, _, field in edits],
            "values": [edit.value for edit in edits.values()],
            "stamps": [edit.stamp for edit in edits.values()],
            "nodes": [edit.node for edit in edits.values()],
        },
    )


async def shared_version(
    session: AsyncSession, household_id: int, kind: str, key: str
) -> int | None:
    """Return the version of a shared document; None when there never was one."""
    return await session.scalar(
        select(SharedDocument.version).where(
            SharedDocument.household_id == household_id,
            SharedDocument.kind == kind,
            SharedDocument.key == key,
        )
    )


async def put_cloud(
    session: AsyncSession,
    household_id: int,
    document: DocumentKey,
    version: int,
    body: dict[str, Any] | None,
) -> None:
    """Store a document of the cloud; a body of None leaves a tombstone."""
    statement = insert(CloudDocument).values(
        household_id=household_id,
        kind=document[0],
        key=document[1],
        version=version,
        body=body,
        deleted_at=func.now() if body is None else None,
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["household_id", "kind", "key"],
            set_={
                "version": statement.excluded.version,
                "body": statement.excluded.body,
                "deleted_at": statement.excluded.deleted_at,
            },
        )
    )


async def cloud_body(
    connection: AsyncConnection | AsyncSession, household_id: int, document: DocumentKey
) -> dict[str, Any] | None:
    """Return what a document of the cloud says now; None when there is none."""
    body = await connection.scalar(
        select(CloudDocument.body).where(
            CloudDocument.household_id == household_id,
            CloudDocument.kind == document[0],
            CloudDocument.key == document[1],
        )
    )
    return dict(body) if body is not None else None


async def changed_since(
    connection: AsyncConnection | AsyncSession, household_id: int, since: int, limit: int | None
) -> Sequence[Row[Any]]:
    """Return documents changed after a version, oldest first, shared ones with all fields.

    Rows have owner, kind, key, version, body, is_reset and fields.
    """
    rows = await connection.execute(
        _CHANGED, {"household_id": household_id, "since": since, "limit": limit}
    )
    return rows.all()


async def forget_tombstones(session: AsyncSession, before: datetime) -> list[tuple[int, int]]:
    """Drop deletions older than a moment; (household, its highest version dropped) for each."""
    rows = (await session.execute(_FORGET, {"before": before})).all()
    return [(row.household_id, row.version) for row in rows]


_PUT_MARKS = text("""
    INSERT INTO shared_documents AS held
        (household_id, kind, key, version, reset_version, deleted_at)
    SELECT :household_id, kind, key, version, reset, CASE WHEN is_deleted THEN now() END
    FROM unnest(
        CAST(:kinds AS text[]), CAST(:keys AS text[]), CAST(:versions AS bigint[]),
        CAST(:resets AS bigint[]), CAST(:deleted AS boolean[])
    ) AS told (kind, key, version, reset, is_deleted)
    ON CONFLICT (household_id, kind, key) DO UPDATE SET
        version = excluded.version,
        reset_version = greatest(held.reset_version, excluded.reset_version),
        deleted_at = CASE WHEN excluded.deleted_at IS NULL THEN NULL
            ELSE coalesce(held.deleted_at, excluded.deleted_at) END
""")
_PUT_FIELDS = text("""
    INSERT INTO shared_fields (household_id, kind, key, field, value, stamp, node)
    SELECT :household_id, * FROM unnest(
        CAST(:kinds AS text[]), CAST(:keys AS text[]), CAST(:fields AS text[]),
        CAST(:values AS text[]), CAST(:stamps AS bigint[]), CAST(:nodes AS text[]))
    ON CONFLICT (household_id, kind, key, field) DO UPDATE SET
        value = excluded.value, stamp = excluded.stamp, node = excluded.node
""")
_CHANGED = text("""
    SELECT 'cloud' AS owner, kind, key, version, body, false AS is_reset,
        CAST(NULL AS jsonb) AS fields
    FROM cloud_documents WHERE household_id = :household_id AND version > :since
    UNION ALL
    SELECT 'shared', d.kind, d.key, d.version, NULL, d.reset_version > :since, (
        SELECT coalesce(jsonb_object_agg(f.field, jsonb_build_object(
            'value', f.value, 'stamp', f.stamp, 'node', f.node)), '{}')
        FROM shared_fields AS f
        WHERE f.household_id = d.household_id AND f.kind = d.kind AND f.key = d.key)
    FROM shared_documents AS d WHERE d.household_id = :household_id AND d.version > :since
    ORDER BY version LIMIT CAST(:limit AS bigint)
""")
_FORGET = text("""
    WITH shared AS (
        DELETE FROM shared_documents WHERE deleted_at < :before RETURNING household_id, version
    ), cloud AS (
        DELETE FROM cloud_documents WHERE deleted_at < :before RETURNING household_id, version
    )
    SELECT household_id, max(version) AS version
    FROM (SELECT * FROM shared UNION ALL SELECT * FROM cloud) AS dropped
    GROUP BY household_id
""")
