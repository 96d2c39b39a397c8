"""The tables of figures: counted by a job out of the shop's own books, and never the truth itself.

Days are those of the shop's zone. Nothing here belongs to a person.
"""

from datetime import date, datetime

from sqlalchemy import CHAR, CheckConstraint, Date, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base


class DailySales(Base):
    """What was bought and given back on a day, in one currency.

    An order counts on the day it was paid; test orders do not. `sales_minor` is its total with
    delivery and tax, less what of it was for gift cards: those are owed until they are spent.
    A refund counts on the day it was made, less what of it was for gift cards.
    """

    __tablename__ = "daily_sales"
    __table_args__ = (
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("orders >= 0 AND units >= 0 AND refunds >= 0", name="counts"),
    )

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    currency: Mapped[str] = mapped_column(CHAR(3), primary_key=True)
    orders: Mapped[int]
    units: Mapped[int]
    sales_minor: Mapped[int]
    shipping_minor: Mapped[int]
    discount_minor: Mapped[int]
    tax_minor: Mapped[int]
    refunds: Mapped[int]
    refunded_minor: Mapped[int]


class DailyProduct(Base):
    """What of one variant was bought and given back on a day, in one currency.

    `sales_minor` is what its buyers paid for it, discounts taken off, before any tax that comes on
    top; `refunded_minor` what went back for it.
    """

    __tablename__ = "daily_products"
    __table_args__ = (
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("units >= 0 AND refunded_units >= 0", name="counts"),
        Index("ix_daily_products_currency_day", "currency", "day"),
    )

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    currency: Mapped[str] = mapped_column(CHAR(3), primary_key=True)
    variant_id: Mapped[int] = mapped_column(
        ForeignKey("variants.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    units: Mapped[int]
    sales_minor: Mapped[int]
    refunded_units: Mapped[int]
    refunded_minor: Mapped[int]


class DailyVisits(Base):
    """How many times somebody came into the shop on a day; see `visits`."""

    __tablename__ = "daily_visits"
    __table_args__ = (CheckConstraint("visits >= 0", name="visits"),)

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    visits: Mapped[int]


class DailyStock(Base):
    """What stood on the shelves at the end of a day, at its average cost.

    `uncosted_units` are bottles whose cost nobody knows: they are in `units`, not in `cost_minor`.
    """

    __tablename__ = "daily_stock"
    __table_args__ = (
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("uncosted_units BETWEEN 0 AND units AND cost_minor >= 0", name="counts"),
    )

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    currency: Mapped[str] = mapped_column(CHAR(3), primary_key=True)
    units: Mapped[int]
    uncosted_units: Mapped[int]
    cost_minor: Mapped[int]


class Cohort(Base):
    """Of those who first bought in a month, how many bought in a later one (`month` 0: the first).

    A buyer is an account, or an address of e-mail for guests.
    """

    __tablename__ = "cohorts"
    __table_args__ = (
        CheckConstraint("month >= 0 AND buyers > 0", name="counts"),
        CheckConstraint("extract(day FROM began) = 1", name="whole_months"),
    )

    began: Mapped[date] = mapped_column(Date, primary_key=True)
    month: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    buyers: Mapped[int]


class Count(Base):
    """The one row that says how far the figures are counted, and by which zone's days."""

    __tablename__ = "figure_counts"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    zone: Mapped[str]
    counted_at: Mapped[datetime]
