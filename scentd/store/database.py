"""The hub's memory: one SQLite file, written by one thread, read by another.

Knows nothing of what is stored: the modules beside it hold the SQL.
"""

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from scentd.clock import Clock, SystemClock
from scentd.store.connection import open_reader
from scentd.store.errors import StoreClosed, StoreFull, StoreUnusable
from scentd.store.schema import prepare
from scentd.store.writer import Writer, is_full

_log = logging.getLogger(__name__)

T = TypeVar("T")
Reclaim = Callable[[sqlite3.Connection], None]

FLUSH_AFTER_S = 30.0
"""How long put-off work may wait: spares the card, and a power cut costs at most this much."""


class Database:
    """Write durably in groups, read beside it; both from the event loop, neither blocking it.

    `reserve_bytes` is kept in a file beside the database and given up when the disk is full, so
    that facts can still be written while droppable rows are cleared; 0 keeps none.
    `flush_after_s` bounds how long `write_later` may wait.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock = SystemClock(),
        *,
        flush_after_s: float = FLUSH_AFTER_S,
        reserve_bytes: int = 0,
    ) -> None:
        self._path = path
        self._clock = clock
        self._flush_after_s = flush_after_s
        self._reserve_bytes = reserve_bytes
        self._reserve_path = path.with_name(path.name + ".reserve")
        self._writer: Writer | None = None
        self._reader: sqlite3.Connection | None = None
        self._reading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-reader")
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._reclaims: tuple[Reclaim, ...] = ()
        self.set_aside: Path | None = None
        """Where a damaged file was moved when this one was opened; None when all was well."""

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    async def open(self) -> None:
        """Make the file ready: check it, apply migrations, start the writer.

        A damaged file is set aside (see `set_aside`) and an empty one begun. Raises StoreUnusable
        when there can be no file at that place.
        """
        loop = asyncio.get_running_loop()
        try:
            connection, self.set_aside = await asyncio.to_thread(prepare, self._path, self._clock)
        except (OSError, sqlite3.OperationalError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise StoreUnusable(self._path, reason) from error
        self._reader = await asyncio.to_thread(open_reader, self._path)
        await self.keep_reserve()

        def deliver(answers: list[Callable[[], None]]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._after_commit, answers)

        self._writer = Writer(connection, deliver, self._make_room, patience_s=self._flush_after_s)
        self._writer.start()

    async def close(self) -> None:
        """Commit everything queued and let go of the file; a second call does nothing."""
        writer, self._writer = self._writer, None
        if writer is not None:
            await asyncio.to_thread(writer.close)
        if self._reader is not None:
            reader, self._reader = self._reader, None
            await asyncio.get_running_loop().run_in_executor(self._reading, reader.close)
        self._reading.shutdown()

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run work in the writer's transaction; what it gives, once it is on the disk.

        What `work` raises is raised here and undoes that work alone. `work` may run twice when
        the disk was full, so it must have no effect outside the database. Cancelling the wait
        does not undo the work. Raises StoreClosed and StoreFull.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def answer(result: T, error: BaseException | None) -> None:
            if future.done():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(StoreFull(self._path) if is_full(error) else error)

        if self._writer is None or not self._writer.submit(work, answer):
            raise StoreClosed(self._path)
        return await future

    def write_later(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Run work with the next write, at latest after `flush_after_s` or at close, in order.

        For what a power cut may take: state snapshots, telemetry. A failure is logged.
        Raises StoreClosed.
        """
        if self._writer is None or not self._writer.submit_later(work):
            raise StoreClosed(self._path)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run work on a connection that cannot write, on one consistent view of the data.

        It sees every write that has returned, and nothing put off that is not yet flushed.
        """
        if self._reader is None:
            raise StoreClosed(self._path)
        return await asyncio.get_running_loop().run_in_executor(self._reading, self._look, work)

    def on_commit(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` on the loop after each group of writes; the answer ends it."""
        self._listeners = (*self._listeners, listener)

        def end() -> None:
            self._listeners = tuple(known for known in self._listeners if known is not listener)

        return end

    def on_full(self, reclaim: Reclaim) -> None:
        """Let `reclaim` delete what may be lost when the disk is full; runs in a transaction."""
        self._reclaims = (*self._reclaims, reclaim)

    async def keep_reserve(self) -> None:
        """Put the reserve back where it was given up; without room for it, only warn."""
        if self._reserve_bytes > 0 and not self._reserve_path.exists():
            await asyncio.to_thread(self._fill_reserve)

    def _after_commit(self, answers: list[Callable[[], None]]) -> None:
        for answer in answers:
            answer()
        for listener in self._listeners:
            listener()

    def _look(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._reader is None:
            raise StoreClosed(self._path)
        self._reader.execute("BEGIN")
        try:
            return work(self._reader)
        finally:
            self._reader.execute("ROLLBACK")

    def _fill_reserve(self) -> None:
        try:
            with self._reserve_path.open("ab") as file:
                os.posix_fallocate(file.fileno(), 0, self._reserve_bytes)
        except OSError as error:
            _log.warning("no reserve could be kept beside %s: %s", self._path, error)
            self._reserve_path.unlink(missing_ok=True)

    def _make_room(self, connection: sqlite3.Connection) -> bool:
        """Give up the reserve and what may be lost; on a full disk even DELETE needs room."""
        had_reserve = self._reserve_path.exists()
        self._reserve_path.unlink(missing_ok=True)
        _log.error("the disk that holds %s is full; making room", self._path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("BEGIN IMMEDIATE")
        try:
            for reclaim in self._reclaims:
                reclaim(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return had_reserve or bool(self._reclaims)
