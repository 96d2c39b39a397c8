"""Cartridges: what sits in the slots, how it fell, and what was put in."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Self

from pydantic import Field, model_validator

from scentd.api.access import Scope
from scentd.api.errors import NotFound
from scentd.api.house import House
from scentd.api.routes import Call, Route, View, route
from scentd.api.views import CartridgeView, view_cartridge
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
    )
    return view_cartridge(call.house, cartridge)


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
        "GET",
        f"{_SLOT}/history",
        Scope.READ,
        level_history,
        asks=HistoryQuery,
        answers=list[LevelPoint],
    ),
)
