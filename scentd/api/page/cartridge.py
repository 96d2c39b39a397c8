"""One slot's cartridge: its level over time, when it will be empty, and what was put in."""

from datetime import timedelta
from http import HTTPStatus

from aiohttp import web
from pydantic import ValidationError

from scentd.api.cartridges import FitBody, slot_of
from scentd.api.names import titles
from scentd.api.page.cards import build_level, tones_of
from scentd.api.page.plot import draw
from scentd.api.page.refills import read_news, refill_note
from scentd.api.page.visit import Page, Visit
from scentd.model.cartridge import RunOut, SlotKey

DAYS_SHOWN = 30
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
            remaining_ul=_remaining(form.get("remaining_ml", "")),
            sku=form.get("sku", "").strip() or None,
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
    )
    return visit.done(f"/cartridges/{slot.diffuser_id}/{slot.slot_no}", "fitted")


async def _page(visit: Visit, slot: SlotKey, status: HTTPStatus, problem: str) -> web.Response:
    house, now = visit.house, visit.now
    news = await read_news(house)
    shown: dict[str, object] = {"cartridge": None}
    cartridge = house.cartridges.get(slot)
    if cartridge is not None:
        since = max(cartridge.fitted_at, now - timedelta(days=DAYS_SHOWN))
        history = await house.cartridges.history(slot, since)
        run_out: RunOut = house.cartridges.run_out(slot)
        is_low = house.cartridges.is_low(slot)
        refill = news.refills.get(slot)
        shown = {
            "cartridge": cartridge,
            "level": build_level(cartridge, run_out, visit.formats, now, is_low=is_low),
            "plot": draw(cartridge, history, run_out, now, house.household.zone),
            "run_out": run_out,
            "note": refill_note(cartridge, refill, house.cloud, visit.formats, now, is_low=is_low),
        }
    return visit.page(
        "cartridge.html",
        {
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


def _remaining(millilitres: str) -> int | None:
    return _microlitres(millilitres) if millilitres.strip() else None


_SLOT = "/cartridges/{diffuser_id}/{slot_no}"

PAGES: tuple[Page, ...] = (
    Page("GET", _SLOT, show_cartridge),
    Page("POST", _SLOT, fit),
)
