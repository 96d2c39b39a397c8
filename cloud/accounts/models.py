"""The tables of accounts."""

from datetime import datetime

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column

from cloud.accounts.kinds import AddressKind, LinkPurpose
from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.foundation.identity import Role


class User(Timestamped, Base):
    """An account. `password_hash` is None for one that signs in by link only.

    Addresses of e-mail are equal whatever their case, by the column's type.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("email LIKE '_%@_%' AND length(email) <= 254", name="email_shape"),
        CheckConstraint("length(name) <= 120", name="name_length"),
    )

    id: Mapped[BigId]
    email: Mapped[str] = mapped_column(CITEXT(), unique=True)
    email_verified_at: Mapped[datetime | None]
    name: Mapped[str]
    password_hash: Mapped[str | None]
    role: Mapped[Role] = mapped_column(text_enum(Role, "role"))
    language: Mapped[str | None]


class UserSession(Timestamped, Base):
    """A live sign-in on one device. The token itself is only in that device's cookie.

    `signed_in_at` is when the person proved who they are; `expires_at` never moves;
    `seen_at` is true to five minutes, and two weeks without a visit end the session too.
    """

    __tablename__ = "user_sessions"
    __table_args__ = (CheckConstraint("expires_at > signed_in_at", name="lifetime"),)

    id: Mapped[BigId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(), unique=True)
    signed_in_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    device: Mapped[str]
    address: Mapped[str]


class OneTimeLink(Timestamped, Base):
    """A link that works once and not for long. `email` is the address it was sent to, if any."""

    __tablename__ = "one_time_links"
    __table_args__ = (
        CheckConstraint(
            "(purpose = 'FIRST_ADMIN') = (user_id IS NULL)", name="user_unless_first_admin"
        ),
    )

    id: Mapped[BigId]
    purpose: Mapped[LinkPurpose] = mapped_column(text_enum(LinkPurpose, "purpose"))
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(), unique=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str | None] = mapped_column(CITEXT())
    expires_at: Mapped[datetime] = mapped_column(index=True)
    spent_at: Mapped[datetime | None]


class Address(Timestamped, Base):
    """A postal address of a person; at most one default of each kind."""

    __tablename__ = "addresses"
    __table_args__ = (
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        Index(
            "uq_addresses_default",
            "user_id",
            "kind",
            unique=True,
            postgresql_where=text("is_default"),
        ),
    )

    id: Mapped[BigId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[AddressKind] = mapped_column(text_enum(AddressKind, "kind"))
    is_default: Mapped[bool]
    recipient: Mapped[str]
    line1: Mapped[str]
    line2: Mapped[str]
    city: Mapped[str]
    region: Mapped[str]
    postcode: Mapped[str]
    country: Mapped[str] = mapped_column(CHAR(2))
    phone: Mapped[str]
