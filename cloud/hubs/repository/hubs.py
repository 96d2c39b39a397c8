"""Statements on hubs and their proofs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.hubs.models import Household, Hub, HubNonce, HubSession

NONCES_OPEN = 10
"""Challenges a hub may have open at once; asking for more forgets the oldest."""


_LONG_GONE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class HubKey:
    """Which hub of which household. Every statement on a hub's rows names both."""

    household_id: int
    hub_id: int


async def find_hub(session: AsyncSession, hub_id: int) -> Hub | None:
    """Return a hub by its number alone: for its own proof, not for people."""
    return await session.scalar(select(Hub).where(Hub.id == hub_id))


async def get_hub(session: AsyncSession, key: HubKey, *, lock: bool = False) -> Hub | None:
    """Return a hub of a household, locked against others that change it when asked."""
    statement = select(Hub).where(Hub.household_id == key.household_id, Hub.id == key.hub_id)
    return await session.scalar(statement.with_for_update(key_share=True) if lock else statement)


async def hubs_of(session: AsyncSession, household_ids: Sequence[int]) -> list[Hub]:
    """Return the hubs of some households, those removed last, then oldest first."""
    rows = await session.scalars(
        select(Hub)
        .where(Hub.household_id.in_(household_ids))
        .order_by(Hub.revoked_at.is_not(None), Hub.id)
    )
    return list(rows)


async def page_of_hubs(session: AsyncSession, after: int, limit: int) -> list[Hub]:
    """Return hubs of every household with numbers above `after`, ascending."""
    rows = await session.scalars(select(Hub).where(Hub.id > after).order_by(Hub.id).limit(limit))
    return list(rows)


async def take_silent(session: AsyncSession, heard_before: datetime, now: datetime) -> list[Hub]:
    """Return hubs that fell silent before a moment, and note that their homes are told now.

    Those that were silent for a month before anybody looked are nobody's news.
    """
    found = await session.scalars(
        select(Hub)
        .where(
            Hub.revoked_at.is_(None),
            Hub.seen_at < heard_before,
            Hub.seen_at > heard_before - _LONG_GONE,
            or_(Hub.silence_told_at.is_(None), Hub.silence_told_at < Hub.seen_at),
        )
        .order_by(Hub.id)
        .limit(200)
        .with_for_update(skip_locked=True)
    )
    silent = list(found)
    for hub in silent:
        hub.silence_told_at = now
    return silent


async def household_of(session: AsyncSession, household_id: int) -> Household:
    """Return the household of a hub's key, which must exist."""
    return (
        await session.execute(select(Household).where(Household.id == household_id))
    ).scalar_one()


async def live_hub_with_key(session: AsyncSession, public_key: bytes) -> Hub | None:
    """Return the hub that has this key now."""
    return await session.scalar(
        select(Hub).where(Hub.public_key == public_key, Hub.revoked_at.is_(None))
    )


async def add_nonce(
    session: AsyncSession, key: HubKey, nonce: bytes, now: datetime, expires_at: datetime
) -> None:
    """Keep a challenge; challenges that are over or too many go."""
    await session.execute(_FORGET_NONCES, {**_named(key), "now": now, "kept": NONCES_OPEN - 1})
    session.add(HubNonce(**_named(key), nonce=nonce, expires_at=expires_at))
    await session.flush()


async def spend_nonce(session: AsyncSession, key: HubKey, nonce: bytes, now: datetime) -> bool:
    """Use a challenge up; False when it was never given out, is over or was used."""
    spent = await session.scalar(
        delete(HubNonce)
        .where(
            HubNonce.household_id == key.household_id,
            HubNonce.hub_id == key.hub_id,
            HubNonce.nonce == nonce,
        )
        .returning(HubNonce.expires_at)
    )
    return spent is not None and spent > now


async def sweep_nonces(session: AsyncSession, now: datetime) -> None:
    """Delete challenges that are over."""
    await session.execute(delete(HubNonce).where(HubNonce.expires_at <= now))


async def put_session(session: AsyncSession, row: HubSession) -> None:
    """Make this the one session of its hub."""
    values = {
        "household_id": row.household_id,
        "hub_id": row.hub_id,
        "token_digest": row.token_digest,
        "protocol": row.protocol,
        "opened_at": row.opened_at,
        "expires_at": row.expires_at,
    }
    statement = insert(HubSession).values(values)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["household_id", "hub_id"],
            set_={name: statement.excluded[name] for name in list(values)[2:]},
        )
    )


async def end_session(session: AsyncSession, key: HubKey) -> None:
    """End the session of a hub, if it has one."""
    await session.execute(
        delete(HubSession).where(
            HubSession.household_id == key.household_id, HubSession.hub_id == key.hub_id
        )
    )


async def find_session(
    connection: AsyncConnection | AsyncSession, hub_id: int, *, lock: bool = False
) -> Row[int, bytes, datetime, datetime | None] | None:
    """Return household, token digest, end and revocation of a hub's session.

    With `lock` the hub cannot be changed or removed until the transaction ends.
    """
    found = await connection.execute(
        _FIND_SESSION_LOCKED if lock else _FIND_SESSION, {"hub_id": hub_id}
    )
    return found.one_or_none()


@dataclass(frozen=True, slots=True)
class HubStanding:
    """What a socket must know: its household's version, and whether it is still welcome."""

    version: int
    token_digest: bytes | None
    is_revoked: bool


async def standings(connection: AsyncConnection, hub_ids: Sequence[int]) -> dict[int, HubStanding]:
    """Return where some hubs stand."""
    rows = await connection.execute(_STANDINGS, {"hub_ids": list(hub_ids)})
    return {
        row.id: HubStanding(row.version, row.token_digest, row.revoked_at is not None)
        for row in rows
    }


async def count_sessions(session: AsyncSession) -> int:
    """Return about how many sessions are open, as PostgreSQL's statistics know it."""
    return max(0, int(await session.scalar(_COUNT_SESSIONS) or 0))


def _named(key: HubKey) -> dict[str, int]:
    return {"household_id": key.household_id, "hub_id": key.hub_id}


_FORGET_NONCES = text("""
    DELETE FROM hub_nonces WHERE household_id = :household_id AND hub_id = :hub_id
    AND (expires_at <= :now OR nonce NOT IN (
        SELECT nonce FROM hub_nonces
        WHERE household_id = :household_id AND hub_id = :hub_id
        ORDER BY expires_at DESC, nonce LIMIT :kept
    ))
""")
_SESSION = """
    SELECT h.household_id, s.token_digest, s.expires_at, h.revoked_at
    FROM hubs AS h
    JOIN hub_sessions AS s ON s.household_id = h.household_id AND s.hub_id = h.id
    WHERE h.id = :hub_id
"""
_FIND_SESSION = text(_SESSION)
_FIND_SESSION_LOCKED = text(_SESSION + " FOR NO KEY UPDATE OF h")
# Exact would mean to read the table at every connect; -1 stands for never counted.
_COUNT_SESSIONS = text(
    "SELECT CAST(reltuples AS bigint) FROM pg_class WHERE oid = 'hub_sessions'::regclass"
)
_STANDINGS = text("""
    SELECT h.id, h.revoked_at, w.version, s.token_digest
    FROM hubs AS h
    JOIN households AS w ON w.id = h.household_id
    LEFT JOIN hub_sessions AS s ON s.household_id = h.household_id AND s.hub_id = h.id
    WHERE h.id = ANY(CAST(:hub_ids AS bigint[]))
""")
