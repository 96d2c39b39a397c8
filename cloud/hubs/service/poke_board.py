"""Telling connected hubs that there is news: one look at the database for all of them.

Hubs are told only that their household stands at another version; what changed they fetch. A
lost poke costs nothing but time, for hubs also ask by themselves.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from cloud.foundation.database import Database
from cloud.foundation.errors import Unavailable
from cloud.hubs.repository import hubs
from cloud.hubs.repository.hubs import HubKey
from scentd.contracts.sync import ByeV1, PokeV1

_log = structlog.get_logger("cloud.hubs")

LOOK_EVERY_S = 1.0
"""How stale a poke may be, and how soon a removed hub's socket closes."""

Send = Callable[[PokeV1 | ByeV1], Awaitable[None]]


@dataclass(eq=False, slots=True)
class Listener:
    """One open socket: whose it is, which session opened it, what it was told last."""

    key: HubKey
    token_digest: bytes
    version: int
    send: Send


class PokeBoard:
    """Knows the sockets of this process and pokes those whose household moved on."""

    def __init__(self, database: Database, *, look_every_s: float = LOOK_EVERY_S) -> None:
        self._database = database
        self._look_every_s = look_every_s
        self._listeners: set[Listener] = set()
        self._is_wanted = asyncio.Event()
        self._is_closed = asyncio.Event()

    def add(self, listener: Listener) -> None:
        """Poke this socket from now on."""
        self._listeners.add(listener)
        self._is_wanted.set()

    def remove(self, listener: Listener) -> None:
        """Forget a socket; one that is not there is fine."""
        self._listeners.discard(listener)
        if not self._listeners:
            self._is_wanted.clear()

    async def run(self) -> None:
        """Look for news until `close`; while nobody listens, not at all."""
        while not self._is_closed.is_set():
            await self._is_wanted.wait()
            try:
                await self.look()
            except Unavailable:
                _log.warning("poke_board_waits_for_database")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_closed.wait(), self._look_every_s)

    async def close(self) -> None:
        """End `run`. The server closes the sockets with a code that says it restarts (1012)."""
        self._is_closed.set()
        self._is_wanted.set()

    async def look(self) -> None:
        """Compare every socket with the database once, and tell it what it must know."""
        listeners = tuple(self._listeners)
        async with self._database.reading() as connection:
            found = await hubs.standings(connection, [each.key.hub_id for each in listeners])
        for listener in listeners:
            standing = found.get(listener.key.hub_id)
            if standing is None or standing.token_digest != listener.token_digest:
                is_revoked = standing is None or standing.is_revoked
                await self._tell(listener, ByeV1(code="revoked" if is_revoked else "replaced"))
                self.remove(listener)
            elif standing.version != listener.version:
                listener.version = standing.version
                await self._tell(listener, PokeV1(v=standing.version))

    async def _tell(self, listener: Listener, message: PokeV1 | ByeV1) -> None:
        try:
            await listener.send(message)
        except (OSError, RuntimeError):
            # The socket went away meanwhile; its own task notices and removes it.
            _log.debug("poke_not_delivered", hub_id=listener.key.hub_id)
