"""The session with the cloud: opened when needed, shared by all who speak to it."""

import asyncio
import logging
import sqlite3
from dataclasses import dataclass
from importlib.metadata import version

from scentd.clock import Clock
from scentd.contracts.history import GENESIS
from scentd.contracts.moments import unix_ms
from scentd.contracts.sync import HelloV1, PositionV1, ProtocolRange, SessionV1, session_claim
from scentd.store import lineage, pairing
from scentd.store.database import Database
from scentd.store.lineage import Position, Verdict
from scentd.store.pairing import Paired
from scentd.sync.client import CloudClient
from scentd.sync.errors import CloudUnreachable, HubNotPaired, HubRevoked
from scentd.sync.keys import KeyRing
from scentd.sync.status import SyncStatus

_log = logging.getLogger(__name__)

SOFTWARE = f"scentd/{version('scentd')}"
FEATURES = ("poke",)
_RENEW_AT = 0.9
"""Renew a session after this part of its life: it must not end in the middle of a batch."""

_YOUNG_S = 5.0
_YOUNG_ENDS = 3
"""So many sessions in a row that end this young are no accident."""


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session as those who use it need it. `server_ms` was the cloud's time at `opened_s`."""

    cloud: str
    hub_id: int
    token: str
    spread_s: float
    server_ms: int
    opened_s: float
    renew_s: float

    def server_ms_at(self, monotonic_s: float) -> int:
        """Give the cloud's time at a moment of the hub's monotonic clock."""
        return self.server_ms + int((monotonic_s - self.opened_s) * 1000)


class CloudSession:
    """Opens sessions. At each opening hub and cloud compare their logs before anything is sent."""

    def __init__(
        self,
        client: CloudClient,
        keys: KeyRing,
        database: Database,
        clock: Clock,
        status: SyncStatus,
    ) -> None:
        self._client = client
        self._keys = keys
        self._database = database
        self._clock = clock
        self._status = status
        self._lock = asyncio.Lock()
        self._live: LiveSession | None = None
        self._ended_young = 0

    async def ensure(self) -> LiveSession:
        """Give a session that is open, opening one if need be.

        Raises HubNotPaired, HubRevoked, KeyMissing, CloudUnreachable and CloudRefused. A cloud that
        ends one session after the other as soon as it is open counts as out of reach: whoever asks
        waits before the next try.
        """
        async with self._lock:
            paired = await self._database.read(pairing.find_pairing)
            if paired is None:
                self._live = None
                raise HubNotPaired
            if paired.is_revoked:
                self._live = None
                raise HubRevoked
            if not self._is_good_for(paired):
                if self._ended_young >= _YOUNG_ENDS:
                    self._ended_young = 0
                    raise CloudUnreachable("fickle", "it ends every session as soon as it is open")
                self._live = await self._open(paired)
            if self._live is None:
                raise HubNotPaired
            return self._live

    def drop(self, session: LiveSession) -> None:
        """Use this session no more; another one opened meanwhile stays."""
        if self._live != session:
            return
        self._live = None
        is_young = self._clock.monotonic() - session.opened_s < _YOUNG_S
        self._ended_young = self._ended_young + 1 if is_young else 0

    def is_newer_than(self, session: LiveSession) -> bool:
        """Tell whether another session was opened here since."""
        return self._live is not None and self._live != session

    def _is_good_for(self, paired: Paired) -> bool:
        live = self._live
        return (
            live is not None
            and live.hub_id == paired.hub_id
            and live.cloud == paired.cloud_url
            and self._clock.monotonic() < live.renew_s
        )

    async def _open(self, paired: Paired) -> LiveSession:
        try:
            here = await self._database.read(lineage.position)
            opened = await self._prove(paired, here)
        except HubRevoked as error:
            await self._database.write(pairing.mark_revoked)
            self._status.belongs(None)
            self._status.lost(error.because)
            raise
        self._status.reached()
        now_s = self._clock.monotonic()
        await self._compare_logs(here, opened)
        return LiveSession(
            cloud=paired.cloud_url,
            hub_id=paired.hub_id,
            token=opened.token,
            spread_s=opened.spread_s,
            server_ms=opened.server_ms,
            opened_s=now_s,
            renew_s=now_s + opened.expires_in_s * _RENEW_AT,
        )

    async def _prove(self, paired: Paired, here: Position) -> SessionV1:
        key = await asyncio.to_thread(self._keys.load, paired.key_name)
        challenge = await self._client.challenge(paired.cloud_url, paired.hub_id)
        speaks = ProtocolRange()
        claim = session_claim(challenge.nonce, paired.hub_id, paired.audience, speaks)
        hello = HelloV1(
            nonce=challenge.nonce,
            signature=key.sign(claim).hex(),
            protocol=speaks,
            features=FEATURES,
            software=SOFTWARE,
            lineage=here.lineage,
            last=here.last,
            acked=here.acked,
            at_ms=unix_ms(self._clock.now()),
            clock_ok=self._clock.is_trusted(),
        )
        return await self._client.open_session(paired.cloud_url, paired.hub_id, hello)

    async def _compare_logs(self, asked: Position, opened: SessionV1) -> None:
        verdict = await self._database.write(lambda c: compare(c, asked, opened.position))
        if verdict is Verdict.FORKED:
            _log.warning("the cloud's log is not ours any more: a new lineage was begun")
        elif verdict is Verdict.REWOUND:
            _log.warning("the cloud has lost events; they are sent again")


def compare(
    connection: sqlite3.Connection, asked: Position, position: PositionV1 | None
) -> Verdict:
    """Act on where the cloud says our lineage ends; None: it has never heard of it.

    `asked` is where our log stood when the cloud was asked.
    """
    acked, chain = (0, GENESIS)
    if position is not None:
        acked, chain = position.acked, bytes.fromhex(position.chain)
    return lineage.take_position(connection, asked.lineage, asked.acked, acked, chain)
