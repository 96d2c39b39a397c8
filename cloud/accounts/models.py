"""The tables of accounts."""

from datetime import datetime

from sqlalchemy import (
    CHAR,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, CITEXT
from sqlalchemy.orm import Mapped, mapped_column

from cloud.accounts.kinds import AddressKind, LinkPurpose, Provider
from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.foundation.identity import Role


class User(Timestamped, Base):
    """An account. `password_hash` is None for one that signs in by link or provider only.

    `role_definition_id` narrows or widens what a MANAGER may do; None: the daily work.
    Addresses of e-mail are equal whatever their case, by the column's type. `erased_at`: the
    person is gone and nothing here tells who it was; the row stays, for bookkeeping points to it.
    `blocked_at`: staff let the person in no more, for `block_reason`. `tags` are the words that
    staff sort people by; `version` is theirs. `search_text` is address and name in small
    letters, kept by a trigger.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("email LIKE '_%@_%' AND length(email) <= 254", name="email_shape"),
        CheckConstraint("length(name) <= 120", name="name_length"),
        CheckConstraint("length(block_reason) <= 400", name="block_reason"),
        # Its condition always holds: a column of an index with one is no key to PostgreSQL, so a
        # new address does not wait for everybody who writes a row that points to the account.
        Index("uq_users_email", "email", unique=True, postgresql_where=text("email IS NOT NULL")),
        Index("ix_users_tags", "tags", postgresql_using="gin"),
        Index(
            "ix_users_search_text",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
    )

    id: Mapped[BigId]
    email: Mapped[str] = mapped_column(CITEXT())
    email_verified_at: Mapped[datetime | None]
    name: Mapped[str]
    password_hash: Mapped[str | None]
    role: Mapped[Role] = mapped_column(text_enum(Role, "role"))
    language: Mapped[str | None]
    role_definition_id: Mapped[int | None] = mapped_column(
        ForeignKey("role_definitions.id", ondelete="SET NULL"), index=True
    )
    erased_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    block_reason: Mapped[str] = mapped_column(server_default="")
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=text("'{}'"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    search_text: Mapped[str] = mapped_column(server_default="")


class CustomerNote(Base):
    """What staff wrote down about a person, for each other; appended, never changed."""

    __tablename__ = "customer_notes"
    __table_args__ = (CheckConstraint("length(body) BETWEEN 1 AND 2000", name="body"),)

    id: Mapped[BigId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    body: Mapped[str]
    author_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    author_name: Mapped[str]
    at: Mapped[datetime]


class AudienceMember(Base):
    """Which audience an account belongs to, such as a tier: one at most, named by its feature.

    What lower features offer to some accounts alone they offer to an audience by its name.
    """

    __tablename__ = "audience_members"
    __table_args__ = (CheckConstraint("audience <> ''", name="audience"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    audience: Mapped[str] = mapped_column(Text, index=True)


class Identity(Timestamped, Base):
    """An account at a provider that vouches for one of ours. Tokens are sealed (`Sealer`).

    `subject` is the provider's own name for the person, which never changes; `email` is the
    address that it knew at the last sign-in, for its owner to recognise.
    """

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("provider", "subject"),
        UniqueConstraint("user_id", "provider"),
    )

    id: Mapped[BigId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    provider: Mapped[Provider] = mapped_column(text_enum(Provider, "provider"))
    subject: Mapped[str]
    email: Mapped[str] = mapped_column(CITEXT())
    scope: Mapped[str]
    access_token: Mapped[bytes | None] = mapped_column(LargeBinary())
    refresh_token: Mapped[bytes | None] = mapped_column(LargeBinary())
    id_token: Mapped[bytes | None] = mapped_column(LargeBinary())
    token_expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime]


class SignInAttempt(Timestamped, Base):
    """Somebody on the way to a provider and back. Its row is taken by the first who comes back.

    `user_id` is the signed-in person who wants to link the provider; None for a sign-in.
    """

    __tablename__ = "sign_in_attempts"

    id: Mapped[BigId]
    state_digest: Mapped[bytes] = mapped_column(LargeBinary(), unique=True)
    provider: Mapped[Provider] = mapped_column(text_enum(Provider, "provider"))
    nonce: Mapped[str]
    verifier: Mapped[bytes] = mapped_column(LargeBinary())
    onward: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[datetime] = mapped_column(index=True)


class DataExport(Timestamped, Base):
    """Everything held on a person, as one file; `content` is None until the worker made it."""

    __tablename__ = "data_exports"

    id: Mapped[BigId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    asked_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary())


class Erasure(Timestamped, Base):
    """A person's confirmed wish to be forgotten. `done_at` None: it waits for what `waits_for`."""

    __tablename__ = "erasures"
    __table_args__ = (Index("ix_erasures_waiting", "id", postgresql_where=text("done_at IS NULL")),)

    id: Mapped[BigId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
    asked_at: Mapped[datetime]
    waits_for: Mapped[str]
    done_at: Mapped[datetime | None]


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


class KnownDevice(Timestamped, Base):
    """A device that an account was opened on. What it keeps in its cookie is only there."""

    __tablename__ = "known_devices"
    __table_args__ = (UniqueConstraint("user_id", "mark"),)

    id: Mapped[BigId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    mark: Mapped[bytes] = mapped_column(LargeBinary())


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
    # The firm there, and its VAT number; "" for people.
    company: Mapped[str] = mapped_column(server_default="")
    vat_number: Mapped[str] = mapped_column(server_default="")
