"""One slot's cartridge: its level over time, when it will be empty, and what was put in."""

from datetime import timedelta
from http import HTTPStatus

from aiohttp import web
from pydantic import ValidationError

from scentd.api.cartridges import FitBody, slot_of
from scentd.api.names import titles
from scentd.api.page.asked import asker, shop_link
from scentd.api.page.cards import build_level, tones_of
from scentd.api.page.knowledge import PERCENT, reasons
from scentd.api.page.plot import draw
from scentd.api.page.refills import read_news, refill_note
from scentd.api.page.visit import Page, Visit
from scentd.cartridges.errors import NothingToAnswer
from scentd.model.cartridge import SlotKey

DAYS_SHOWN = 60
NEARLY_EMPTY_PERCENT = 5
"""From here on it may be asked whether there is still oil."""

UL_PER_ML = 1000


async def show_cartridge(visit: Visit) -> web.Response:
    """Show what sits in a slot."""
    return await _page(visit, _slot(visit), HTTPStatus.OK, "")


async def fit(visit: Visit) -> web.Response:
    """Keep what was put in: a new refill cycle begins."""
    slot, form = _slot(visit), visit.form
    try:
        body = FitBody(
            scent_name=form.get("scent_name", "").strip(),
            capacity_ul=_microlitres(form.get("capacity_ml", "")),
            remaining_ul=_some(form.get("remaining_ml", "")),
            sku=form.get("sku", "").strip() or None,
            taken_out_ul=_some(form.get("taken_out_ml", "")),
        )
    except (ValidationError, ValueError):
        said = visit.words("cartridge.unfit")
        return await _page(visit, slot, HTTPStatus.UNPROCESSABLE_ENTITY, said)
    await visit.house.cartridges.fit(
        slot,
        sku=body.sku,
        scent_name=body.scent_name,
        capacity_ul=body.capacity_ul,
        remaining_ul=body.remaining_ul,
        taken_out_ul=body.taken_out_ul,
    )
    return visit.done(_address(slot), "fitted")


async def answer_rise(visit: Visit) -> web.Response:
    """Keep whether a level that rose was a refill; asked too late, the page says how it is."""
    slot, is_refilled = _slot(visit), visit.form.get("refilled") == "yes"
    try:
        await visit.house.cartridges.answer_rise(slot, is_refilled=is_refilled)
    except NothingToAnswer:
        return visit.done(_address(slot), "rise_over")
    return visit.done(_address(slot), "fitted" if is_refilled else "rise_denied")


async def say_still_oil(visit: Visit) -> web.Response:
    """Keep that there is oil in what should hold none."""
    slot = _slot(visit)
    visit.house.cartridges.say_still_oil(slot)
    return visit.done(_address(slot), "goes_on")


async def say_empty(visit: Visit) -> web.Response:
    """Keep that nothing is left in it."""
    slot = _slot(visit)
    visit.house.cartridges.say_empty(slot)
    return visit.done(_address(slot), "ran_dry")


async def decline_refill(visit: Visit) -> web.Response:
    """Take a no to a refill somebody asked for."""
    slot = _slot(visit)
    visit.house.refill_asks.decline(slot)
    return visit.done(_address(slot), "refill_declined")


async def _page(visit: Visit, slot: SlotKey, status: HTTPStatus, problem: str) -> web.Response:
    house, now = visit.house, visit.now
    news = await read_news(house)
    shown: dict[str, object] = {"cartridge": None}
    cartridge, known = house.cartridges.get(slot), house.cartridges.knowledge(slot)
    if cartridge is not None and known is not None:
        since = now - timedelta(days=DAYS_SHOWN)
        history = await house.cartridges.history(slot, since)
        forecast = house.cartridges.forecast(slot)
        run_out, is_low = forecast.run_out, house.cartridges.is_low(slot)
        refill = news.refills.get(slot)
        shown = {
            "cartridge": cartridge,
            "level": build_level(cartridge, run_out, visit.formats, now, is_low=is_low),
            "plot": draw(
                cartridge,
                history,
                forecast,
                now,
                house.household.zone,
                fittings=await house.cartridges.fittings(slot, since),
                low_percent=known.low_percent,
            ),
            "run_out": run_out,
            "known": known,
            "may_hold_oil": known.is_empty
            or known.is_suspected
            or cartridge.fraction_left * PERCENT <= NEARLY_EMPTY_PERCENT,
            "reasons": reasons(cartridge, known, forecast, visit.formats, now),
            "note": refill_note(cartridge, refill, house.cloud, visit.formats, now, is_low=is_low),
        }
    ask = house.refill_asks.waiting(slot)
    return visit.page(
        "cartridge.html",
        {
            "ask": ask,
            "asked_by": asker(ask.source, visit.formats) if ask else "",
            "shop_link": await shop_link(house, cartridge.sku if cartridge else None),
            "slot": slot,
            "title": titles(house.diffusers.all())[slot.diffuser_id],
            "tone": tones_of(house, news)[slot.diffuser_id],
            "problem": problem,
            "form": visit.form,
            **shown,
        },
        at="devices",
        status=status,
    )


def _slot(visit: Visit) -> SlotKey:
    found = visit.request.match_info
    return slot_of(visit.house, found["diffuser_id"], found["slot_no"])


def _microlitres(millilitres: str) -> int:
    return round(float(millilitres.replace(",", ".")) * UL_PER_ML)


def _some(millilitres: str) -> int | None:
    return _microlitres(millilitres) if millilitres.strip() else None


def _address(slot: SlotKey) -> str:
    return f"/cartridges/{slot.diffuser_id}/{slot.slot_no}"


_SLOT = "/cartridges/{diffuser_id}/{slot_no}"

PAGES: tuple[Page, ...] = (
    Page("GET", _SLOT, show_cartridge),
    Page("POST", _SLOT, fit),
    Page("POST", f"{_SLOT}/rise", answer_rise),
    Page("POST", f"{_SLOT}/still-oil", say_still_oil),
    Page("POST", f"{_SLOT}/empty", say_empty),
    Page("POST", f"{_SLOT}/no-refill", decline_refill),
)
