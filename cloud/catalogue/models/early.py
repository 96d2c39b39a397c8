"""Who may buy an announced product before it is out."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId


class EarlyAccess(Base):
    """Lets one account, or an audience of accounts, see and buy what is announced, until a moment.

    `product_id` None: every announced product. It counts from `ahead_h` hours before the product
    is out (None: from its announcement), and until `ends_at` (None: without an end). A draft is
    not announced.
    """

    __tablename__ = "early_access"
    __table_args__ = (
        CheckConstraint("num_nonnulls(user_id, audience) = 1", name="one_owner"),
        CheckConstraint("ahead_h > 0", name="ahead"),
        UniqueConstraint(
            "user_id",
            "audience",
            "product_id",
            name="uq_early_access_owner",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_early_access_product_id", "product_id"),
        Index("ix_early_access_audience", "audience"),
    )

    id: Mapped[BigId]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    audience: Mapped[str | None]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    ahead_h: Mapped[int | None] = mapped_column(Integer)
    ends_at: Mapped[datetime | None]
