"""What staff changed: one entry a write, in the transaction of the write, with before and after.

Everything that staff can change writes here, whichever door it came through. Entries are only
ever added; a trigger refuses anything else.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId
from cloud.foundation.identity import SignedIn


class AuditEntry(Base):
    """One write of a member of staff.

    `subject` and `subject_id` name the thing ("products", "42" or an order's number), `action`
    what was done ("change", "refund"). `before` and `after` hold only the fields that differ;
    None where the thing did not exist. `token_id` is the API token used, if any; a token's
    secret, a password or a card never stand here. The actor's name stays when the account goes.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint("action <> '' AND subject <> ''", name="named"),
        CheckConstraint("before IS NOT NULL OR after IS NOT NULL", name="says_something"),
        Index("ix_audit_entries_subject_subject_id_id", "subject", "subject_id", "id"),
        Index("ix_audit_entries_actor_user_id_id", "actor_user_id", "id"),
        Index("ix_audit_entries_at_id", "at", "id"),
    )

    id: Mapped[BigId]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    actor_name: Mapped[str]
    token_id: Mapped[int | None]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


async def note(
    session: AsyncSession,
    actor: SignedIn,
    action: str,
    subject: str,
    subject_id: int | str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write down what a member of staff did; give whole states, the differences are kept.

    `before` None: it did not exist; `after` None: it is gone. A write that changed nothing leaves
    no entry. Values must be JSON (text for moments).
    """
    old, new = before, after
    if before is not None and after is not None:
        changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        if not changed:
            return
        old = {key: before.get(key) for key in changed}
        new = {key: after.get(key) for key in changed}
    session.add(
        AuditEntry(
            actor_user_id=actor.user_id,
            actor_name=actor.name or actor.email,
            token_id=actor.token_id,
            action=action,
            subject=subject,
            subject_id=str(subject_id),
            before=None if old is None else dict(old),
            after=None if new is None else dict(new),
        )
    )
    await session.flush()
