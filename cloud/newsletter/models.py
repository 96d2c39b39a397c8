"""The tables of the newsletter."""

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.newsletter.states import (
    Act,
    DeliveryStage,
    Interest,
    IssueStage,
    Source,
    SubscriberStage,
)

_INTERESTS = ", ".join(f"'{one.value}'" for one in Interest)


class Subscriber(Timestamped, Base):
    """One address that asked for the newsletter, whatever became of it.

    `token_digest` is the SHA-256 of the newest link to confirm with, good until
    `token_expires_at`; `token_used_at` says that it did its work. `source` is where it was asked
    for first.
    """

    __tablename__ = "newsletter_subscribers"
    __table_args__ = (
        UniqueConstraint("email"),
        UniqueConstraint("token_digest"),
        CheckConstraint("email LIKE '%_@_%' AND length(email) <= 254", name="email"),
        CheckConstraint("length(name) <= 80", name="name"),
        CheckConstraint(f"interests <@ ARRAY[{_INTERESTS}]", name="interests"),
        CheckConstraint("octet_length(token_digest) = 32", name="token_digest"),
        CheckConstraint(
            "(token_digest IS NULL) = (token_expires_at IS NULL) "
            "AND (token_used_at IS NULL OR token_digest IS NOT NULL)",
            name="token_whole",
        ),
        CheckConstraint(
            "stage <> 'active' OR (confirmed_at IS NOT NULL AND left_at IS NULL)", name="active"
        ),
        CheckConstraint("stage <> 'left' OR left_at IS NOT NULL", name="left"),
        Index("ix_newsletter_subscribers_stage_id", "stage", "id"),
        Index(
            "ix_newsletter_subscribers_asked_at",
            "asked_at",
            postgresql_where=text("stage = 'pending'"),
        ),
    )

    id: Mapped[BigId]
    email: Mapped[str] = mapped_column(CITEXT)
    name: Mapped[str]
    language: Mapped[str]
    stage: Mapped[SubscriberStage] = mapped_column(text_enum(SubscriberStage, "stage"))
    source: Mapped[Source] = mapped_column(text_enum(Source, "source"))
    interests: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=text("'{}'"))
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    token_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    token_expires_at: Mapped[datetime | None]
    token_used_at: Mapped[datetime | None]


class Consent(Base):
    """One act of a subscriber: when, from where, and to which wording. Only ever added to."""

    __tablename__ = "newsletter_consents"
    __table_args__ = (
        Index("ix_newsletter_consents_subscriber_id_id", "subscriber_id", "id"),
        CheckConstraint("text_version >= 1", name="text_version"),
    )

    id: Mapped[BigId]
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("newsletter_subscribers.id", ondelete="CASCADE")
    )
    act: Mapped[Act] = mapped_column(text_enum(Act, "act"))
    source: Mapped[Source] = mapped_column(text_enum(Source, "source"))
    text_version: Mapped[int] = mapped_column(Integer)
    # Of the request, as proof; "" where there was none.
    address: Mapped[str]
    at: Mapped[datetime]


class Issue(Timestamped, Base):
    """One newsletter. `interest` None goes to everybody, else to those who wish to read of it.

    Its texts are `newsletter_texts`, one a language. `version` rises with every edit.
    """

    __tablename__ = "newsletter_issues"
    __table_args__ = (
        CheckConstraint("length(title) BETWEEN 1 AND 120", name="title"),
        CheckConstraint("stage <> 'scheduled' OR send_at IS NOT NULL", name="scheduled"),
        CheckConstraint("(stage IN ('sending', 'sent')) = (begun_at IS NOT NULL)", name="begun"),
        CheckConstraint("(stage = 'sent') = (ended_at IS NOT NULL)", name="ended"),
        Index(
            "ix_newsletter_issues_due",
            "send_at",
            postgresql_where=text("stage IN ('scheduled', 'sending')"),
        ),
    )

    id: Mapped[BigId]
    title: Mapped[str]
    stage: Mapped[IssueStage] = mapped_column(text_enum(IssueStage, "stage"))
    interest: Mapped[Interest | None] = mapped_column(text_enum(Interest, "interest"))
    send_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's form


class IssueText(Base):
    """What an issue says in one language: a subject, and paragraphs with empty lines between."""

    __tablename__ = "newsletter_texts"
    __table_args__ = (
        CheckConstraint("length(subject) BETWEEN 1 AND 150", name="subject"),
        CheckConstraint("length(body) BETWEEN 1 AND 20000", name="body"),
    )

    issue_id: Mapped[int] = mapped_column(
        ForeignKey("newsletter_issues.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    body: Mapped[str]


class Delivery(Base):
    """The one mail of an issue to a subscriber.

    `problem` is what the mail server said last; a mail that waits with one is tried again later.
    """

    __tablename__ = "newsletter_deliveries"
    __table_args__ = (
        CheckConstraint("(stage = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        CheckConstraint("(stage = 'waiting') = (claimed_at IS NULL)", name="claimed_at"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_newsletter_deliveries_subscriber_id", "subscriber_id"),
        Index(
            "ix_newsletter_deliveries_waiting",
            "issue_id",
            "subscriber_id",
            postgresql_where=text("stage = 'waiting'"),
        ),
    )

    issue_id: Mapped[int] = mapped_column(
        ForeignKey("newsletter_issues.id", ondelete="CASCADE"), primary_key=True
    )
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("newsletter_subscribers.id", ondelete="CASCADE"), primary_key=True
    )
    stage: Mapped[DeliveryStage] = mapped_column(text_enum(DeliveryStage, "stage"))
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(server_default="")
