"""The tables of forecasts: written by the nightly job, read by staff and by drafts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, Double, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, text_enum
from cloud.inventory.forecast.kinds import Method

_SERIES = "jsonb_typeof({0}) = 'array'"


class VariantForecast(Base):
    """What is expected of a variant from `first_day` on, by weeks of seven days.

    `history` has a pair [bottles sold, days on which there were any] a week, oldest first, the last
    one ending before `first_day`. `weeks` has, for each week to come, [mean, 10th, 50th, 90th
    percentile]; `fleet` how many bottles the cartridges that are out there will ask for in it,
    weighted into `weeks` with `fleet_weight`. `refill_share` is the part of what was sold that
    were refills. `error_share` is the error of the method over four weeks (WAPE: the absolute
    errors by what was sold), `naive_error_share` that of "as in the last four weeks"; None: too
    little past. `turnover` is how often a year the shelf is sold empty; None: never stocked.

    The plan counts from `free` bottles (reservations taken off) and `on_order` (open purchase
    orders, drafts included) at `made_at`. `depletes_on` None: not within the weeks known.
    """

    __tablename__ = "variant_forecasts"
    __table_args__ = (
        CheckConstraint(
            " AND ".join(_SERIES.format(name) for name in ("history", "weeks", "fleet")),
            name="series",
        ),
        CheckConstraint("fleet_weight BETWEEN 0 AND 1", name="fleet_weight"),
        CheckConstraint("refill_share BETWEEN 0 AND 1", name="refill_share"),
        CheckConstraint("weekly_units >= 0 AND turnover >= 0", name="demand"),
        CheckConstraint("error_share >= 0 AND naive_error_share >= 0", name="errors"),
        CheckConstraint(
            "lead_time_days >= 0 AND safety_stock >= 0 AND reorder_point >= safety_stock"
            " AND order_up_to >= reorder_point",
            name="plan",
        ),
        CheckConstraint("on_order >= 0", name="on_order"),
        Index("ix_variant_forecasts_depletes_on", "depletes_on"),
    )

    variant_id: Mapped[int] = mapped_column(
        ForeignKey("variants.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    made_at: Mapped[datetime]
    first_day: Mapped[date] = mapped_column(Date)
    method: Mapped[Method] = mapped_column(text_enum(Method, "method"))
    history: Mapped[list[Any]] = mapped_column(JSONB())
    weeks: Mapped[list[Any]] = mapped_column(JSONB())
    fleet: Mapped[list[Any]] = mapped_column(JSONB())
    fleet_weight: Mapped[float] = mapped_column(Double())
    refill_share: Mapped[float] = mapped_column(Double())
    error_share: Mapped[float | None] = mapped_column(Double())
    naive_error_share: Mapped[float | None] = mapped_column(Double())
    weekly_units: Mapped[float] = mapped_column(Double())
    turnover: Mapped[float | None] = mapped_column(Double())
    lead_time_days: Mapped[int] = mapped_column(Integer)
    safety_stock: Mapped[int]
    reorder_point: Mapped[int]
    order_up_to: Mapped[int]
    free: Mapped[int]
    on_order: Mapped[int]
    depletes_on: Mapped[date | None] = mapped_column(Date)
    # Whether bottles should be ordered now, so that the list can show those first.
    is_due: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class FleetOutlook(Base):
    """What was expected for the four weeks from a day: by the past alone, and by the fleet.

    Kept for a year: what was sold then tells how far the fleet can be believed.
    """

    __tablename__ = "fleet_outlooks"
    __table_args__ = (CheckConstraint("base_units >= 0 AND fleet_units >= 0", name="units"),)

    variant_id: Mapped[int] = mapped_column(
        ForeignKey("variants.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    first_day: Mapped[date] = mapped_column(Date, primary_key=True)
    base_units: Mapped[float] = mapped_column(Double())
    fleet_units: Mapped[float] = mapped_column(Double())


class ForecastDraft(Base):
    """The one draft line that a variant's forecast of a day led to: no need is ordered twice."""

    __tablename__ = "forecast_drafts"

    variant_id: Mapped[int] = mapped_column(
        ForeignKey("variants.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    first_day: Mapped[date] = mapped_column(Date, primary_key=True)
    purchase_order_id: Mapped[int] = mapped_column(
        ForeignKey("purchase_orders.id", ondelete="CASCADE"), index=True
    )
