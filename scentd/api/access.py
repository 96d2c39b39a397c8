"""Who is asking, and what they may do: tokens, signed-in browsers, one-time links, the PIN.

Every request asks the store, so that what another process (the command line) makes or revokes
counts at once.
"""

import asyncio
import hashlib
import hmac
import secrets
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from scentd.api.backoff import BackOff
from scentd.api.errors import (
    LinkRefused,
    PinTooPlain,
    PinUnfit,
    PinWrong,
    TokenRefused,
    TokenUnknown,
)
from scentd.clock import Clock
from scentd.store import access as rows
from scentd.store.access import AccessToken, BrowserSession, PinHash
from scentd.store.database import Database

LINK_LIFE = timedelta(minutes=30)
SECRET_BYTES = 32
USE_NOTED_EVERY = timedelta(minutes=1)
"""Last use is kept to the minute: a busy client must not wear the card."""

TOKEN_PREFIX = "scl"  # noqa: S105 - how a leaked token is recognised, not a secret
_SCRYPT = {"n": 2**14, "r": 8, "p": 1}  # 42 ms and 16 MiB here; OWASP's floor for a second factor


class Scope(StrEnum):
    """What a token may do; a token has exactly the scopes it was made with."""

    READ = "read"
    CONTROL = "control"
    CONFIGURE = "configure"
    VOICE = "voice"
    PROPOSE_ORDER = "propose_order"


class CallerKind(StrEnum):
    """How somebody showed who they are."""

    NOBODY = "nobody"
    PROGRAM = "program"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `reference` is a token's id, or "page"; `csrf` what a member's forms must carry."""

    kind: CallerKind
    scopes: frozenset[str] = frozenset()
    reference: str = ""
    csrf: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)


NOBODY = Caller(CallerKind.NOBODY)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; `secret` is shown once and kept nowhere."""

    token: AccessToken
    secret: str = field(repr=False)


class Access:
    """Decide who comes in. `session_days` and `token_days` as in ApiSettings."""

    def __init__(
        self, database: Database, clock: Clock, *, session_days: int = 90, token_days: int = 365
    ) -> None:
        self._database = database
        self._clock = clock
        self._session_life = timedelta(days=session_days)
        self._token_life = timedelta(days=token_days)
        self._tokens_tried = BackOff(clock.monotonic, limit=20, window_s=60, lock_s=900)
        self._pins_tried = BackOff(clock.monotonic, limit=5, window_s=900, lock_s=900)
        self._hashing = asyncio.Semaphore(1)

    async def new_link(self) -> str:
        """Make a one-time sign-in secret, good for 30 minutes; its page is /welcome/<secret>."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        now = self._clock.now()
        await self._database.write(
            lambda connection: rows.add_link(connection, _hash(secret), now, now + LINK_LIFE)
        )
        return secret

    async def is_link(self, secret: str) -> bool:
        """Say whether that link still works; using it up is `enter_by_link`."""
        now = self._clock.now()
        return await self._database.read(lambda db: rows.is_link(db, _hash(secret), now))

    async def enter_by_link(self, secret: str, peer: str, agent: str) -> str:
        """Use the link up and give a new session's secret; raises LinkRefused."""
        self._tokens_tried.check(peer)
        session_secret, session = self._new_session(peer, agent)

        def work(connection: sqlite3.Connection) -> None:
            if not rows.use_link(connection, _hash(secret), session.created_at):
                raise LinkRefused
            rows.add_session(connection, session)

        try:
            await self._database.write(work)
        except LinkRefused:
            self._tokens_tried.failed(peer)
            raise
        return session_secret

    async def enter_by_pin(self, pin: str, peer: str, agent: str) -> str:
        """Give a new session's secret; raises PinWrong, TooManyTries."""
        self._pins_tried.check(peer)
        kept = await self._database.read(rows.pin)
        if kept is None or not hmac.compare_digest(
            kept.pin_hash, await self._scrypt(pin, kept.salt)
        ):
            self._pins_tried.failed(peer)
            raise PinWrong
        self._pins_tried.succeeded(peer)
        secret, session = self._new_session(peer, agent)
        await self._database.write(lambda connection: rows.add_session(connection, session))
        return secret

    async def who_has_token(self, bearer: str, peer: str) -> Caller:
        """Give the caller of an access token; raises TokenRefused, TooManyTries."""
        self._tokens_tried.check(peer)
        prefix, _, rest = bearer.partition("_")
        token_id, _, secret = rest.partition("_")
        now = self._clock.now()
        found = await self._database.read(lambda connection: rows.token(connection, token_id))
        if (
            prefix != TOKEN_PREFIX
            or found is None
            or not hmac.compare_digest(found.secret_hash, _hash(secret))
            or found.expires_at <= now
        ):
            self._tokens_tried.failed(peer)
            raise TokenRefused
        if _is_worth_noting(found.last_used_at, now):
            self._database.write_later(
                lambda connection: rows.note_token_use(connection, token_id, now, peer)
            )
        return Caller(CallerKind.PROGRAM, found.scopes, found.id)

    async def who_has_session(self, secret: str, peer: str) -> Caller:
        """Give the member of that session, or nobody when it has ended."""
        now = self._clock.now()
        digest = _hash(secret)
        found = await self._database.read(lambda connection: rows.session(connection, digest))
        if found is None or found.expires_at <= now:
            return NOBODY
        if _is_worth_noting(found.last_used_at, now):
            self._database.write_later(
                lambda connection: rows.note_session_use(connection, digest, now, peer)
            )
        return Caller(CallerKind.MEMBER, frozenset(Scope), "page", _csrf(secret), secret)

    async def sessions(self) -> list[BrowserSession]:
        """Give every signed-in browser, the one used last first."""
        return await self._database.read(rows.sessions)

    async def leave(self, caller: Caller) -> None:
        """End the caller's own session."""
        digest = _hash(caller.secret)
        await self._database.write(lambda connection: rows.remove_session(connection, digest))

    async def end_other_sessions(self, caller: Caller) -> int:
        """Sign every browser out but the caller's; how many that were."""
        digest = _hash(caller.secret)
        return await self._database.write(
            lambda connection: rows.remove_other_sessions(connection, digest)
        )

    async def has_pin(self) -> bool:
        """Say whether the household has chosen a PIN."""
        return await self._database.read(rows.pin) is not None

    async def set_pin(self, pin: str) -> None:
        """Set the household's PIN: 6 to 12 digits, not all alike; raises PinUnfit."""
        if not (pin.isascii() and pin.isdigit() and 6 <= len(pin) <= 12):
            raise PinUnfit
        if len(set(pin)) == 1:
            raise PinTooPlain
        salt = secrets.token_bytes(16)
        chosen = PinHash(salt, await self._scrypt(pin, salt))
        now = self._clock.now()
        await self._database.write(lambda connection: rows.set_pin(connection, chosen, now))

    async def new_token(
        self, name: str, scopes: frozenset[Scope], life: timedelta | None = None
    ) -> NewToken:
        """Make an access token; `life` None takes the setting's."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        now = self._clock.now()
        token = AccessToken(
            id=secrets.token_hex(5),
            name=name,
            secret_hash=_hash(secret),
            scopes=frozenset(scope.value for scope in scopes),
            created_at=now,
            expires_at=now + (life or self._token_life),
        )
        await self._database.write(lambda connection: rows.add_token(connection, token))
        return NewToken(token, f"{TOKEN_PREFIX}_{token.id}_{secret}")

    async def tokens(self) -> list[AccessToken]:
        """Give every token, expired ones too, the oldest first."""
        return await self._database.read(rows.tokens)

    async def revoke_token(self, token_id: str) -> None:
        """Forget a token: its next request is refused; raises TokenUnknown."""
        if not await self._database.write(lambda db: rows.remove_token(db, token_id)):
            raise TokenUnknown(token_id)

    def _new_session(self, peer: str, agent: str) -> tuple[str, BrowserSession]:
        secret = secrets.token_urlsafe(SECRET_BYTES)
        now = self._clock.now()
        ends = now + self._session_life
        return secret, BrowserSession(_hash(secret), now, ends, now, peer, agent[:120])

    async def _scrypt(self, pin: str, salt: bytes) -> bytes:
        async with self._hashing:  # one at a time: each takes 16 MiB
            return await asyncio.to_thread(hashlib.scrypt, pin.encode(), salt=salt, **_SCRYPT)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _csrf(session_secret: str) -> str:
    return hmac.digest(session_secret.encode(), b"forms of the household page", "sha256").hex()


def _is_worth_noting(last: datetime | None, now: datetime) -> bool:
    return last is None or abs(now - last) >= USE_NOTED_EVERY
