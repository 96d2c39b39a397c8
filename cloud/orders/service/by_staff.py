"""What staff do with orders, whichever door they come through: done, and written down."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import check_version
from cloud.orders.actors import staff_actor
from cloud.orders.errors import AddressFixed
from cloud.orders.models import Order
from cloud.orders.schemas import NewShipment, OrderView, PostalAddress
from cloud.orders.service.fulfil import mark_delivered, mark_status, ship
from cloud.orders.service.transition import lock
from cloud.orders.service.views import get_order_view, view_by_number
from cloud.orders.status import CANCELLABLE, OrderStatus


async def ship_by_staff(
    session: AsyncSession, number: str, new: NewShipment, staff: SignedIn, now: datetime
) -> int:
    """Record a parcel and return its id; as `ship` otherwise."""
    before = await view_by_number(session, number)
    shipment_id = await ship(session, before.id, new, actor=staff_actor(staff), now=now)
    after = await get_order_view(session, before.id)
    parcel = next(one for one in after.shipments if one.id == shipment_id)
    packed = {"carrier": parcel.carrier, "tracking": parcel.tracking, "shipment_id": shipment_id}
    await _note(session, staff, "fulfil", before, {"status": after.status.value, **packed})
    return shipment_id


async def deliver_by_staff(
    session: AsyncSession, number: str, shipment_id: int | None, staff: SignedIn, now: datetime
) -> None:
    """Record that a parcel arrived, or all of them; as `mark_delivered` otherwise."""
    before = await view_by_number(session, number)
    await mark_delivered(
        session, before.id, actor=staff_actor(staff), now=now, shipment_id=shipment_id
    )
    after = await get_order_view(session, before.id)
    said = {"status": after.status.value, "arrived_shipment_id": shipment_id}
    await _note(session, staff, "deliver", before, said)


async def set_status_by_staff(
    session: AsyncSession,
    number: str,
    to: OrderStatus,
    comment: str,
    staff: SignedIn,
    now: datetime,
) -> None:
    """Move an order by hand; as `mark_status` otherwise."""
    before = await view_by_number(session, number)
    await mark_status(session, before.id, to, actor=staff_actor(staff), now=now, comment=comment)
    await _note(session, staff, "move", before, {"status": to.value, "comment": comment})


async def set_tags(
    session: AsyncSession,
    number: str,
    tags: Sequence[str],
    staff: SignedIn,
    *,
    seen: int | None = None,
) -> None:
    """Give an order the words that staff sort it by, each once, in small letters.

    `seen` is the version of the order that the caller read, None for a program that overwrites
    knowingly; raises ChangedMeanwhile for another one.
    """
    order = await _locked(session, number)
    before = list(order.tags)
    _take_version(order, seen, {"tags": ", ".join(before)})
    order.tags = sorted({" ".join(tag.lower().split()) for tag in tags if tag.strip()})
    await session.flush()
    await audit.note(
        session,
        staff,
        "tag",
        "orders",
        number,
        before={"tags": before},
        after={"tags": order.tags},
    )


async def edit_address(
    session: AsyncSession,
    number: str,
    address: PostalAddress,
    staff: SignedIn,
    *,
    seen: int | None = None,
) -> None:
    """Change where an order goes, while nothing of it is on its way; AddressFixed otherwise.

    The country stays: tax and delivery were reckoned for it. `seen` as for `set_tags`.
    """
    order = await _locked(session, number)
    view = await get_order_view(session, order.id)
    if order.status not in CANCELLABLE or view.shipments:
        raise AddressFixed.sent(number)
    before = order.shipping_address
    if before is None:
        raise AddressFixed.nowhere(number)
    if address.country != before["country"]:
        raise AddressFixed.abroad(number)
    _take_version(order, seen, {name: value for name, value in before.items() if value})
    after = order.shipping_address = address.model_dump()
    await session.flush()
    # An audit is never changed: what it said of where somebody lives would outlive their erasure.
    changed = sorted(name for name, value in after.items() if value != before.get(name))
    await audit.note(
        session, staff, "change", "orders", number, after={"shipping_address": ", ".join(changed)}
    )


def _take_version(order: Order, seen: int | None, current: Mapping[str, object]) -> None:
    if seen is not None:
        check_version(order.version, seen, current)
    order.version += 1


async def _locked(session: AsyncSession, number: str) -> Order:
    return await lock(session, (await view_by_number(session, number)).id)


async def _note(
    session: AsyncSession,
    staff: SignedIn,
    action: str,
    before: OrderView,
    after: Mapping[str, object],
) -> None:
    await audit.note(
        session,
        staff,
        action,
        "orders",
        before.number,
        before={"status": before.status.value},
        after=after,
    )
