"""Keeping the outbox within its space, online or not, paired or not."""

import logging

from scentd.clock import Clock
from scentd.store import room
from scentd.store.database import Database

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0
"""How often the space is looked after: at a thousand events a minute that is 300 kB late."""


class OutboxKeeper:
    """Drops what may be dropped when it takes more than the budget, in the stated order.

    A hub at rest writes nothing, so nothing is looked at while nothing was written.
    """

    def __init__(self, database: Database, clock: Clock, *, budget_bytes: int) -> None:
        self._database = database
        self._clock = clock
        self._budget_bytes = budget_bytes
        self._is_news = True
        database.on_commit(self._note_news)
        database.on_full(room.drop_everything_droppable)

    async def run(self) -> None:
        """Look after the space until cancelled."""
        while True:
            if self._is_news:
                await self.look()
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> int:
        """Make room if need be and restore the reserve; how many events were dropped."""
        dropped = await self._database.write(lambda c: room.make_room(c, self._budget_bytes))
        if dropped:
            _log.warning("%d events that may be lost made room for others", dropped)
        # Looking is a commit as well, but no news.
        self._is_news = False
        await self._database.keep_reserve()
        return dropped

    def _note_news(self) -> None:
        self._is_news = True
