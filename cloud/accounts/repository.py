"""The queries of accounts."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.accounts.kinds import AddressKind, LinkPurpose
from cloud.accounts.models import Address, OneTimeLink, User, UserSession
from cloud.foundation.identity import Role, SignedIn
from cloud.foundation.permits import BY_NAME, DAILY_WORK, EVERYTHING, NOTHING, Permit

_WHOSE = text("""
    SELECT u.id, u.email::text AS email, u.name, u.role, u.language, s.id AS session_id,
           s.signed_in_at, s.seen_at, u.role_definition_id,
           ARRAY(SELECT p.permit FROM role_permits AS p
                 WHERE p.role_definition_id = u.role_definition_id) AS permits
    FROM user_sessions AS s JOIN users AS u ON u.id = s.user_id
    WHERE s.token_digest = :digest AND s.expires_at > :now AND s.seen_at > :idle_since
          AND u.blocked_at IS NULL
""")
_HASH = text("SELECT id, password_hash FROM users WHERE email = CAST(:email AS citext)")
_REPLACE_HASH = text(
    "UPDATE users SET password_hash = :new WHERE id = :id AND password_hash = :old"
)
_SEEN = text("UPDATE user_sessions SET seen_at = :now WHERE id = :id AND seen_at < :now")
_WHOSE_KEY = text("""
    SELECT u.id, u.email::text AS email, u.name, u.role, u.language, u.role_definition_id,
           t.id AS token_id, t.scopes, t.created_at, t.last_used_at,
           ARRAY(SELECT p.permit FROM role_permits AS p
                 WHERE p.role_definition_id = u.role_definition_id) AS permits
    FROM api_tokens AS t JOIN users AS u ON u.id = t.user_id
    WHERE t.token_digest = :digest AND t.expires_at > :now AND t.revoked_at IS NULL
""")
_KEY_USED = text("""
    UPDATE api_tokens SET last_used_at = :now
    WHERE id = :id AND (last_used_at IS NULL OR last_used_at < :now)
""")


def permits_of(role: Role, definition_id: int | None, names: Sequence[str]) -> frozenset[Permit]:
    """Return what an account may do as staff; `names` are the permits of its definition.

    A definition counts for a MANAGER alone. Names that this version does not know mean nothing.
    """
    if role is Role.ADMIN:
        return EVERYTHING
    if role is Role.CUSTOMER:
        return NOTHING
    return DAILY_WORK if definition_id is None else known_permits(names)


def known_permits(names: Sequence[str]) -> frozenset[Permit]:
    """Return the permits of some names, without those that no longer mean anything."""
    return frozenset(BY_NAME[name] for name in names if name in BY_NAME)


async def find_signed_in(
    connection: AsyncConnection, digest: bytes, now: datetime, idle_since: datetime
) -> tuple[SignedIn, datetime] | None:
    """Return the person of a live session and when it was last seen."""
    found = await connection.execute(
        _WHOSE, {"digest": digest, "now": now, "idle_since": idle_since}
    )
    row = found.one_or_none()
    if row is None:
        return None
    person = SignedIn(
        user_id=row.id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        session_id=row.session_id,
        signed_in_at=row.signed_in_at,
        language=row.language,
        permits=permits_of(Role(row.role), row.role_definition_id, row.permits),
    )
    return person, row.seen_at


async def find_key_holder(
    connection: AsyncConnection, digest: bytes, now: datetime
) -> tuple[SignedIn, datetime | None] | None:
    """Return the person whose live API token this is, and when it was last used, if ever."""
    found = await connection.execute(_WHOSE_KEY, {"digest": digest, "now": now})
    row = found.one_or_none()
    if row is None:
        return None
    held = permits_of(Role(row.role), row.role_definition_id, row.permits)
    person = SignedIn(
        user_id=row.id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        session_id=0,
        signed_in_at=row.created_at,
        language=row.language,
        permits=held & known_permits(row.scopes),
        token_id=row.token_id,
    )
    return person, row.last_used_at


async def mark_key_used(connection: AsyncConnection, token_id: int, now: datetime) -> None:
    """Note that an API token is in use."""
    await connection.execute(_KEY_USED, {"id": token_id, "now": now})


async def mark_seen(connection: AsyncConnection, session_id: int, now: datetime) -> None:
    """Note that a session is in use."""
    await connection.execute(_SEEN, {"id": session_id, "now": now})


async def find_hash(connection: AsyncConnection, email: str) -> tuple[int | None, str | None]:
    """Return id and password hash of the account of an e-mail address; None for what is not."""
    row = (await connection.execute(_HASH, {"email": email})).one_or_none()
    return (None, None) if row is None else (row.id, row.password_hash)


async def replace_hash(connection: AsyncConnection, user_id: int, old: str, new: str) -> None:
    """Store a stronger hash of the same password, unless the password changed meanwhile."""
    await connection.execute(_REPLACE_HASH, {"id": user_id, "old": old, "new": new})


async def find_user(session: AsyncSession, user_id: int) -> User | None:
    """Return an account by id."""
    return await session.get(User, user_id)


async def find_users(session: AsyncSession, user_ids: Collection[int]) -> dict[int, User]:
    """Return accounts by their ids; those that are none are missing."""
    found = await session.scalars(select(User).where(User.id.in_(user_ids)))
    return {user.id: user for user in found}


async def find_user_by_email(session: AsyncSession, email: str) -> User | None:
    """Return an account by its e-mail address, whatever the case."""
    return await session.scalar(select(User).where(User.email == email))


async def lock_admins(session: AsyncSession) -> Sequence[int]:
    """Return the ids of all ADMINs, locked until the transaction ends."""
    found = await session.scalars(
        select(User.id).where(User.role == Role.ADMIN).order_by(User.id).with_for_update()
    )
    return found.all()


async def list_users(
    session: AsyncSession, *, matching: str, after: int, limit: int
) -> Sequence[User]:
    """Return accounts whose e-mail or name contains a text, by id above `after`."""
    query = select(User).where(User.id > after).order_by(User.id).limit(limit)
    if matching:
        query = query.where(
            User.email.contains(matching, autoescape=True)
            | func.lower(User.name).contains(matching.lower(), autoescape=True)
        )
    return (await session.scalars(query)).all()


async def list_sessions(
    session: AsyncSession, user_id: int, now: datetime
) -> Sequence[UserSession]:
    """Return a person's live sessions, newest sign-in first."""
    found = await session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.expires_at > now)
        .order_by(UserSession.signed_in_at.desc(), UserSession.id.desc())
    )
    return found.all()


async def delete_session(session: AsyncSession, digest: bytes) -> None:
    """End the session of a token, if there is one."""
    await session.execute(delete(UserSession).where(UserSession.token_digest == digest))


async def delete_sessions(
    session: AsyncSession, user_id: int, *, only: int | None = None, except_id: int | None = None
) -> int:
    """End a person's sessions: one, all, or all but one. Return how many."""
    query = delete(UserSession).where(UserSession.user_id == user_id)
    if only is not None:
        query = query.where(UserSession.id == only)
    if except_id is not None:
        query = query.where(UserSession.id != except_id)
    ended = await session.execute(query.returning(UserSession.id))
    return len(ended.all())


async def find_link(session: AsyncSession, digest: bytes, now: datetime) -> OneTimeLink | None:
    """Return a link that can still be used."""
    return await session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.token_digest == digest,
            OneTimeLink.spent_at.is_(None),
            OneTimeLink.expires_at > now,
        )
    )


async def spend_link(
    session: AsyncSession, digest: bytes, purpose: LinkPurpose, now: datetime
) -> OneTimeLink | None:
    """Mark a usable link as spent and return it: of many callers at once, one gets it."""
    return await session.scalar(
        update(OneTimeLink)
        .where(
            OneTimeLink.token_digest == digest,
            OneTimeLink.purpose == purpose,
            OneTimeLink.spent_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .values(spent_at=now)
        .returning(OneTimeLink)
    )


async def void_links(
    session: AsyncSession, user_id: int, purpose: LinkPurpose, now: datetime
) -> None:
    """Make a person's unused links of a purpose useless."""
    await session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.user_id == user_id,
            OneTimeLink.purpose == purpose,
            OneTimeLink.spent_at.is_(None),
        )
        .values(spent_at=now)
    )


async def delete_stale(session: AsyncSession, now: datetime) -> None:
    """Delete sessions and links whose time is over."""
    await session.execute(delete(UserSession).where(UserSession.expires_at <= now))
    await session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at <= now))


async def list_addresses(session: AsyncSession, user_id: int) -> Sequence[Address]:
    """Return a person's addresses, defaults first, then oldest first."""
    found = await session.scalars(
        select(Address)
        .where(Address.user_id == user_id)
        .order_by(Address.kind, Address.is_default.desc(), Address.id)
    )
    return found.all()


async def find_address(session: AsyncSession, user_id: int, address_id: int) -> Address | None:
    """Return one of a person's own addresses."""
    return await session.scalar(
        select(Address).where(Address.id == address_id, Address.user_id == user_id)
    )


async def find_default_address(
    session: AsyncSession, user_id: int, kind: AddressKind
) -> Address | None:
    """Return a person's default address of a kind."""
    return await session.scalar(
        select(Address).where(Address.user_id == user_id, Address.kind == kind, Address.is_default)
    )


async def delete_addresses(session: AsyncSession, user_id: int) -> None:
    """Remove all of a person's addresses."""
    await session.execute(delete(Address).where(Address.user_id == user_id))


async def clear_default_address(session: AsyncSession, user_id: int, kind: AddressKind) -> None:
    """Take the default mark from a person's addresses of a kind."""
    await session.execute(
        update(Address)
        .where(Address.user_id == user_id, Address.kind == kind, Address.is_default)
        .values(is_default=False)
    )
