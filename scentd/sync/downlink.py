"""Learning what is new: pages of documents, fetched when poked, and now and then without."""

import asyncio
import logging
import random
from collections.abc import Callable

import aiohttp
from pydantic import TypeAdapter, ValidationError

from scentd.bus import Bus
from scentd.clock import Clock
from scentd.contracts.sync import ByeV1, CommandV1, PokeV1, SocketMessage
from scentd.model.events import DocumentsChanged
from scentd.store import arrivals, pairing
from scentd.store.database import Database
from scentd.sync.client import CloudClient
from scentd.sync.errors import (
    CloudUnreachable,
    CursorTooOld,
    HubNotPaired,
    HubRevoked,
    SessionOver,
    SyncError,
)
from scentd.sync.patience import Patience
from scentd.sync.session import CloudSession, LiveSession
from scentd.sync.settings import SyncSettings
from scentd.sync.status import SyncStatus
from scentd.sync.waiting import sleep_or_nudge

_log = logging.getLogger(__name__)

_MESSAGES: TypeAdapter[PokeV1 | CommandV1 | ByeV1] = TypeAdapter(SocketMessage)
_POLL_VARIES = 0.2
_AFTER_REPLACED_S = 30.0

Obey = Callable[[CommandV1], None]


class Downlink:
    """Keeps the cloud's documents as new as the cloud's word; publishes DocumentsChanged.

    `obey` carries out commands, each at most once and never late; None refuses them all.
    """

    def __init__(
        self,
        settings: SyncSettings,
        session: CloudSession,
        client: CloudClient,
        database: Database,
        bus: Bus,
        clock: Clock,
        status: SyncStatus,
        *,
        obey: Obey | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._session = session
        self._client = client
        self._database = database
        self._bus = bus
        self._clock = clock
        self._status = status
        self._obey = obey
        self._chance = chance
        self._patience = Patience(settings.retry_first_s, chance)

    async def run(self) -> None:
        """Listen until cancelled."""
        nudge = asyncio.Event()
        while True:
            try:
                await self._listen_once()
                pause_s: float | None = 0.0
            except (HubNotPaired, HubRevoked):
                pause_s = None
            except SessionOver:
                pause_s = 0.0
            except SyncError as error:
                self._status.lost(error.because)
                pause_s = self._pause_after(error)
            if pause_s is None:
                await self._wait_for_pairing(nudge)
            else:
                await self._clock.sleep(pause_s)

    async def pull(self) -> None:
        """Fetch everything that is new, now. Raises SyncError when something stands in the way."""
        await self._pull(await self._session.ensure())

    async def _listen_once(self) -> None:
        """Catch up, then follow the socket until it ends; without one, poll."""
        live = await self._session.ensure()
        await self._pull(live)
        was_open = False
        try:
            async with self._client.socket(live.cloud, live.hub_id, live.token) as socket:
                was_open = True
                self._patience.succeeded()
                await self._follow(socket, live)
        except CloudUnreachable as error:
            # The cloud itself answered just now: only the socket does not get through.
            _log.info("no socket, looking now and then instead: %s", error)
            spread_s = self._chance() * live.spread_s if was_open else 0.0
            await self._clock.sleep(spread_s + min(self._poll_s(), self._pause_after(error)))

    async def _follow(self, socket: aiohttp.ClientWebSocketResponse, live: LiveSession) -> None:
        while True:
            message = await self._next_message(socket)
            if message is None:
                await self._pull(live)
            elif isinstance(message, PokeV1):
                if message.v != await self._database.read(arrivals.cursor):
                    await self._pull(live)
            elif isinstance(message, CommandV1):
                await self._carry_out(message, live)
            else:
                await self._leave(message, live)
                return

    async def _next_message(
        self, socket: aiohttp.ClientWebSocketResponse
    ) -> PokeV1 | CommandV1 | ByeV1 | None:
        """Give the next message; None when it is time to look without being told."""
        async with asyncio.TaskGroup() as group:
            receiving = group.create_task(socket.receive(), name="downlink-socket")
            patience = group.create_task(self._clock.sleep(self._poll_s()), name="downlink-poll")
            await asyncio.wait({receiving, patience}, return_when=asyncio.FIRST_COMPLETED)
            is_time = not receiving.done()
            receiving.cancel()
            patience.cancel()
        if is_time:
            return None
        received = receiving.result()
        if received.type is not aiohttp.WSMsgType.TEXT:
            raise CloudUnreachable("broke", "the socket closed")
        try:
            return _MESSAGES.validate_json(received.data)
        except ValidationError:
            _log.info("a message of a kind this hub does not know was ignored")
            return PokeV1(v=await self._database.read(arrivals.cursor))

    async def _leave(self, bye: ByeV1, live: LiveSession) -> None:
        _log.info("the cloud closed the socket: %s", bye.code)
        is_own_doing = self._session.is_newer_than(live)
        self._session.drop(live)
        if is_own_doing or bye.code == "revoked":
            # Opening a session tells for certain whether we are still welcome.
            return
        pause_s = bye.retry_after_s + self._chance() * live.spread_s
        if bye.code == "replaced":
            # Somebody else speaks as this hub: two of them must not chase each other.
            pause_s += _AFTER_REPLACED_S * (1 + self._chance())
        await self._clock.sleep(pause_s)

    async def _pull(self, live: LiveSession) -> None:
        try:
            while await self._pull_page(live):
                pass
        except CursorTooOld:
            snapshot = await self._client.snapshot(live.cloud, live.hub_id, live.token)
            self._tell(await self._database.write(lambda c: arrivals.apply_snapshot(c, snapshot)))
        except SessionOver:
            self._session.drop(live)
            raise
        self._status.reached()

    async def _pull_page(self, live: LiveSession) -> bool:
        since = await self._database.read(arrivals.cursor)
        page = await self._client.changes(live.cloud, live.hub_id, live.token, since)
        if page.next == since and not page.documents:
            return False
        self._tell(await self._database.write(lambda c: arrivals.apply_page(c, page)))
        return page.more

    def _tell(self, kinds: frozenset[str]) -> None:
        if kinds:
            self._bus.publish(DocumentsChanged(at=self._clock.now(), kinds=kinds))

    async def _carry_out(self, command: CommandV1, live: LiveSession) -> None:
        if self._obey is None or self._is_late(command, live):
            return
        is_new = await self._database.write(lambda c: arrivals.take_command(c, command.cmd_id))
        if is_new and not self._is_late(command, live):
            self._obey(command)

    def _is_late(self, command: CommandV1, live: LiveSession) -> bool:
        return live.server_ms_at(self._clock.monotonic()) >= command.expires_ms

    async def _wait_for_pairing(self, nudge: asyncio.Event) -> None:
        end = self._database.on_commit(nudge.set)
        try:
            while True:
                paired = await self._database.read(pairing.find_pairing)
                if paired is not None and not paired.is_revoked:
                    return
                await sleep_or_nudge(self._clock, None, nudge)
        finally:
            end()

    def _poll_s(self) -> float:
        return self._settings.poll_every_s * (1 + _POLL_VARIES * (2 * self._chance() - 1))

    def _pause_after(self, error: SyncError) -> float:
        asked_s = error.retry_after_s if isinstance(error, CloudUnreachable) else None
        return self._patience.next_pause(self._settings.retry_longest_s, at_least_s=asked_s)
