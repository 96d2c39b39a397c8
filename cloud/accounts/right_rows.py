"""The tables of what staff may do: roles, invitations, and tokens for programs."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import ARRAY, CITEXT
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped


class RoleDefinition(Timestamped, Base):
    """A role with a name. `stands_for` ADMIN and MANAGER are the system's own.

    Those two have no rows in role_permits: what they may do is `cloud.foundation.permits`'s.
    """

    __tablename__ = "role_definitions"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name"),
        CheckConstraint("stands_for IN ('ADMIN', 'MANAGER')", name="stands_for"),
    )

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(CITEXT(), unique=True)
    description: Mapped[str]
    stands_for: Mapped[str | None] = mapped_column(String(40), unique=True)
    version: Mapped[int]


class RolePermit(Base):
    """One permit of a role, by name; a name that this version does not know means nothing."""

    __tablename__ = "role_permits"
    __table_args__ = (CheckConstraint("permit ~ '^[a-z_]+:[a-z_]+$'", name="permit"),)

    role_definition_id: Mapped[int] = mapped_column(
        ForeignKey("role_definitions.id", ondelete="CASCADE"), primary_key=True
    )
    permit: Mapped[str] = mapped_column(primary_key=True)


class StaffInvitation(Timestamped, Base):
    """Somebody who was asked to work here; gone once accepted or taken back.

    `token_digest` None until the mail is written: the token exists in that mail alone.
    """

    __tablename__ = "staff_invitations"
    __table_args__ = (CheckConstraint("role IN ('ADMIN', 'MANAGER')", name="role"),)

    id: Mapped[BigId]
    email: Mapped[str] = mapped_column(CITEXT(), unique=True)
    role: Mapped[str] = mapped_column(String(40))
    role_definition_id: Mapped[int | None] = mapped_column(
        ForeignKey("role_definitions.id", ondelete="CASCADE"), index=True
    )
    invited_by_user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    token_digest: Mapped[bytes | None] = mapped_column(LargeBinary(), unique=True)
    expires_at: Mapped[datetime]


class ApiToken(Timestamped, Base):
    """A member of staff's key for a program: at most `scopes`, and never more than they may.

    `last_used_at` is true to five minutes.
    """

    __tablename__ = "api_tokens"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name"),
        CheckConstraint("cardinality(scopes) > 0", name="scopes"),
    )

    id: Mapped[BigId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(), unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
