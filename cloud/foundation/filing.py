"""Keeping files that anybody may fetch, and sweeping away those that nothing shows any more.

Two who keep the same content at once, and a sweep that meets them, are told apart by a lock per
key: bytes are written and removed only under it.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.database import Database
from cloud.foundation.files import StoredFile
from cloud.foundation.jobs import JobRegistry, defer
from cloud.foundation.storage import Storage

SWEEP = "files.sweep"
_KEY_LENGTH = 32
_BATCH = 100
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('files.' || :key, 0))")
# Whatever refuses a file's deletion shows it; a cascade goes with it.
_SHOWING = text("""
    SELECT c.conrelid::regclass::text AS showing, a.attname AS key_column
    FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.confrelid = 'stored_files'::regclass AND c.contype = 'f' AND c.confdeltype <> 'c'
""")


class Filing:
    """Keeps files and their rows together."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    async def keep(
        self,
        session: AsyncSession,
        body: bytes,
        media_type: str,
        ending: str,
        *,
        width: int | None = None,
        height: int | None = None,
    ) -> StoredFile:
        """Store a file under the hash of its content, and return its row; the same one once.

        `media_type` and `ending` ("webp") are ours, found in the bytes. Point a foreign key to it
        in the same transaction, or the next sweep takes it.
        """
        key = f"{hashlib.sha256(body).hexdigest()[:_KEY_LENGTH]}.{ending}"
        await session.execute(_LOCK, {"key": key})
        await self.storage.put(key, body)
        await session.execute(
            insert(StoredFile)
            .values(
                key=key, media_type=media_type, byte_count=len(body), width=width, height=height
            )
            .on_conflict_do_nothing()
        )
        return await session.get_one(StoredFile, key)

    async def sweep(self, database: Database) -> None:
        """Remove every file that no foreign key points to, and what went with it, until none is."""
        while keys := await _unused(database):
            for key in keys:
                await self._remove(database, key)

    async def _remove(self, database: Database, key: str) -> None:
        async with database.unit_of_work() as session, _unless_shown(session):
            await session.execute(_LOCK, {"key": key})
            await session.execute(delete(StoredFile).where(StoredFile.key == key))
            # Last, and inside: a row without bytes is swept again, bytes without a row never.
            await self.storage.remove(key)


async def sweep_soon(session: AsyncSession) -> None:
    """Have unused files swept after this transaction; call it whenever a use ends."""
    await defer(session, SWEEP, queueing_lock=SWEEP)


def register(jobs: JobRegistry, filing: Filing) -> None:
    """Add the background work of files."""
    jobs.on_in_stages(SWEEP, filing.sweep)


async def _unused(database: Database) -> Sequence[str]:
    async with database.reading() as connection:
        showing = (await connection.execute(_SHOWING)).all()
        uses = " AND ".join(
            f"NOT EXISTS (SELECT FROM {row.showing} u WHERE u.{row.key_column} = f.key)"
            for row in showing
        )
        found = await connection.scalars(
            text(f"SELECT key FROM stored_files f WHERE {uses} ORDER BY key LIMIT {_BATCH}")
        )
        return found.all()


@asynccontextmanager
async def _unless_shown(session: AsyncSession) -> AsyncIterator[None]:
    try:
        async with session.begin_nested():
            yield
    except IntegrityError:
        return  # somebody began to show it between the look and the lock
