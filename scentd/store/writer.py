"""The one writer: a thread that commits whatever has queued up together, durably.

While one group is being flushed to the disk the next one gathers, so the busier the hub, the
fewer flushes a piece of work costs. Nothing waits to be grouped.
"""

import contextlib
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

_log = logging.getLogger(__name__)

Work = Callable[[sqlite3.Connection], Any]
Answer = Callable[[Any, BaseException | None], None]
GROUP_LIMIT = 256
"""The most pieces of work in one commit: bounds how long the first waits for the last."""


class _Item(NamedTuple):
    work: Work
    answer: Answer | None


class Writer:
    """Run work in order on one connection, each in a savepoint, a group to a commit.

    `deliver` takes the outcomes of a whole group at once, from the writer's thread: one hop to
    the event loop a group. `rescue` is called with the connection, outside any transaction, when
    the disk is full; if it gives True the group is tried once more.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        deliver: Callable[[list[Callable[[], None]]], None],
        rescue: Callable[[sqlite3.Connection], bool],
        *,
        patience_s: float,
    ) -> None:
        self._connection = connection
        self._deliver = deliver
        self._rescue = rescue
        self._patience_s = patience_s
        self._items: deque[_Item] = deque()
        self._condition = threading.Condition()
        self._is_urgent = False
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def submit(self, work: Work, answer: Answer) -> bool:
        """Queue work to be committed at once; False when closing."""
        return self._queue(_Item(work, answer), is_urgent=True)

    def submit_later(self, work: Work) -> bool:
        """Queue work for the next commit, at latest `patience_s` from now; False when closing."""
        return self._queue(_Item(work, None), is_urgent=False)

    def close(self) -> None:
        """Commit everything queued, close the connection, and return when that is done."""
        with self._condition:
            self._is_closing = True
            self._condition.notify()
        self._thread.join()

    def _queue(self, item: _Item, *, is_urgent: bool) -> bool:
        with self._condition:
            if self._is_closing:
                return False
            self._items.append(item)
            if is_urgent or len(self._items) == 1:
                self._is_urgent = self._is_urgent or is_urgent
                self._condition.notify()
        return True

    def _run(self) -> None:
        while group := self._next_group():
            self._commit(group)
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("PRAGMA optimize")
        self._connection.close()

    def _next_group(self) -> list[_Item]:
        with self._condition:
            while not (self._items or self._is_closing):
                self._condition.wait()
            self._condition.wait_for(
                lambda: self._is_urgent or self._is_closing or len(self._items) >= GROUP_LIMIT,
                self._patience_s,
            )
            count = min(len(self._items), GROUP_LIMIT)
            group = [self._items.popleft() for _ in range(count)]
            self._is_urgent = any(item.answer is not None for item in self._items)
            return group

    def _commit(self, group: list[_Item]) -> None:
        try:
            outcomes = self._attempt(group)
        except sqlite3.Error as error:
            outcomes = self._attempt_after_rescue(group, error)
        self._deliver(
            [
                partial(item.answer, *outcome)
                for item, outcome in zip(group, outcomes, strict=True)
                if item.answer is not None
            ]
        )

    def _attempt_after_rescue(
        self, group: list[_Item], error: sqlite3.Error
    ) -> list[tuple[Any, BaseException | None]]:
        try:
            if is_full(error) and self._rescue(self._connection):
                return self._attempt(group)
        except sqlite3.Error as again:
            error = again
        _log.error("a commit of %d pieces of work failed: %s", len(group), error)
        return [(None, error)] * len(group)

    def _attempt(self, group: list[_Item]) -> list[tuple[Any, BaseException | None]]:
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        try:
            outcomes = [self._run_one(item) for item in group]
            execute("COMMIT")
        except sqlite3.Error:
            # Some failures (a full disk) have rolled everything back by themselves.
            if self._connection.in_transaction:
                execute("ROLLBACK")
            raise
        return outcomes

    def _run_one(self, item: _Item) -> tuple[Any, BaseException | None]:
        execute = self._connection.execute
        execute("SAVEPOINT work")
        try:
            result = item.work(self._connection)
        except Exception as error:
            if is_full(error):
                raise
            if not self._connection.in_transaction:
                raise sqlite3.OperationalError("the transaction of a group was lost") from error
            execute("ROLLBACK TO work")
            execute("RELEASE work")
            if item.answer is None:
                _log.error("a write put off for later failed", exc_info=error)
            return None, error
        execute("RELEASE work")
        return result, None


def is_full(error: BaseException) -> bool:
    """Tell whether the disk had no room."""
    return isinstance(error, sqlite3.OperationalError) and (
        getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    )
