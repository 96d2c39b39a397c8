"""Answers kept for requests that may be sent again, under the key their sender chose.

The promise: of all requests with one key, at most one has an effect, and the others get its
answer. The row is made before the request runs and marked in every transaction that it commits;
so after a crash it is known whether anything was stored: if not, a repeat may run, if so, a repeat
is told to look. Answers lie sealed under the key itself, which is stored as a hash only.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from sqlalchemy import CheckConstraint, DateTime, LargeBinary, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.clock import Clock
from cloud.foundation.database import Base, Database
from cloud.foundation.errors import Conflict, Refused, Unavailable

# Stripe keeps its keys for a day at least; ours outlive its retries and a night's outage.
KEPT = timedelta(hours=48)
# A run that stored nothing for so long has died: no route of ours works longer than this.
DEAD_AFTER = timedelta(minutes=2)


class KeptAnswer(Base):
    """One key in use. `run` is the request that holds it; only that one may commit under it."""

    __tablename__ = "kept_answers"
    __table_args__ = (
        CheckConstraint("octet_length(key_digest) = 32", name="key_digest"),
        CheckConstraint("octet_length(fingerprint) = 32", name="fingerprint"),
    )

    key_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    run: Mapped[str]
    began_at: Mapped[datetime] = mapped_column(index=True)
    has_committed: Mapped[bool]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)


class KeyUsedOtherwise(Refused):
    """The key came with another request before."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was sent with another request before.",
            hint="Use a new key for a new request, and the same body for a repeat.",
        )


class StillWorking(Conflict):
    """The first request with this key has not been answered yet."""

    code = "request_in_progress"

    def __init__(self) -> None:
        super().__init__(
            "The same request is being worked on.",
            hint="Wait a second and send it again with the same key.",
        )


class AnswerLost(Conflict):
    """The first request took effect, and its answer is gone."""

    code = "answer_lost"

    def __init__(self) -> None:
        super().__init__(
            "This request took effect before, but its answer was lost.",
            hint="Look at what it was to change; do not send it again under a new key unseen.",
        )


class RunReplaced(Unavailable):
    """This request was taken for dead, and another one with its key runs in its place."""

    code = "run_replaced"

    def __init__(self) -> None:
        super().__init__("This took too long and was undone.", hint="Send it again.")


@dataclass(frozen=True, slots=True)
class Run:
    """The right to work under a key."""

    key_digest: bytes
    name: str


_BEGIN = text("""
    INSERT INTO kept_answers AS kept (key_digest, fingerprint, run, began_at, has_committed)
    VALUES (:key, :fingerprint, :run, :now, false)
    ON CONFLICT (key_digest) DO UPDATE SET run = :run, began_at = :now
    WHERE kept.fingerprint = :fingerprint AND NOT kept.has_committed AND kept.answer IS NULL
      AND kept.began_at < :dead_before
    RETURNING run
""").bindparams(
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("dead_before", type_=DateTime(timezone=True)),
)
_FIND = text("SELECT fingerprint, has_committed, answer FROM kept_answers WHERE key_digest = :key")
_MARK = text(
    "UPDATE kept_answers SET has_committed = true WHERE key_digest = :key AND run = :run"
    " RETURNING true"
)
_KEEP = text("UPDATE kept_answers SET answer = :answer WHERE key_digest = :key AND run = :run")
_DROP = text("DELETE FROM kept_answers WHERE key_digest = :key AND run = :run")
_DROP_UNCOMMITTED = text(
    "DELETE FROM kept_answers WHERE key_digest = :key AND run = :run AND NOT has_committed"
)
_SWEEP = text("DELETE FROM kept_answers WHERE began_at < :before").bindparams(
    bindparam("before", type_=DateTime(timezone=True))
)


class Repeats:
    """Keeps the answers of one database's requests. `secret` seals them, beside each key."""

    def __init__(self, database: Database, clock: Clock, secret: str) -> None:
        self._database = database
        self._clock = clock
        self._secret = secret

    async def begin(self, owner: str, key: str, fingerprint: bytes) -> Run | bytes:
        """Return the right to run, or the answer that the same request got before.

        A key belongs to its `owner`. Raises KeyUsedOtherwise, StillWorking or AnswerLost.
        """
        run = Run(hashlib.sha256(f"{owner}\n{key}".encode()).digest(), secrets.token_hex(8))
        now = self._clock.now()
        facts = {
            "key": run.key_digest,
            "fingerprint": fingerprint,
            "run": run.name,
            "now": now,
            "dead_before": now - DEAD_AFTER,
        }
        async with self._database.reading() as connection:
            if await connection.scalar(_BEGIN, facts) is not None:
                return run
            row = (await connection.execute(_FIND, {"key": run.key_digest})).one_or_none()
        if row is None:
            # It failed and was dropped between the two statements.
            raise StillWorking
        if row.fingerprint != fingerprint:
            raise KeyUsedOtherwise
        if row.answer is not None:
            return self._seal(owner, key).decrypt(row.answer)
        raise AnswerLost if row.has_committed else StillWorking

    async def mark(self, session: AsyncSession, run: Run) -> None:
        """Note, in a transaction about to commit, that the run takes effect; or RunReplaced."""
        if await session.scalar(_MARK, {"key": run.key_digest, "run": run.name}) is None:
            raise RunReplaced

    async def keep(self, run: Run, owner: str, key: str, answer: bytes) -> None:
        """Keep an answer for the repeats."""
        sealed = self._seal(owner, key).encrypt(answer)
        async with self._database.reading() as connection:
            await connection.execute(
                _KEEP, {"key": run.key_digest, "run": run.name, "answer": sealed}
            )

    async def drop(self, run: Run, *, whatever_it_did: bool) -> None:
        """Let a repeat run as if this one never had; else only if it stored nothing."""
        statement = _DROP if whatever_it_did else _DROP_UNCOMMITTED
        async with self._database.reading() as connection:
            await connection.execute(statement, {"key": run.key_digest, "run": run.name})

    def _seal(self, owner: str, key: str) -> Fernet:
        material = hashlib.sha256(f"{self._secret}\n{owner}\n{key}\nanswer".encode()).digest()
        return Fernet(urlsafe_b64encode(material))


async def sweep_kept_answers(session: AsyncSession, now: datetime) -> None:
    """Forget the answers of keys older than two days."""
    await session.execute(_SWEEP, {"before": now - KEPT})
