"""Sending what happened: the outbox drained in order, in batches the cloud confirms one by one."""

import asyncio
import json
import logging
import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

import zstandard

from scentd.clock import Clock
from scentd.contracts.bodies import EventClass
from scentd.contracts.sync import MAX_BATCH_BYTES, MAX_EVENTS, AckV1
from scentd.store import lineage, outbox, pairing
from scentd.store.database import Database
from scentd.store.lineage import Outgoing, Verdict
from scentd.store.outbox import Moment
from scentd.sync.client import CloudClient
from scentd.sync.errors import (
    BatchTooLarge,
    CloudTooSlow,
    CloudUnreachable,
    HubNotPaired,
    HubRevoked,
    PositionDiffers,
    SessionOver,
    SyncError,
)
from scentd.sync.patience import Patience
from scentd.sync.session import CloudSession, LiveSession
from scentd.sync.settings import SyncSettings
from scentd.sync.status import SyncStatus
from scentd.sync.waiting import sleep_or_nudge

_log = logging.getLogger(__name__)

HEADER_BYTES = 512
"""Left free in a batch for its first line."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A batch ready to go: the events, and the request body that carries them."""

    batch: Outgoing
    body: bytes


class Uplink:
    """Drains the outbox while there is a cloud, and waits patiently while there is none."""

    def __init__(
        self,
        settings: SyncSettings,
        session: CloudSession,
        client: CloudClient,
        database: Database,
        clock: Clock,
        status: SyncStatus,
        *,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._session = session
        self._client = client
        self._database = database
        self._clock = clock
        self._status = status
        self._chance = chance
        self._patience = Patience(settings.retry_first_s, chance)
        self._most_events = MAX_EVENTS
        self._agenda = Agenda(settings, chance)

    async def run(self) -> None:
        """Send until cancelled."""
        nudge = asyncio.Event()
        end = self._database.on_commit(nudge.set)
        try:
            while True:
                if not await self._is_welcome():
                    # Only somebody at the page can help; pairing is a commit, which nudges.
                    await sleep_or_nudge(self._clock, None, nudge)
                    continue
                await self._wait_until_due(nudge)
                await self._try_to_drain(nudge)
        finally:
            end()

    async def drain(self) -> None:
        """Send everything there is, now; returns when the cloud has confirmed it all.

        Raises SyncError as soon as something stands in the way; nothing is lost by that.
        """
        while True:
            live = await self._session.ensure()
            letter = await self._write_letter(live)
            if letter is None:
                self._agenda.is_done()
                return
            await self._exchange(live, letter)
            self._status.counted(await self._database.read(outbox.waiting))

    async def _is_welcome(self) -> bool:
        paired = await self._database.read(pairing.find_pairing)
        self._status.counted(await self._database.read(outbox.waiting))
        return paired is not None and not paired.is_revoked

    async def _wait_until_due(self, nudge: asyncio.Event) -> None:
        while True:
            now_s = self._clock.monotonic()
            count = await self._database.read(outbox.waiting)
            self._status.counted(count)
            if count >= self._settings.telemetry_count:
                return
            waiting = await self._database.read(lineage.waiting_classes)
            due_s = self._agenda.due_at(waiting, now_s)
            if due_s is not None and due_s <= now_s:
                return
            await sleep_or_nudge(self._clock, None if due_s is None else due_s - now_s, nudge)

    async def _try_to_drain(self, nudge: asyncio.Event) -> None:
        try:
            await self.drain()
            self._patience.succeeded()
        except (HubNotPaired, HubRevoked):
            self._agenda.is_done()
        except SyncError as error:
            self._status.lost(error.because)
            await self._pause(error, nudge)

    async def _pause(self, error: SyncError, nudge: asyncio.Event) -> None:
        """Wait before the next try; not so long once a fact waits too."""
        longest_s = await self._longest_pause()
        asked_s = error.retry_after_s if isinstance(error, CloudUnreachable) else None
        pause_s = self._patience.next_pause(longest_s, at_least_s=asked_s)
        _log.info("sending waits %.1f s: %s", pause_s, error)
        ends_s = self._clock.monotonic() + pause_s
        while (left_s := ends_s - self._clock.monotonic()) > 0:
            await sleep_or_nudge(self._clock, left_s, nudge)
            self._status.counted(await self._database.read(outbox.waiting))
            if asked_s is None:
                ends_s = min(ends_s, self._clock.monotonic() + await self._longest_pause())

    async def _longest_pause(self) -> float:
        has_facts = await self._database.read(outbox.has_waiting_facts)
        settings = self._settings
        return settings.retry_longest_with_facts_s if has_facts else settings.retry_longest_s

    async def _write_letter(self, live: LiveSession) -> Letter | None:
        server_ms = live.server_ms_at(self._clock.monotonic())
        return await self._database.write(
            lambda connection: write_letter(
                connection, server_ms=server_ms, most_events=self._most_events
            )
        )

    async def _exchange(self, live: LiveSession, letter: Letter) -> None:
        batch = letter.batch
        try:
            ack = await self._client.send_events(
                live.cloud, live.hub_id, live.token, batch.lineage, letter.body
            )
        except SessionOver:
            self._session.drop(live)
            return
        except PositionDiffers as error:
            await self._find_place(batch, error)
            return
        except (CloudTooSlow, BatchTooLarge):
            if self._most_events == 1:
                raise
            self._most_events = max(1, len(batch.lines) // 2)
            return
        self._status.reached()
        self._most_events = min(MAX_EVENTS, self._most_events * 2)
        verdict = await self._database.write(lambda c: take_ack(c, batch, ack))
        _tell(verdict)
        if ack.retry_after_s:
            await self._clock.sleep(ack.retry_after_s)

    async def _find_place(self, batch: Outgoing, error: PositionDiffers) -> None:
        there = error.position
        chain = bytes.fromhex(there.chain)
        confirmed = batch.first - 1
        verdict = await self._database.write(
            lambda c: lineage.take_position(c, batch.lineage, confirmed, there.acked, chain)
        )
        _tell(verdict)
        if verdict is Verdict.SAME:
            # Both agree and yet it was refused: asking again at once would go round in circles.
            raise CloudUnreachable("stuck", "it does not take what comes next") from error


class Agenda:
    """When what waits is due: a fact at once, the rest in company and in time."""

    def __init__(self, settings: SyncSettings, chance: Callable[[], float]) -> None:
        # Half of it is chance: hubs that started together must not send together.
        telemetry_s = settings.telemetry_delay_s * (0.5 + 0.5 * chance())
        self._delay_s = {
            EventClass.CRITICAL: settings.fact_delay_s,
            EventClass.HISTORY: settings.state_delay_s,
            EventClass.STATE: settings.state_delay_s,
            EventClass.TELEMETRY: telemetry_s,
            EventClass.DEBUG: telemetry_s,
        }
        self._noticed_s: dict[EventClass, float] = {}

    def due_at(self, waiting: frozenset[EventClass], now_s: float) -> float | None:
        """Give the monotonic moment to send, None for never; `waiting` are the classes there."""
        self._noticed_s = {each: self._noticed_s.get(each, now_s) for each in waiting}
        return min(
            (noticed_s + self._delay_s[each] for each, noticed_s in self._noticed_s.items()),
            default=None,
        )

    def is_done(self) -> None:
        """Everything was sent: what comes now is noticed anew."""
        self._noticed_s = {}


def write_letter(
    connection: sqlite3.Connection, *, server_ms: int, most_events: int
) -> Letter | None:
    """Give the next batch, frozen, with its request body; None when nothing waits.

    Edits that a wrong clock stamped are set right first. The body is zstd over a header line and
    the exact stored lines.
    """
    lineage.restamp(connection, server_ms)
    batch = lineage.next_batch(
        connection, most_events=most_events, most_bytes=MAX_BATCH_BYTES - HEADER_BYTES
    )
    if batch is None:
        return None
    plain = b"\n".join((_header(batch, outbox.this_moment(connection)), *batch.lines, b""))
    return Letter(batch, zstandard.ZstdCompressor(level=3).compress(plain))


def take_ack(connection: sqlite3.Connection, batch: Outgoing, ack: AckV1) -> Verdict:
    """Believe the cloud's answer to a batch, if it agrees with our own history."""
    return lineage.take_ack(connection, batch.lineage, ack.acked, bytes.fromhex(ack.chain))


def _header(batch: Outgoing, now: Moment) -> bytes:
    header = {
        "first": batch.first,
        "prev_chain": batch.prev_chain.hex(),
        "boot": now.boot_id,
        "mono_ms": now.mono_ms,
        "at_ms": now.at_ms,
        "clock_ok": bool(now.clock_ok),
    }
    return json.dumps(header, separators=(",", ":")).encode()


def _tell(verdict: Verdict) -> None:
    if verdict is Verdict.FORKED:
        _log.warning("the cloud's log is not ours any more: a new lineage was begun")
    elif verdict is Verdict.REWOUND:
        _log.warning("the cloud has lost events; they are sent again")
