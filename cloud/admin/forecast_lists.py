"""Forecasts as staff see them: the list, and one bottle's two charts."""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import Numeric, cast, func, select

from cloud.admin.charts import Band, Bars, Chart, Key, Line, Mark, draw
from cloud.admin.listing import Choice, Column, Listing
from cloud.catalogue.models import Product, Variant
from cloud.foundation.words import N_, Phrase
from cloud.inventory.forecast.answers import ForecastView
from cloud.inventory.forecast.kinds import Method
from cloud.inventory.forecast.tables import VariantForecast

_NEVER = date(9999, 12, 31)
_WHEN = func.coalesce(VariantForecast.depletes_on, _NEVER)
_NAME = Product.name + " " + Variant.name
_WEEKLY = cast(VariantForecast.weekly_units, Numeric(12, 1))
# As many weeks of the past are drawn; the table has them all.
_SHOWN_PAST = 52

METHODS = {
    Method.MEAN: N_("Mean of the last eight weeks"),
    Method.DAMPED: N_("Smoothing with a fading trend"),
    Method.SEASONAL: N_("Smoothing with a yearly pattern"),
    Method.CROSTON: N_("Rare sales: how many, how often (Croston)"),
    Method.SBA: N_("Rare sales: how many, how often (SBA)"),
    Method.TSB: N_("Rare sales that may end (TSB)"),
}
FORECASTS = Listing(
    "forecast",
    select(
        VariantForecast.variant_id.label("id"),
        _NAME.label("name"),
        Variant.sku,
        _WEEKLY.label("weekly"),
        VariantForecast.free,
        VariantForecast.on_order,
        VariantForecast.reorder_point,
        VariantForecast.depletes_on,
        VariantForecast.is_due,
    )
    .join(Variant, Variant.id == VariantForecast.variant_id)
    .join(Product, Product.id == Variant.product_id),
    VariantForecast.variant_id,
    (
        Column("name", N_("Bottle"), _NAME, link="/admin/forecast/{id}"),
        Column("sku", N_("SKU"), Variant.sku),
        Column("weekly", N_("Sold a week"), _WEEKLY, is_number=True),
        Column("free", N_("Can be sold"), VariantForecast.free, is_number=True),
        Column("on_order", N_("On order"), VariantForecast.on_order, is_number=True),
        Column("reorder_point", N_("Order at"), VariantForecast.reorder_point, is_number=True),
        Column("depletes_on", N_("Runs out"), _WHEN),
        Column("is_due", N_("Order now"), VariantForecast.is_due),
    ),
    order="depletes_on",
    searched=(Product.name, Variant.name, Variant.sku),
    choices=(
        Choice(
            "state",
            N_("State"),
            {
                "due": (N_("To be ordered"), lambda _now: VariantForecast.is_due),
                "short": (
                    N_("Runs out before a delivery"),
                    lambda _now: (
                        VariantForecast.depletes_on
                        <= VariantForecast.first_day + VariantForecast.lead_time_days
                    ),
                ),
            },
        ),
    ),
)


def demand_chart(
    told: ForecastView, day: Callable[[date], str], number: Callable[[float], str]
) -> Chart:
    """Return what was sold and what is expected, a place a week."""
    past = told.history[-_SHOWN_PAST:]
    gap: list[None] = [None] * len(past)
    ahead = [None] * len(told.weeks)
    return draw(
        "demand",
        N_("Bottles a week"),
        Phrase(
            N_("%(past)d weeks of sales, then %(ahead)d weeks to come: about %(mean)s a week."),
            past=len(past),
            ahead=len(told.weeks),
            mean=number(told.weekly_units),
        ),
        [day(week.first_day) for week in past] + [day(week.first_day) for week in told.weeks],
        [
            Bars([*[float(week.sold) for week in past], *ahead], "fill-main"),
            Band([*gap, *[(week.low, week.high) for week in told.weeks]], "fill-band"),
            Line([*gap, *[week.mean for week in told.weeks]], "line-main"),
            Line([*gap, *[week.fleet for week in told.weeks]], "line-other"),
        ],
        label=number,
        keys=(
            Key("fill-main", N_("sold")),
            Key("line-main", N_("expected")),
            Key("fill-band", N_("in 8 of 10 weeks")),
            Key("line-other", N_("what homes will need")),
        ),
    )


def stock_chart(
    told: ForecastView, day: Callable[[date], str], number: Callable[[float], str]
) -> Chart:
    """Return what will likely be on the shelf, week by week, against the reorder point."""
    ends = [week.first_day + timedelta(days=7) for week in told.weeks]
    return draw(
        "shelf",
        N_("Bottles on the shelf"),
        Phrase(
            N_("%(free)d bottles can be sold now; at %(point)d it is time to order."),
            free=told.free,
            point=told.reorder_point,
        ),
        [day(one) for one in (told.first_day, *ends)],
        [
            Line([float(told.free), *[week.left for week in told.weeks]], "line-main"),
            Mark(float(told.reorder_point), "line-limit"),
        ],
        label=number,
        keys=(
            Key("line-main", N_("likely there")),
            Key("line-limit", N_("time to order")),
        ),
    )
