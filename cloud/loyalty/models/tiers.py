"""Tiers: what members reach by what they earn."""

from typing import Any

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.loyalty.kinds import TierIcon


class Tier(Timestamped, Base):
    """Where a member stands who earned `min_points` within the window of `cloud.loyalty.terms`.

    `benefits` are those of `cloud.loyalty.schemas.Benefits`. Free delivery and a discount work
    through promotions of the tier's audience; they are made when first needed and stay.
    `version` rises with every edit.
    """

    __tablename__ = "tiers"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("min_points > 0", name="min_points"),
        CheckConstraint("colour ~ '^#[0-9a-f]{6}$'", name="colour"),
        CheckConstraint("jsonb_typeof(benefits) = 'object'", name="benefits"),
        Index("ix_tiers_delivery_promotion_id", "delivery_promotion_id"),
        Index("ix_tiers_discount_promotion_id", "discount_promotion_id"),
    )

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(unique=True)
    min_points: Mapped[int] = mapped_column(unique=True)
    benefits: Mapped[dict[str, Any]] = mapped_column(JSONB(), server_default=text("'{}'"))
    colour: Mapped[str] = mapped_column(CHAR(7))
    icon: Mapped[TierIcon] = mapped_column(text_enum(TierIcon, "icon"))
    delivery_promotion_id: Mapped[int | None] = mapped_column(
        ForeignKey("promotions.id", ondelete="RESTRICT")
    )
    discount_promotion_id: Mapped[int | None] = mapped_column(
        ForeignKey("promotions.id", ondelete="RESTRICT")
    )
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's form

    @property
    def audience(self) -> str:
        """Return the name of its members as an audience of the accounts."""
        return f"tier:{self.id}"
