"""Hubs prove who they are: a challenge, a signature, a token for an hour."""

import secrets
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.foundation.secrets import digest, mint_token
from cloud.hubs.errors import (
    ChallengeOver,
    HubKeyRevoked,
    HubUnknown,
    ProofRefused,
    ProtocolUnsupported,
    SessionInvalid,
)
from cloud.hubs.models import Hub, HubSession
from cloud.hubs.repository import history, households, hubs
from cloud.hubs.repository.hubs import HubKey
from scentd.contracts.moments import unix_ms
from scentd.contracts.sync import (
    OLDEST_PROTOCOL,
    PROTOCOL,
    HelloV1,
    NonceV1,
    PositionV1,
    SessionV1,
    session_claim,
)

NONCE_LIFE = timedelta(seconds=60)
SESSION_LIFE = timedelta(hours=1)
CONNECTS_PER_S = 3_000
"""How many hubs may come back in one second after an outage, for all of them together."""


async def challenge(session: AsyncSession, hub_id: int, now: datetime) -> NonceV1:
    """Give a hub something new to sign; HubUnknown when there is none of that number."""
    hub = await hubs.find_hub(session, hub_id)
    if hub is None:
        raise HubUnknown
    nonce = secrets.token_bytes(32)
    await hubs.add_nonce(session, _key(hub), nonce, now, now + NONCE_LIFE)
    return NonceV1(nonce=nonce.hex(), expires_in_s=int(NONCE_LIFE.total_seconds()))


async def open_session(
    session: AsyncSession, hub_id: int, hello: HelloV1, *, audience: str, now: datetime
) -> SessionV1:
    """Open a session for a hub that signed its challenge, ending the one before.

    `audience` is what this cloud calls itself; a signature made for another is worth nothing
    here. Raises HubUnknown, ProofRefused, ChallengeOver, HubKeyRevoked, ProtocolUnsupported.
    """
    hub = await hubs.find_hub(session, hub_id)
    if hub is None:
        raise HubUnknown
    key = _key(hub)
    if not _is_signed(hub, hello, audience):
        raise ProofRefused
    if not await hubs.spend_nonce(session, key, bytes.fromhex(hello.nonce), now):
        raise ChallengeOver
    if hub.revoked_at is not None:
        raise HubKeyRevoked
    if hello.protocol.oldest > PROTOCOL or hello.protocol.newest < OLDEST_PROTOCOL:
        raise ProtocolUnsupported(OLDEST_PROTOCOL, PROTOCOL)
    token = mint_token()
    protocol = min(PROTOCOL, hello.protocol.newest)
    await hubs.put_session(
        session,
        HubSession(
            household_id=hub.household_id,
            hub_id=hub.id,
            token_digest=digest(token),
            protocol=protocol,
            opened_at=now,
            expires_at=now + SESSION_LIFE,
        ),
    )
    hub.seen_at, hub.software = now, hello.software
    held = await history.find_lineage(session, key, hello.lineage)
    return SessionV1(
        token=token,
        expires_in_s=int(SESSION_LIFE.total_seconds()),
        protocol=protocol,
        server_ms=unix_ms(now),
        position=PositionV1(acked=held[0], chain=held[1].hex()) if held else None,
        version=(await households.standing(session, hub.household_id)).version,
        spread_s=await _spread_s(session),
    )


async def authenticate(
    connection: AsyncConnection | AsyncSession,
    hub_id: int,
    token: str,
    now: datetime,
    *,
    lock: bool = False,
) -> HubKey:
    """Return which hub a token belongs to, if it is the one in the address.

    With `lock`, taking the hub's rights away waits until this transaction has ended, so nothing
    a removed hub sent can take effect after its removal. Raises SessionInvalid, HubKeyRevoked.
    """
    found = await hubs.find_session(connection, hub_id, lock=lock)
    if found is None or not secrets.compare_digest(found.token_digest, digest(token)):
        raise SessionInvalid
    if found.revoked_at is not None:
        raise HubKeyRevoked
    if found.expires_at <= now:
        raise SessionInvalid
    return HubKey(found.household_id, hub_id)


def _key(hub: Hub) -> HubKey:
    return HubKey(hub.household_id, hub.id)


def _is_signed(hub: Hub, hello: HelloV1, audience: str) -> bool:
    claim = session_claim(hello.nonce, hub.id, audience, hello.protocol)
    try:
        Ed25519PublicKey.from_public_bytes(hub.public_key).verify(
            bytes.fromhex(hello.signature), claim
        )
    except (InvalidSignature, ValueError):
        return False
    return True


async def _spread_s(session: AsyncSession) -> float:
    """How long hubs may take, each at random, to come back: the fleet at a bearable rate."""
    return min(300.0, max(1.0, await hubs.count_sessions(session) / CONNECTS_PER_S))
