"""Cartridges: what sits in the slots, how it fell, and what was put in."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Self

from pydantic import Field, model_validator

from scentd.api.access import Scope
from scentd.api.errors import NotFound
from scentd.api.house import House
from scentd.api.routes import Call, Route, View, route
from scentd.api.views import CartridgeView, RunOutView, view_cartridge, view_run_out
from scentd.model.cartridge import SlotKey
from scentd.model.errors import CartridgeNotFitted


class FitBody(View):
    """What somebody put in."""

    scent_name: str = Field(min_length=1, max_length=80)
    """What it smells of."""
    capacity_ul: int = Field(ge=1_000, le=1_000_000)
    """Microlitres when full: 1 ml to a litre."""
    remaining_ul: int | None = Field(default=None, ge=0, le=1_000_000)
    """Microlitres in it now, at most the capacity; null when it is full."""
    sku: str | None = Field(default=None, max_length=64)
    """The shop's number of it."""
    taken_out_ul: int | None = Field(default=None, ge=0, le=1_000_000)
    """Microlitres left in the one before; 0 when it was empty, null when nobody looked. The hub
    learns from it what the device really uses."""

    @model_validator(mode="after")
    def _holds_what_it_can(self) -> Self:
        if self.remaining_ul is not None and self.remaining_ul > self.capacity_ul:
            raise ValueError("more is left than the cartridge holds")
        return self


class HistoryQuery(View):
    """How far to look back."""

    days: int = Field(default=30, ge=1, le=366)
    """Days until now."""


class LevelPoint(View):
    """The level at a moment."""

    at: datetime
    """When, UTC."""
    remaining_ul: int
    """Microlitres left."""
    error_ul: int
    """Half the width of the band the truth lies in with about 90 %, microlitres."""


class RiseBody(View):
    """The answer to a level that rose though nobody told of a refill."""

    is_refilled: bool
    """Whether somebody refilled it; else the device is mistaken, and its word ignored."""


class FanView(View):
    """What is left at a moment to come, microlitres, never below nothing."""

    at: datetime
    """When, UTC."""
    early_ul: int
    """In one of ten futures less than this is left."""
    middle_ul: int
    """In half of them."""
    late_ul: int
    """In one of ten more."""


class ForecastView(View):
    """What is to come of a cartridge, and what that was learnt from."""

    run_out: RunOutView
    """When it will be empty."""
    running_hours_left: float | None
    """Hours of running left as planned; null when nothing is planned."""
    planned_ul_a_day: float
    """What the plan takes on the mean day of the coming four weeks, microlitres."""
    beside_ul_a_day: float
    """What use by hand adds; negative where plans are cut short."""
    evaporated_ul_a_day: float
    """What evaporates."""
    rate_factor: float
    """The device's true use over its model's data, as learnt."""
    rate_spread: float
    """Half the width of its 90 % band, a part of it."""
    falls: int
    """How many readings and refills that was learnt from."""
    fan: list[FanView]
    """The level to come, the oldest first, until even the luckiest future is empty."""


async def list_cartridges(call: Call[None]) -> list[CartridgeView]:
    """Give every fitted cartridge."""
    return [view_cartridge(call.house, one) for one in call.house.cartridges.all()]


async def get_cartridge(call: Call[None]) -> CartridgeView:
    """Give the cartridge of one slot."""
    slot = slot_of(call.house, call.path["diffuser_id"], call.path["slot_no"])
    cartridge = call.house.cartridges.get(slot)
    if cartridge is None:
        raise CartridgeNotFitted(slot.diffuser_id, slot.slot_no)
    return view_cartridge(call.house, cartridge)


async def fit_cartridge(call: Call[FitBody]) -> CartridgeView:
    """Say what was put into a slot: a new refill cycle begins."""
    slot = slot_of(call.house, call.path["diffuser_id"], call.path["slot_no"])
    cartridge = await call.house.cartridges.fit(
        slot,
        sku=call.asked.sku,
        scent_name=call.asked.scent_name,
        capacity_ul=call.asked.capacity_ul,
        remaining_ul=call.asked.remaining_ul,
        taken_out_ul=call.asked.taken_out_ul,
    )
    return view_cartridge(call.house, cartridge)


async def answer_rise(call: Call[RiseBody]) -> CartridgeView:
    """Say whether a level that rose was a refill: then a new cycle begins with it."""
    slot = slot_of(call.house, call.path["diffuser_id"], call.path["slot_no"])
    answered = call.house.cartridges.answer_rise(slot, is_refilled=call.asked.is_refilled)
    return view_cartridge(call.house, await answered)


async def say_still_oil(call: Call[None]) -> CartridgeView:
    """Say that there is still oil in a cartridge that should be empty: it goes on."""
    slot = slot_of(call.house, call.path["diffuser_id"], call.path["slot_no"])
    return view_cartridge(call.house, call.house.cartridges.say_still_oil(slot))


async def say_empty(call: Call[None]) -> CartridgeView:
    """Say that nothing is left in a cartridge: its device rests until a refill."""
    slot = slot_of(call.house, call.path["diffuser_id"], call.path["slot_no"])
    return view_cartridge(call.house, call.house.cartridges.say_empty(slot))


async def forecast_level(call: Call[None]) -> ForecastView:
    """Give what is to come of one slot."""
    slot = slot_of(call.house, call.path["diffuser_id"], call.path["slot_no"])
    known = call.house.cartridges.knowledge(slot)
    if known is None:
        raise CartridgeNotFitted(slot.diffuser_id, slot.slot_no)
    found = call.house.cartridges.forecast(slot)
    return ForecastView(
        run_out=view_run_out(found.run_out),
        running_hours_left=found.running_hours_left,
        planned_ul_a_day=found.planned_ul_a_day,
        beside_ul_a_day=found.beside_ul_a_day,
        evaporated_ul_a_day=found.evaporated_ul_a_day,
        rate_factor=known.rate_factor,
        rate_spread=known.rate_spread,
        falls=known.falls,
        fan=[
            FanView(
                at=point.at,
                early_ul=max(0, round(point.early_ul)),
                middle_ul=max(0, round(point.middle_ul)),
                late_ul=max(0, round(point.late_ul)),
            )
            for point in found.fan
        ],
    )


async def level_history(call: Call[HistoryQuery]) -> list[LevelPoint]:
    """Give the level of one slot over time, the oldest first."""
    slot = slot_of(call.house, call.path["diffuser_id"], call.path["slot_no"])
    since = call.house.clock.now() - timedelta(days=call.asked.days)
    points = await call.house.cartridges.history(slot, since)
    return [LevelPoint(at=at, remaining_ul=left, error_ul=error) for at, left, error in points]


def slot_of(house: House, diffuser_id: str, number: str) -> SlotKey:
    """Give the slot of a known diffuser; raises DiffuserUnknown, NotFound."""
    diffuser = house.diffusers.get(diffuser_id)
    if not number.isdecimal() or not 1 <= int(number) <= diffuser.capabilities.slots:
        raise NotFound(f"slot {number} of {diffuser_id}")
    return SlotKey(diffuser_id, int(number))


_SLOT = "/api/v1/cartridges/{diffuser_id}/{slot_no}"

ROUTES: tuple[Route, ...] = (
    route("GET", "/api/v1/cartridges", Scope.READ, list_cartridges, answers=list[CartridgeView]),
    route("GET", _SLOT, Scope.READ, get_cartridge, answers=CartridgeView),
    route(
        "POST",
        f"{_SLOT}/fit",
        Scope.CONFIGURE,
        fit_cartridge,
        asks=FitBody,
        answers=CartridgeView,
        status=HTTPStatus.CREATED,
    ),
    route(
        "POST",
        f"{_SLOT}/rise",
        Scope.CONFIGURE,
        answer_rise,
        asks=RiseBody,
        answers=CartridgeView,
    ),
    route("POST", f"{_SLOT}/still-oil", Scope.CONFIGURE, say_still_oil, answers=CartridgeView),
    route("POST", f"{_SLOT}/empty", Scope.CONFIGURE, say_empty, answers=CartridgeView),
    route("GET", f"{_SLOT}/forecast", Scope.READ, forecast_level, answers=ForecastView),
    route(
        "GET",
        f"{_SLOT}/history",
        Scope.READ,
        level_history,
        asks=HistoryQuery,
        answers=list[LevelPoint],
    ),
)
