"""Many orders at once: sent one by one, each for itself, and written out for a spreadsheet."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime

from cloud.foundation.database import Database
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.orders.schemas import BulkResult, NewShipment, OrderFilter, OrderSummary
from cloud.orders.service.by_staff import ship_by_staff
from cloud.orders.service.views import list_orders

_CSV_PAGE = 200
_HEADINGS = (
    "number",
    "placed_at",
    "status",
    "payment_status",
    "fulfilment_status",
    "source",
    "customer",
    "email",
    "items",
    "total_minor",
    "currency",
    "tags",
)
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def fulfil_many(
    database: Database, numbers: Iterable[str], carrier: str, staff: SignedIn, now: datetime
) -> list[BulkResult]:
    """Put all that is left of each order into a parcel, and say how each of them went.

    Each order is a unit of work of its own: one that is refused takes no other with it.
    """
    results = []
    for number in dict.fromkeys(numbers):
        try:
            async with database.unit_of_work() as session:
                parcel = NewShipment(carrier=carrier)
                shipment_id = await ship_by_staff(session, number, parcel, staff, now)
        except CloudError as error:
            results.append(BulkResult(number=number, problem=error.message))
            continue
        results.append(BulkResult(number=number, shipment_id=shipment_id))
    return results


async def as_csv(database: Database, wanted: OrderFilter) -> AsyncIterator[str]:
    """Give the orders that a filter leaves as CSV, newest first, some hundred at a time."""
    yield _line(_HEADINGS)
    after: int | None = None
    while True:
        async with database.unit_of_work() as session:
            page = await list_orders(session, wanted, after, _CSV_PAGE)
        yield "".join(_line(_cells(order)) for order in page.orders)
        if page.next is None:
            return
        after = page.next


def _cells(order: OrderSummary) -> Sequence[object]:
    return (
        order.number,
        order.placed_at.isoformat(),
        order.status.value,
        order.payment_status.value,
        order.fulfilment_status.value,
        order.source.value,
        order.customer_name,
        order.email,
        order.item_count,
        order.total_minor,
        order.currency,
        " ".join(order.tags),
    )


def _line(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()


def safe_cell(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    is_formula = isinstance(cell, str) and cell.startswith(_FORMULA)
    return f"'{cell}" if is_formula else cell
