"""The tables of notifications."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.notifications.campaign_kinds import Audience, CampaignStage
from cloud.notifications.kinds import Channel, MailStage, NotificationKind
from cloud.notifications.topics import Topic


class Notification(Timestamped, Base):
    """One piece of news for one person. Guests have an address and no list to read it in.

    `key` is the same for the same news to the same person, so it is told once. Of `facts`, "facts"
    fill the texts, "rows" are (label, text) pairs for the mail's table, "sealed" rows before them
    that only the mail opens, "counts" pieces by name. `link` is where it leads. `is_listed` False:
    its reader wants it by mail alone.
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
    is_listed: Mapped[bool] = mapped_column(server_default="true")

    __table_args__ = (
        Index("ix_notifications_user_id_id", "user_id", "id"),
        Index("ix_notifications_key_pattern", "key", postgresql_ops={"key": "text_pattern_ops"}),
        Index(
            "ix_notifications_unread",
            "user_id",
            postgresql_where=text("read_at IS NULL AND is_listed"),
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
        Index(
            "ix_outgoing_mails_troubled",
            "notification_id",
            postgresql_where=text("stage IN ('claimed', 'refused')"),
        ),
    )


class NotificationPreference(Timestamped, Base):
    """What a member said about a topic; who never said takes what is usual."""

    __tablename__ = "notification_preferences"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    topic: Mapped[Topic] = mapped_column(text_enum(Topic, "topic"), primary_key=True)
    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"), primary_key=True)
    is_wanted: Mapped[bool]

    __table_args__ = (Index("ix_notification_preferences_wanted", "topic", "channel", "user_id"),)


class MailRefusal(Timestamped, Base):
    """An address without an account that wants no mail on a topic any more."""

    __tablename__ = "mail_refusals"

    email: Mapped[str] = mapped_column(CITEXT, primary_key=True)
    topic: Mapped[Topic] = mapped_column(text_enum(Topic, "topic"), primary_key=True)


class Campaign(Timestamped, Base):
    """Something that staff tell many people.

    `words` are title, message and button by language. `cursor` is the last account that was
    told: batches go on from there. `counted` accounts were its audience when it began, `told`
    of them were told by now.
    """

    __tablename__ = "campaigns"

    id: Mapped[BigId]
    kind: Mapped[NotificationKind] = mapped_column(text_enum(NotificationKind, "kind"))
    audience: Mapped[Audience] = mapped_column(text_enum(Audience, "audience"))
    words: Mapped[dict[str, Any]]
    link: Mapped[str]
    stage: Mapped[CampaignStage] = mapped_column(text_enum(CampaignStage, "stage"))
    send_at: Mapped[datetime | None]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cursor: Mapped[int] = mapped_column(server_default="0")
    counted: Mapped[int] = mapped_column(Integer, server_default="0")
    told: Mapped[int] = mapped_column(Integer, server_default="0")
    author_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __table_args__ = (
        CheckConstraint(
            "kind IN ('PROMOTIONAL_OFFER', 'SURVEY_INVITATION', 'SYSTEM_ANNOUNCEMENT')",
            name="told_by_staff",
        ),
        CheckConstraint("(stage IN ('sent', 'stopped')) = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("stage <> 'scheduled' OR send_at IS NOT NULL", name="scheduled"),
        CheckConstraint("(stage IN ('draft', 'scheduled')) = (began_at IS NULL)", name="began"),
        CheckConstraint("counted >= 0 AND told >= 0 AND cursor >= 0", name="counts"),
        Index("ix_campaigns_due", "send_at", postgresql_where=text("stage = 'scheduled'")),
    )
