"""The addresses hubs call: pairing, sessions, events up, changes down."""

from datetime import timedelta
from typing import Annotated

from fastapi import Header, Query, Request

from cloud.foundation.rate_limits import Rate
from cloud.foundation.web import Limiter, Reader, RequestClock, Session
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.hubs.errors import BatchMalformed
from cloud.hubs.ingest.append import append
from cloud.hubs.ingest.batch import unpack
from cloud.hubs.routes.bearer import bearer_token
from cloud.hubs.service import changes as told
from cloud.hubs.service import sessions
from cloud.hubs.service.fleet import revoke
from cloud.hubs.service.pairings import Pairings
from scentd.contracts.moments import unix_ms
from scentd.contracts.pairing import (
    PairingAnswerV1,
    PairingOfferV1,
    PairingQuestionV1,
    PairingRequestV1,
)
from scentd.contracts.sync import AckV1, ChangesV1, HelloV1, NonceV1, SessionV1, SnapshotV1

# A hub asks for one challenge an hour; a hundred in five minutes is no hub.
_CHALLENGES = Rate(100, timedelta(minutes=5))

Lineage = Annotated[str, Header(alias="X-Lineage", pattern="^[0-9a-f]{32}$")]


def hub_routes(pairings: Pairings, public_url: str) -> APIRouter:
    """Return the routes; `public_url` is what hubs must name in what they sign."""
    router = APIRouter(prefix="/v1", tags=["hubs"])
    router.include_router(_pairing_routes(pairings))
    router.include_router(_session_routes(public_url))
    router.include_router(_sync_routes())
    return router


def _pairing_routes(pairings: Pairings) -> APIRouter:
    router = APIRouter(prefix="/pairing")

    @router.post("/offers")
    async def offer(
        request: Request, body: PairingRequestV1, session: Session, clock: RequestClock
    ) -> PairingOfferV1:
        """Offer a hub to whoever types its code."""
        return await pairings.offer(session, body, address=_address(request), now=clock.now())

    @router.post("/questions")
    async def ask(
        body: PairingQuestionV1, session: Session, clock: RequestClock
    ) -> PairingAnswerV1:
        """Ask what became of an offer."""
        return await pairings.ask(session, body, now=clock.now())

    return router


def _session_routes(public_url: str) -> APIRouter:
    router = APIRouter(prefix="/hubs/{hub_id}")

    @router.post("/nonces")
    async def challenge(
        hub_id: RowId, session: Session, clock: RequestClock, limiter: Limiter
    ) -> NonceV1:
        """Give a hub something new to sign."""
        await limiter.count(f"hub-nonce:{hub_id}", _CHALLENGES)
        return await sessions.challenge(session, hub_id, clock.now())

    @router.post("/sessions")
    async def open_session(
        hub_id: RowId, body: HelloV1, session: Session, clock: RequestClock
    ) -> SessionV1:
        """Open a session for a hub that signed its challenge; the one before ends."""
        return await sessions.open_session(
            session, hub_id, body, audience=public_url, now=clock.now()
        )

    @router.delete("", status_code=204)
    async def leave(hub_id: RowId, request: Request, session: Session, clock: RequestClock) -> None:
        """Leave the household, as a hub does that is unpaired at home."""
        now = clock.now()
        token = bearer_token(request.headers)
        key = await sessions.authenticate(session, hub_id, token, now, lock=True)
        await revoke(session, key, now)

    return router


def _sync_routes() -> APIRouter:
    router = APIRouter(prefix="/hubs/{hub_id}")

    @router.post("/events")
    async def take_events(
        hub_id: RowId, request: Request, lineage: Lineage, session: Session, clock: RequestClock
    ) -> AckV1:
        """Append a batch to the hub's log: header line and events as NDJSON, zstd or plain."""
        token = bearer_token(request.headers)
        encoding = request.headers.get("content-encoding", "identity").lower()
        if encoding not in ("identity", "zstd"):
            raise BatchMalformed(f"the encoding {encoding!r} is not known")
        batch = unpack(await request.body(), encoding)
        now = clock.now()
        key = await sessions.authenticate(session, hub_id, token, now, lock=True)
        position = await append(session, key, lineage, batch, now)
        return AckV1(
            acked=position.acked, chain=position.chain.hex(), server_ms=unix_ms(clock.now())
        )

    @router.get("/changes")
    async def list_changes(
        hub_id: RowId,
        request: Request,
        reader: Reader,
        clock: RequestClock,
        since: Annotated[int, Query(ge=0, le=2**62)],
        limit: Annotated[int, Query(ge=1, le=told.MOST_DOCUMENTS)] = told.MOST_DOCUMENTS,
    ) -> ChangesV1:
        """List the documents that changed after a version, oldest first."""
        now = clock.now()
        key = await sessions.authenticate(reader, hub_id, bearer_token(request.headers), now)
        return await told.changes(reader, key.household_id, since=since, limit=limit, now=now)

    @router.get("/snapshot")
    async def take_snapshot(
        hub_id: RowId, request: Request, reader: Reader, clock: RequestClock
    ) -> SnapshotV1:
        """Give every document there is."""
        now = clock.now()
        key = await sessions.authenticate(reader, hub_id, bearer_token(request.headers), now)
        return await told.snapshot(reader, key.household_id, now=now)

    return router


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
