"""Who is told, what is told, and how the telling went."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.webhooks.kinds import DeliveryState


class WebhookEndpoint(Timestamped, Base):
    """An address of another program. Never deleted while its log is kept: `removed_at` hides it.

    `secret` is sealed; `former_secret` signs beside it until `former_until`, so that a subscriber
    can change over. `stopped_because` says why deliveries ceased by themselves; None while they
    go on or when staff paused them.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        CheckConstraint("url ~ '^https?://'", name="url"),
        CheckConstraint("cardinality(kinds) > 0", name="kinds"),
        CheckConstraint("(former_secret IS NULL) = (former_until IS NULL)", name="former_secret"),
    )

    id: Mapped[BigId]
    url: Mapped[str]
    description: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    former_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    former_until: Mapped[datetime | None]
    is_active: Mapped[bool]
    stopped_because: Mapped[str | None]
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's form


class WebhookNews(Base):
    """One piece of news, told to every endpoint that asked; `reference` is its id for them."""

    __tablename__ = "webhook_news"

    id: Mapped[BigId]
    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB())
    at: Mapped[datetime] = mapped_column(index=True)


class WebhookDelivery(Timestamped, Base):
    """One piece of news on its way to one endpoint.

    Due at `next_try_at`; a worker that takes it moves that on first, so that no second one takes
    it too. `tries` counts those that were begun.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "news_id"),
        CheckConstraint("(state = 'waiting') = (next_try_at IS NOT NULL)", name="next_try"),
        CheckConstraint("(state = 'arrived') = (arrived_at IS NOT NULL)", name="arrived"),
        Index("ix_webhook_deliveries_news_id", "news_id"),
        Index("ix_webhook_deliveries_endpoint_id_id", "endpoint_id", "id"),
        Index(
            "ix_webhook_deliveries_due", "next_try_at", postgresql_where=text("state = 'waiting'")
        ),
    )

    id: Mapped[BigId]
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoints.id"))
    news_id: Mapped[int] = mapped_column(ForeignKey("webhook_news.id", ondelete="CASCADE"))
    state: Mapped[DeliveryState] = mapped_column(text_enum(DeliveryState, "state"))
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    next_try_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]


class WebhookTry(Base):
    """One attempt: what was answered (`status`), or why nothing was (`problem`)."""

    __tablename__ = "webhook_tries"
    __table_args__ = (
        CheckConstraint("num_nonnulls(status, problem) >= 1", name="says_something"),
        Index("ix_webhook_tries_delivery_id_id", "delivery_id", "id"),
    )

    id: Mapped[BigId]
    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("webhook_deliveries.id", ondelete="CASCADE")
    )
    at: Mapped[datetime]
    took_ms: Mapped[int] = mapped_column(Integer)
    status: Mapped[int | None] = mapped_column(Integer)
    problem: Mapped[str | None]
    answer: Mapped[str]
