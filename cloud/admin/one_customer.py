"""All that a member of staff may see of one customer, gathered from every feature."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.models import Address, CustomerNote, DataExport, Erasure, User
from cloud.accounts.service.addresses import list_addresses
from cloud.accounts.service.customers import SUBJECT, customer_notes, get_customer
from cloud.admin.back_office import BackOffice
from cloud.admin.history import Entry, entries_of
from cloud.discounts.models import GiftCard
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.hubs.service import fleet
from cloud.hubs.service.fleet import Home
from cloud.loyalty.schemas import PointsView
from cloud.loyalty.service.views import view_points
from cloud.orders import service as orders
from cloud.orders.schemas import OrderFilter, OrderSummary

_LATEST = 10


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks about whom, and when."""

    staff: SignedIn
    user_id: int
    now: datetime


class Gathered(TypedDict):
    """What the page of a customer shows, by the name that it has there."""

    person: User
    addresses: Sequence[Address]
    notes: Sequence[CustomerNote]
    orders: Sequence[OrderSummary] | None
    points: PointsView | None
    cards: Sequence[GiftCard] | None
    homes: Sequence[Home] | None
    export: DataExport | None
    erasure: Erasure | None
    history: Sequence[Entry] | None


async def gather(office: BackOffice, session: AsyncSession, asking: Asking) -> Gathered:
    """Return what the page of a customer shows; what the caller may not see is None.

    Raises UserNotFound.
    """
    staff, user_id = asking.staff, asking.user_id
    person = await get_customer(session, user_id)
    return {
        "person": person,
        "addresses": await list_addresses(session, user_id),
        "notes": await customer_notes(session, user_id),
        "orders": await _orders(session, asking),
        "points": (
            await view_points(session, user_id, asking.now, before=None, limit=5)
            if staff.may(permits.POINTS_VIEW)
            else None
        ),
        "cards": await _cards(session, person.email, asking),
        "homes": (
            await fleet.list_homes(session, user_id) if staff.may(permits.HOMES_VIEW) else None
        ),
        "export": (
            await office.privacy.find_export(session, user_id)
            if staff.may(permits.CUSTOMERS_EXPORT)
            else None
        ),
        "erasure": await office.privacy.find_erasure(session, user_id),
        "history": (
            await entries_of(session, SUBJECT, user_id) if staff.may(permits.AUDIT_VIEW) else None
        ),
    }


async def _orders(session: AsyncSession, asking: Asking) -> Sequence[OrderSummary] | None:
    if not asking.staff.may(permits.ORDERS_VIEW):
        return None
    wanted = OrderFilter(user_id=asking.user_id)
    return (await orders.list_orders(session, wanted, None, _LATEST)).orders


async def _cards(session: AsyncSession, email: str, asking: Asking) -> Sequence[GiftCard] | None:
    if not asking.staff.may(permits.GIFT_CARDS_VIEW):
        return None
    found = await session.scalars(
        select(GiftCard)
        .where(GiftCard.recipient_email == email.lower())
        .order_by(GiftCard.id.desc())
        .limit(_LATEST)
    )
    return found.all()
