"""Refills on their way: what the cloud last told of each slot."""

from scentd.api.access import Scope
from scentd.api.cartridges import slot_of
from scentd.api.errors import ReorderUnknown
from scentd.api.house import House
from scentd.api.routes import Call, Route, View, route
from scentd.contracts.documents import ReorderStatusV1
from scentd.model.cartridge import SlotKey
from scentd.store import documents


class ReorderView(View):
    """The refill of one slot, as the cloud last told."""

    diffuser_id: str
    """The device."""
    slot_no: int
    """The slot, from 1."""
    status: ReorderStatusV1
    """Where the refill stands."""


async def list_reorders(call: Call[None]) -> list[ReorderView]:
    """Give every refill the cloud has told of."""
    known = await read_reorders(call.house)
    return [_view_reorder(slot, status) for slot, status in known.items()]


async def get_reorder(call: Call[None]) -> ReorderView:
    """Give the refill of one slot."""
    slot = slot_of(call.house, call.path["diffuser_id"], call.path["slot_no"])
    status = (await read_reorders(call.house)).get(slot)
    if status is None:
        raise ReorderUnknown(str(slot))
    return _view_reorder(slot, status)


async def read_reorders(house: House) -> dict[SlotKey, ReorderStatusV1]:
    """Give the cloud's word on each slot's refill."""
    told = await house.database.read(lambda db: documents.documents(db, "reorder"))
    found: dict[SlotKey, ReorderStatusV1] = {}
    for key, body in told.items():
        diffuser_id, _, number = key.rpartition("/")
        if number.isdigit():
            found[SlotKey(diffuser_id, int(number))] = ReorderStatusV1.model_validate(body)
    return found


def _view_reorder(slot: SlotKey, status: ReorderStatusV1) -> ReorderView:
    return ReorderView(diffuser_id=slot.diffuser_id, slot_no=slot.slot_no, status=status)


ROUTES: tuple[Route, ...] = (
    route("GET", "/api/v1/reorders", Scope.READ, list_reorders, answers=list[ReorderView]),
    route(
        "GET",
        "/api/v1/reorders/{diffuser_id}/{slot_no}",
        Scope.READ,
        get_reorder,
        answers=ReorderView,
    ),
)
