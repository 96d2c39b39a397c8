"""What the model makes of the shop: products that belong together, and suggestions to members."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, text_enum
from cloud.recommendations.kinds import NeighbourKind


class ProductNeighbour(Base):
    """A product that belongs to another, the nearest at `place` 0; `score` is 0 to 1.

    `homes` is how many people bought both, 0 for products that are merely alike.
    """

    __tablename__ = "product_neighbours"
    __table_args__ = (
        CheckConstraint("product_id <> other_id", name="other"),
        CheckConstraint("place >= 0", name="place"),
        CheckConstraint("score > 0 AND score <= 1", name="score"),
        CheckConstraint("homes >= 0", name="homes"),
        UniqueConstraint("product_id", "kind", "other_id"),
        Index("ix_product_neighbours_other_id", "other_id"),
    )

    product_id: Mapped[int] = mapped_column(
        ForeignKey("products.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[NeighbourKind] = mapped_column(text_enum(NeighbourKind, "kind"), primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    other_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    score: Mapped[float] = mapped_column(Double())
    homes: Mapped[int] = mapped_column(Integer)


class SuggestionTurn(Base):
    """When a member's suggestions are to be worked out: `asked_at`, None for not now.

    A question that comes while the answer is worked out stands: the answer clears only the
    `asked_at` that it read.
    """

    __tablename__ = "suggestion_turns"
    __table_args__ = (
        Index(
            "ix_suggestion_turns_asked_at",
            "asked_at",
            "user_id",
            postgresql_where="asked_at IS NOT NULL",
        ),
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    asked_at: Mapped[datetime | None]
    made_at: Mapped[datetime | None]


class Suggestion(Base):
    """A product suggested to a member, the best at `place` 0; reasons as a quiz's picks have."""

    __tablename__ = "suggestions"
    __table_args__ = (
        UniqueConstraint("user_id", "product_id"),
        CheckConstraint("place >= 0", name="place"),
        CheckConstraint("jsonb_typeof(reasons) = 'array'", name="reasons"),
        Index("ix_suggestions_product_id", "product_id"),
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="RESTRICT"))
    score: Mapped[float] = mapped_column(Double())
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())
