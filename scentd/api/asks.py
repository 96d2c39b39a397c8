"""Refills somebody asked for who may not order one; a person of the household decides."""

from datetime import datetime
from http import HTTPStatus

from scentd.api.access import Scope
from scentd.api.cartridges import slot_of
from scentd.api.routes import Call, Route, View, route
from scentd.model.commands import Origin


class AskView(View):
    """A refill that somebody asked for, and nobody answered yet."""

    diffuser_id: str
    """The device."""
    slot_no: int
    """The slot, from 1."""
    asked_at: datetime
    """When, UTC."""
    by: Origin
    """Who asked."""
    reference: str
    """On whose account: a platform's key, a token's id, or page; may be empty."""


async def list_asks(call: Call[None]) -> list[AskView]:
    """Give every ask that waits for an answer, the oldest first."""
    return [
        AskView(
            diffuser_id=slot.diffuser_id,
            slot_no=slot.slot_no,
            asked_at=ask.at,
            by=ask.source.origin,
            reference=ask.source.reference,
        )
        for slot, ask in call.house.refill_asks.all().items()
    ]


async def ask_refill(call: Call[None]) -> None:
    """Ask the household for a refill of a slot; nothing is ordered. Twice is once."""
    slot = slot_of(call.house, call.path["diffuser_id"], call.path["slot_no"])
    call.house.refill_asks.ask(slot, call.source)


async def decline_ask(call: Call[None]) -> None:
    """Say no to a refill that was asked for; nothing happens when none was."""
    slot = slot_of(call.house, call.path["diffuser_id"], call.path["slot_no"])
    call.house.refill_asks.decline(slot)


_ONE = "/api/v1/refill-asks/{diffuser_id}/{slot_no}"

ROUTES: tuple[Route, ...] = (
    route("GET", "/api/v1/refill-asks", Scope.READ, list_asks, answers=list[AskView]),
    route("PUT", _ONE, Scope.PROPOSE_ORDER, ask_refill, status=HTTPStatus.NO_CONTENT),
    route("DELETE", _ONE, Scope.CONFIGURE, decline_ask, status=HTTPStatus.NO_CONTENT),
)
