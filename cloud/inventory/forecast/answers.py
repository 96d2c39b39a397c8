"""Forecasts in JSON and for pages."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.inventory.forecast.errors import ForecastNotFound
from cloud.inventory.forecast.kinds import Method
from cloud.inventory.forecast.needs import Basket
from cloud.inventory.forecast.past import read_standings
from cloud.inventory.forecast.planning import Plan, depletes_on, stock_course
from cloud.inventory.forecast.spread import quantile
from cloud.inventory.forecast.tables import VariantForecast
from cloud.inventory.schemas import Id
from cloud.site.service import read_site

_WEEK = timedelta(days=7)
_LATE = date(9999, 12, 31)


class PastWeek(BaseModel):
    """Bottles sold in the seven days from `first_day`; on `open_days` there were any to sell."""

    first_day: date
    sold: int
    open_days: int


class ComingWeek(BaseModel):
    """What is expected of the seven days from `first_day`.

    `low`, `middle` and `high` bottles suffice in 1, 5 and 9 of ten such weeks. `fleet` is how many
    of them the cartridges in homes will ask for, before it is weighted. `left` is how many are
    likely there at its end, what is on its way counted.
    """

    first_day: date
    mean: float
    low: int
    middle: int
    high: int
    fleet: float
    left: float


class ForecastSummary(BaseModel):
    """What is expected of a variant, as of `made_at`, and the plan for ordering it.

    `depletes_on`: the day at whose end nothing will be left, reservations and open purchase orders
    counted; null: not within half a year. Errors are WAPE over four weeks, null for a young bottle.
    `turnover` is how often a year the shelf is sold empty. Order when `free` and `on_order`
    together are no more than `reorder_point`: then it `is_due`.
    """

    model_config = ConfigDict(from_attributes=True)

    variant_id: int
    made_at: datetime
    first_day: date
    method: Method
    weekly_units: float
    fleet_weight: float
    refill_share: float
    error_share: float | None
    naive_error_share: float | None
    turnover: float | None
    lead_time_days: int
    safety_stock: int
    reorder_point: int
    order_up_to: int
    free: int
    on_order: int
    depletes_on: date | None
    is_due: bool


class ForecastView(ForecastSummary):
    """A variant's forecast with its past and the weeks to come; `daily` is of one day to come.

    `free`, `on_order` and what follows from them are as of now, not as of `made_at`.
    """

    daily_mean: float
    daily_high: int = Field(description="Bottles that suffice on 9 of 10 days.")
    history: list[PastWeek]
    weeks: list[ComingWeek]


class ForecastPage(BaseModel):
    """Forecasts, what runs out first before the others."""

    forecasts: list[ForecastSummary]


class NeedView(BaseModel):
    """Bottles to order."""

    model_config = ConfigDict(from_attributes=True)

    variant_id: int
    quantity: int
    free: int
    on_order: int
    reorder_point: int
    unit_cost_minor: int | None = Field(description="Null: nobody knows what one costs.")


class BasketView(BaseModel):
    """A draft that would be written; `supplier_id` null: nobody is known who delivers these."""

    model_config = ConfigDict(from_attributes=True)

    supplier_id: int | None
    supplier: str
    location_id: int
    currency: str
    total_minor: int
    needs: list[NeedView]


class Proposal(BaseModel):
    """The drafts that would be written now."""

    drafts: list[BasketView]


class DraftWish(BaseModel):
    """Write the drafts. `supplier_id` delivers what was never ordered before; null leaves it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    supplier_id: Id | None = None


class Written(BaseModel):
    """The ids of the purchase orders that were written as drafts."""

    purchase_orders: list[int]


async def list_forecasts(session: AsyncSession, limit: int) -> ForecastPage:
    """Return the forecasts, what runs out first before the others."""
    when = func.coalesce(VariantForecast.depletes_on, _LATE)
    rows = await session.scalars(
        select(VariantForecast).order_by(when, VariantForecast.variant_id).limit(limit)
    )
    return ForecastPage(forecasts=[ForecastSummary.model_validate(row) for row in rows])


async def get_forecast(session: AsyncSession, variant_id: int, now: datetime) -> ForecastView:
    """Return a variant's forecast; raises ForecastNotFound."""
    row = await session.get(VariantForecast, variant_id, populate_existing=True)
    if row is None:
        raise ForecastNotFound
    standing = (await read_standings(session, [variant_id], now))[variant_id]
    wanted = Plan(row.lead_time_days, row.safety_stock, row.reorder_point, row.order_up_to)
    means = [mean for mean, *_ in row.weeks]
    zone = (await read_site(session)).time_zone
    coming = standing.on_the_way(row.lead_time_days, row.first_day, zone)
    left = stock_course(means, standing.free, coming, row.first_day)
    daily = row.weekly_units / 7
    begun = row.first_day - len(row.history) * _WEEK
    summary = ForecastSummary.model_validate(row).model_dump() | {
        "free": standing.free,
        "on_order": standing.on_order,
        "depletes_on": depletes_on(means, standing.free, coming, row.first_day),
        "is_due": wanted.needed(standing.free, standing.on_order) > 0,
    }
    return ForecastView(
        **summary,
        daily_mean=daily,
        daily_high=quantile(daily, daily, 0.9),
        history=[
            PastWeek(first_day=begun + place * _WEEK, sold=sold, open_days=open_days)
            for place, (sold, open_days) in enumerate(row.history)
        ],
        weeks=[
            ComingWeek(
                first_day=row.first_day + place * _WEEK,
                mean=mean,
                low=low,
                middle=middle,
                high=high,
                fleet=row.fleet[place],
                left=round(left[place], 1),
            )
            for place, (mean, low, middle, high) in enumerate(row.weeks)
        ],
    )


def as_proposal(found: Sequence[Basket]) -> Proposal:
    """Return baskets as JSON has them."""
    return Proposal(drafts=[BasketView.model_validate(basket) for basket in found])
