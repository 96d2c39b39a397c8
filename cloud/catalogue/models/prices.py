"""Prices that staff enter for one currency, in place of converted ones."""

from sqlalchemy import CHAR, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, Timestamped


class VariantPrice(Timestamped, Base):
    """What a bottle costs in a currency other than its own, in minor units of it, with tax.

    `sale_price_minor` holds while the variant's own sale does; None: no sale in this currency.
    """

    __tablename__ = "variant_prices"
    __table_args__ = (
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint(
            "sale_price_minor >= 0 AND sale_price_minor < price_minor", name="sale_price"
        ),
    )

    variant_id: Mapped[int] = mapped_column(
        ForeignKey("variants.id", ondelete="CASCADE"), primary_key=True
    )
    currency: Mapped[str] = mapped_column(CHAR(3), primary_key=True)
    price_minor: Mapped[int]
    sale_price_minor: Mapped[int | None]
