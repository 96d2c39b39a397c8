"""The tables of notifications."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.notifications.kinds import MailStage, NotificationKind


class Notification(Timestamped, Base):
    """One piece of news for one person. Guests have an address and no list to read it in.

    `key` is the same for the same news to the same person, so it is told once. `facts` fill the
    texts; `link` is where it leads.
    """

    __tablename__ = "notifications"

    id: Mapped[BigId]
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[NotificationKind] = mapped_column(text_enum(NotificationKind, "kind"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(CITEXT)
    language: Mapped[str] = mapped_column(server_default="en")
    # Which words tell it; a kind may have several.
    wording: Mapped[str]
    title: Mapped[str]
    message: Mapped[str]
    link: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_notifications_user_id_id", "user_id", "id"),
        Index(
            "ix_notifications_unread",
            "user_id",
            postgresql_where=text("read_at IS NULL"),
        ),
    )


class OutgoingMail(Timestamped, Base):
    """The mail of a notification: one, whatever runs twice."""

    __tablename__ = "outgoing_mails"

    notification_id: Mapped[int] = mapped_column(
        ForeignKey("notifications.id", ondelete="CASCADE"), primary_key=True
    )
    stage: Mapped[MailStage] = mapped_column(text_enum(MailStage, "stage"))
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("(stage = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index(
            "ix_outgoing_mails_unsent",
            "created_at",
            postgresql_where=text("stage IN ('waiting', 'claimed')"),
        ),
    )
