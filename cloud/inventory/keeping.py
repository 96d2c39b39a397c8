"""What staff do to stock: each act with its reason, noted in the audit.

The arithmetic is `cloud.inventory.service`'s; here is who did it, and whether the things named are
there at all.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.service import get_variant
from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import check_version
from cloud.inventory import repository, service
from cloud.inventory.errors import CodeTaken, LastPlace, LocationNotFound
from cloud.inventory.models import FIRST_LOCATION, USUAL_LIMIT, StockLocation
from cloud.inventory.schemas import (
    Arrival,
    Carriage,
    Correction,
    LevelView,
    LocationChange,
    LocationFields,
    LocationView,
    MovementPage,
    MovementView,
    SetPart,
    SetParts,
    StockView,
)
from cloud.inventory.service import StockLine

_STOCK = "stock"
_PLACES = "places"


async def view_stock(session: AsyncSession, variant_id: int, now: datetime) -> StockView:
    """Return a variant's stock; raises VariantNotFound."""
    await get_variant(session, variant_id)
    levels = await repository.list_levels_of(session, variant_id)
    parts = await repository.list_parts(session, [variant_id])
    return StockView(
        variant_id=variant_id,
        available=await service.available(session, variant_id, now),
        low_stock_at=max((level.low_stock_at for level in levels), default=USUAL_LIMIT),
        levels=[
            LevelView(location_id=level.location_id, on_hand=level.on_hand) for level in levels
        ],
        parts=[SetPart(variant_id=part.part_id, quantity=part.quantity) for part in parts],
    )


async def read_ledger(
    session: AsyncSession, variant_id: int, *, before: int | None = None, limit: int = 50
) -> MovementPage:
    """Return changes of a variant's stock, newest first."""
    found = await repository.list_movements(session, variant_id, before, limit + 1)
    shown = [
        MovementView(
            id=one.id,
            location_id=one.location_id,
            delta=one.delta,
            on_hand_after=one.on_hand_after,
            kind=one.kind,
            order_id=one.order_id,
            note=one.note,
            at=one.created_at,
        )
        for one in found[:limit]
    ]
    return MovementPage(movements=shown, next=shown[-1].id if len(found) > limit else None)


async def take_in(
    session: AsyncSession, staff: SignedIn, variant_id: int, arrival: Arrival
) -> None:
    """Add bottles that came in; raises VariantNotFound, LocationNotFound."""
    await get_variant(session, variant_id)
    await _place(session, arrival.location_id)
    after = await service.receive(
        session, variant_id, arrival.quantity, arrival.note, location_id=arrival.location_id
    )
    before = after - arrival.quantity
    await _note(session, staff, "receive", variant_id, arrival.location_id, before, after)


async def set_right(
    session: AsyncSession, staff: SignedIn, variant_id: int, correction: Correction
) -> None:
    """Book what counting found; raises VariantNotFound, LocationNotFound, StockNegative."""
    await get_variant(session, variant_id)
    await _place(session, correction.location_id)
    after = await service.correct(
        session, variant_id, correction.delta, correction.note, location_id=correction.location_id
    )
    before = after - correction.delta
    await _note(session, staff, "correct", variant_id, correction.location_id, before, after)


async def ensure_stocked(session: AsyncSession, variant_id: int, location_id: int) -> None:
    """Make sure that a variant can be locked in a place; raises VariantNotFound."""
    await get_variant(session, variant_id)
    await repository.ensure_level(session, variant_id, location_id)


async def carry_over(
    session: AsyncSession, staff: SignedIn, variant_id: int, carriage: Carriage
) -> None:
    """Carry bottles between places; raises VariantNotFound, LocationNotFound, StockNegative."""
    await get_variant(session, variant_id)
    for place in (carriage.source_id, carriage.target_id):
        await _place(session, place)
    await service.carry(
        session,
        variant_id,
        carriage.quantity,
        source=carriage.source_id,
        target=carriage.target_id,
        note=carriage.note,
    )
    await audit.note(
        session, staff, "carry", _STOCK, variant_id, after=carriage.model_dump(mode="json")
    )


async def set_limit(
    session: AsyncSession,
    staff: SignedIn,
    variant_id: int,
    low_stock_at: int,
    *,
    seen: int | None = None,
) -> None:
    """Say when a variant counts as running low; raises VariantNotFound, ChangedMeanwhile.

    `seen` is the limit that the caller read: one number, so it is its own version. None for a
    program that overwrites knowingly.
    """
    await get_variant(session, variant_id)
    await repository.ensure_level(session, variant_id, FIRST_LOCATION)
    await repository.lock_levels(session, [variant_id])
    levels = await repository.list_levels_of(session, variant_id)
    before = max(level.low_stock_at for level in levels)
    if seen is not None:
        check_version(before, seen, {"low_stock_at": before})
    await repository.set_limit(session, variant_id, low_stock_at)
    await audit.note(
        session,
        staff,
        "change",
        _STOCK,
        variant_id,
        before={"low_stock_at": before},
        after={"low_stock_at": low_stock_at},
    )


async def choose_parts(
    session: AsyncSession, staff: SignedIn, variant_id: int, chosen: SetParts
) -> None:
    """Make a variant a set, or none any more; raises VariantNotFound, NestedSet."""
    await get_variant(session, variant_id)
    for part in chosen.parts:
        await get_variant(session, part.variant_id)
    old = await repository.list_parts(session, [variant_id])
    before = {str(part.part_id): part.quantity for part in old}
    lines = [StockLine(part.variant_id, part.quantity) for part in chosen.parts]
    await service.make_set(session, variant_id, lines)
    after = {str(part.variant_id): part.quantity for part in chosen.parts}
    await audit.note(session, staff, "change_set", _STOCK, variant_id, before=before, after=after)


async def list_locations(session: AsyncSession) -> list[LocationView]:
    """Return every place, the preferred first."""
    return [_view(place) for place in await repository.list_locations(session)]


async def get_location(session: AsyncSession, location_id: int) -> LocationView:
    """Return a place; raises LocationNotFound."""
    return _view(await _place(session, location_id))


async def make_location(
    session: AsyncSession, staff: SignedIn, wish: LocationFields
) -> LocationView:
    """Return a new place; raises CodeTaken."""
    place = StockLocation(**wish.model_dump())
    session.add(place)
    await _flush(session)
    await audit.note(session, staff, "make", _PLACES, place.id, after=_facts(place))
    return _view(place)


async def change_location(
    session: AsyncSession, staff: SignedIn, location_id: int, change: LocationChange
) -> LocationView:
    """Return the place as it is now; raises ChangedMeanwhile, CodeTaken, LastPlace."""
    place = await _place(session, location_id)
    before = _facts(place)
    check_version(place.version, change.version, before)
    if not change.is_active and await repository.list_places(session) == [location_id]:
        raise LastPlace
    for name, value in change.model_dump(exclude={"version"}).items():
        setattr(place, name, value)
    await _flush(session)
    await audit.note(
        session, staff, "change", _PLACES, location_id, before=before, after=_facts(place)
    )
    return _view(place)


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        if "uq_stock_locations_code" in str(error.orig):
            raise CodeTaken from error
        raise


async def _place(session: AsyncSession, location_id: int) -> StockLocation:
    place = await repository.find_location(session, location_id)
    if place is None:
        raise LocationNotFound
    return place


async def _note(
    session: AsyncSession,
    staff: SignedIn,
    action: str,
    variant_id: int,
    location_id: int,
    before: int,
    after: int,
) -> None:
    name = f"on_hand_at_{location_id}"
    await audit.note(
        session, staff, action, _STOCK, variant_id, before={name: before}, after={name: after}
    )


def _facts(place: StockLocation) -> dict[str, Any]:
    return {
        "code": place.code,
        "name": place.name,
        "priority": place.priority,
        "is_active": place.is_active,
    }


def _view(place: StockLocation) -> LocationView:
    return LocationView(id=place.id, version=place.version, **_facts(place))
