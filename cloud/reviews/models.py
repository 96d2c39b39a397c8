"""The tables of reviews. Triggers of theirs keep the stars of products and the counts of votes."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.reviews.states import (
    HIGHEST,
    LONGEST_BODY,
    LONGEST_NAME,
    LONGEST_REASON,
    LONGEST_REPLY,
    LONGEST_TITLE,
    LOWEST,
    ReviewStatus,
)

_SHOWN = "shown_at IS NOT NULL"


class Review(Timestamped, Base):
    """What one member says about one product.

    `rating`, `title` and `body` are the newest text, which stands at `status`; `edition` counts
    its writings. The `shown_` ones are what others read: all of them or none. So a new text waits
    while the approved one stays. `is_verified`: they bought it, in the order line `order_item_id`.
    `keeps_text`: when its writer's account goes, the text stays without a name; else it goes too.
    `user_id` None: that happened. `first_shown_at` is the first approval ever.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("user_id", "product_id"),
        UniqueConstraint("order_item_id"),
        CheckConstraint(f"rating BETWEEN {LOWEST} AND {HIGHEST}", name="rating"),
        CheckConstraint(
            f"length(title) <= {LONGEST_TITLE} AND length(body) BETWEEN 1 AND {LONGEST_BODY} "
            f"AND length(author_name) <= {LONGEST_NAME} AND length(reason) <= {LONGEST_REASON} "
            f"AND length(reply) <= {LONGEST_REPLY}",
            name="lengths",
        ),
        CheckConstraint(
            "num_nonnulls(shown_rating, shown_title, shown_body, shown_name, shown_at) IN (0, 5)",
            name="shown_whole",
        ),
        CheckConstraint(
            "status <> 'APPROVED' OR (shown_rating IS NOT NULL AND shown_rating = rating "
            "AND shown_title = title AND shown_body = body AND shown_name = author_name)",
            name="approved_is_shown",
        ),
        CheckConstraint("(status = 'REJECTED') = (reason <> '')", name="reason"),
        CheckConstraint("(status = 'PENDING') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("shown_at IS NULL OR first_shown_at IS NOT NULL", name="first_shown"),
        CheckConstraint("(reply <> '') = (replied_at IS NOT NULL)", name="reply"),
        CheckConstraint("helpful_count >= 0 AND unhelpful_count >= 0", name="votes"),
        CheckConstraint("edition >= 1", name="edition"),
        CheckConstraint(
            "user_id IS NULL OR is_verified = (order_item_id IS NOT NULL)", name="verified"
        ),
        CheckConstraint(
            "user_id IS NOT NULL OR (keeps_text AND author_name = '' AND order_item_id IS NULL)",
            name="nobody",
        ),
        Index("ix_reviews_product_id", "product_id"),
        Index("ix_reviews_decided_by_user_id", "decided_by_user_id"),
        Index("ix_reviews_waiting", "id", postgresql_where=text("status = 'PENDING'")),
        Index(
            "ix_reviews_by_help",
            "product_id",
            text("(helpful_count - unhelpful_count)"),
            "id",
            postgresql_where=text(_SHOWN),
        ),
        Index("ix_reviews_by_time", "product_id", "shown_at", "id", postgresql_where=text(_SHOWN)),
        Index(
            "ix_reviews_by_rating",
            "product_id",
            "shown_rating",
            "id",
            postgresql_where=text(_SHOWN),
        ),
    )

    id: Mapped[BigId]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="RESTRICT"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    order_item_id: Mapped[int | None] = mapped_column(ForeignKey("order_items.id"))
    is_verified: Mapped[bool] = mapped_column(Boolean)
    keeps_text: Mapped[bool] = mapped_column(Boolean)
    author_name: Mapped[str]
    language: Mapped[str]
    status: Mapped[ReviewStatus] = mapped_column(text_enum(ReviewStatus, "status"))
    edition: Mapped[int] = mapped_column(Integer, server_default="1")
    rating: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str]
    body: Mapped[str]
    written_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(server_default="")
    decided_at: Mapped[datetime | None]
    decided_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL")
    )
    shown_rating: Mapped[int | None] = mapped_column(SmallInteger)
    shown_title: Mapped[str | None]
    shown_body: Mapped[str | None]
    shown_name: Mapped[str | None]
    shown_at: Mapped[datetime | None]
    first_shown_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(server_default="")
    replied_at: Mapped[datetime | None]
    # Kept by a trigger on the votes.
    helpful_count: Mapped[int] = mapped_column(Integer, server_default="0")
    unhelpful_count: Mapped[int] = mapped_column(Integer, server_default="0")


class ReviewVote(Base):
    """Whether one member found a review helpful; one vote a person, which they may change."""

    __tablename__ = "review_votes"
    __table_args__ = (Index("ix_review_votes_user_id", "user_id"),)

    review_id: Mapped[int] = mapped_column(
        ForeignKey("reviews.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    is_helpful: Mapped[bool] = mapped_column(Boolean)
    voted_at: Mapped[datetime]
