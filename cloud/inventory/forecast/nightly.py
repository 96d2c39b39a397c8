"""The night's work: every bottle's forecast made anew, some at a time, and stored."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.models import Product, Variant
from cloud.foundation.jobs import defer
from cloud.inventory.forecast.backtest import AHEAD
from cloud.inventory.forecast.fleet import Refills, VariantFleet, Window, expected_units
from cloud.inventory.forecast.outlook import HORIZON, Outlook, foresee
from cloud.inventory.forecast.past import Past, Standing, read_pasts, read_standings
from cloud.inventory.forecast.planning import depletes_on, plan, turnover
from cloud.inventory.forecast.series import DAYS, Week, demand
from cloud.inventory.forecast.tables import FleetOutlook, VariantForecast
from cloud.inventory.models import StockLevel
from cloud.site.service import read_site

SOME = "inventory.forecast_some"
# One job forecasts these in a few seconds; the next one may be another worker's.
_AT_ONCE = 50
_HALF_YEAR = timedelta(weeks=26)
_KEPT = timedelta(weeks=52)


@dataclass(frozen=True, slots=True)
class _Case:
    past: Past
    fleet: VariantFleet
    standing: Standing
    told: Sequence[FleetOutlook]
    zone: str


async def hand_out(session: AsyncSession, now: datetime) -> None:
    """Have every bottle on sale that was ever stocked forecast, and forget those that are not."""
    wanted = (
        select(Variant.id)
        .join(Product, Product.id == Variant.product_id)
        .where(
            Variant.is_active,
            Product.deleted_at.is_(None),
            select(StockLevel.variant_id).where(StockLevel.variant_id == Variant.id).exists(),
        )
    )
    ids = list(await session.scalars(wanted.order_by(Variant.id)))
    await session.execute(delete(VariantForecast).where(VariantForecast.variant_id.not_in(wanted)))
    oldest = now.date() - _KEPT
    await session.execute(delete(FleetOutlook).where(FleetOutlook.first_day < oldest))
    for place in range(0, len(ids), _AT_ONCE):
        await defer(session, SOME, variant_ids=ids[place : place + _AT_ONCE])


async def forecast_some(
    session: AsyncSession, refills: Refills, variant_ids: Sequence[int], now: datetime
) -> None:
    """Store the forecasts of some variants as of now; a second time changes what moved since."""
    zone = (await read_site(session)).time_zone
    first_day = now.astimezone(ZoneInfo(zone)).date()
    pasts = await read_pasts(session, variant_ids, first_day, zone)
    if not pasts:
        return
    standings = await read_standings(session, pasts, now)
    fleets = await refills.fleet(session, list(pasts), now - _HALF_YEAR, now, zone)
    told = await _told(session, list(pasts), first_day)
    for variant_id in sorted(pasts):
        case = _Case(
            pasts[variant_id],
            fleets.get(variant_id, VariantFleet()),
            standings[variant_id],
            told.get(variant_id, ()),
            zone,
        )
        # Some tens of milliseconds of arithmetic each: beside the loop, not in it.
        outlook, weeks = await asyncio.to_thread(_foresee, case)
        await _store(session, variant_id, case, outlook, weeks, now)


def _foresee(case: _Case) -> tuple[Outlook, list[Week]]:
    weeks = case.past.weeks()
    first_day = case.past.first_day
    since = first_day - _HALF_YEAR
    refilled = sum(units for day, units in case.fleet.refilled.items() if since <= day < first_day)
    coming = expected_units(case.fleet.coming, first_day, HORIZON)
    windows = _windows(case.told, demand(weeks), first_day)
    return foresee(weeks, refilled=refilled, fleet=coming, windows=windows), weeks


def _windows(
    told: Sequence[FleetOutlook], series: Sequence[float], first_day: date
) -> list[Window]:
    """Return what was expected of four weeks that are over, with what came of it."""
    found = []
    for one in told:
        weeks, odd = divmod((first_day - one.first_day).days, DAYS)
        if odd == 0 and AHEAD <= weeks <= len(series):
            begin = len(series) - weeks
            came = sum(series[begin : begin + AHEAD])
            found.append(Window(one.base_units, one.fleet_units, came))
    return found


async def _told(
    session: AsyncSession, variant_ids: Sequence[int], first_day: date
) -> dict[int, list[FleetOutlook]]:
    rows = await session.scalars(
        select(FleetOutlook)
        .where(FleetOutlook.variant_id.in_(variant_ids), FleetOutlook.first_day < first_day)
        .order_by(FleetOutlook.first_day)
    )
    found: dict[int, list[FleetOutlook]] = {}
    for row in rows:
        found.setdefault(row.variant_id, []).append(row)
    return found


async def _store(
    session: AsyncSession,
    variant_id: int,
    case: _Case,
    outlook: Outlook,
    weeks: Sequence[Week],
    now: datetime,
) -> None:
    standing, first_day = case.standing, case.past.first_day
    wanted = plan(outlook, lead_time_days=standing.lead_time_days, least=standing.safety_stock)
    coming = standing.on_the_way(wanted.lead_time_days, first_day, case.zone)
    values = {
        "made_at": now,
        "first_day": first_day,
        "method": outlook.method,
        "history": [[week.sold, week.open_days] for week in weeks],
        "weeks": [[round(one.mean, 3), one.low, one.middle, one.high] for one in outlook.bands()],
        "fleet": [round(one, 3) for one in outlook.fleet],
        "fleet_weight": outlook.fleet_weight,
        "refill_share": outlook.refill_share,
        "error_share": outlook.error_share,
        "naive_error_share": outlook.naive_error_share,
        "weekly_units": outlook.weekly_units,
        "turnover": turnover(*case.past.last_year()),
        "lead_time_days": wanted.lead_time_days,
        "safety_stock": wanted.safety_stock,
        "reorder_point": wanted.reorder_point,
        "order_up_to": wanted.order_up_to,
        "free": standing.free,
        "on_order": standing.on_order,
        "depletes_on": depletes_on(outlook.means, standing.free, coming, first_day),
        "is_due": wanted.needed(standing.free, standing.on_order) > 0,
    }
    await session.execute(
        insert(VariantForecast)
        .values(variant_id=variant_id, **values)
        .on_conflict_do_update(index_elements=["variant_id"], set_=values)
    )
    if any(outlook.fleet):
        units = {
            "base_units": sum(outlook.base[:AHEAD]),
            "fleet_units": sum(outlook.fleet[:AHEAD]),
        }
        await session.execute(
            insert(FleetOutlook)
            .values(variant_id=variant_id, first_day=first_day, **units)
            .on_conflict_do_update(index_elements=["variant_id", "first_day"], set_=units)
        )
