"""What waits for staff: one line a kind of work, counted for the start page.

Whoever adds a kind of work adds a `Duty` to the list. All that somebody may see are counted by one
statement, none beyond COUNTED_TO: a number that nobody reads is not worth the time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, literal_column, or_, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud.admin.purchase_desks import is_overdue
from cloud.admin.stock_lists import running_short
from cloud.disputes.models import Dispute
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.permits import Permit
from cloud.foundation.words import N_
from cloud.hubs.models import Hub
from cloud.inventory.purchase_models import PurchaseOrder
from cloud.orders.models import Order
from cloud.orders.status import OrderStatus
from cloud.returns.models import Return
from cloud.returns.stages import ReturnStage
from cloud.reviews.models import Review
from cloud.reviews.states import ReviewStatus

COUNTED_TO = 1_000

# The rows that wait, with any one column; the moment is the Clock's.
Waiting = Callable[[datetime], Select[Any]]


@dataclass(frozen=True, slots=True)
class Duty:
    """A kind of work that waits.

    `title` is marked with N_, `address` the page where it is done, `permit` what opens that page.
    `is_urgent`: it stands first and in colour while there is any.
    """

    name: str
    title: str
    address: str
    permit: Permit
    waiting: Waiting
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """A duty and how much of it there is, COUNTED_TO for that many or more."""

    duty: Duty
    count: int

    @property
    def words(self) -> str:
        """Return the number as it is shown."""
        return f"{COUNTED_TO}+" if self.count >= COUNTED_TO else str(self.count)


DUTIES: tuple[Duty, ...] = (
    Duty(
        "to_send",
        N_("Orders to send"),
        "/admin/orders?queue=open",
        permits.ORDERS_VIEW,
        lambda _now: select(Order.id).where(
            Order.status.in_((OrderStatus.PAID, OrderStatus.PROCESSING))
        ),
    ),
    Duty(
        "on_hold",
        N_("Orders on hold"),
        "/admin/orders?queue=hold",
        permits.ORDERS_VIEW,
        lambda _now: select(Order.id).where(Order.status == OrderStatus.ON_HOLD),
    ),
    Duty(
        "returns_asked",
        N_("Returns to decide"),
        "/admin/returns?queue=asked",
        permits.RETURNS_VIEW,
        lambda _now: select(Return.id).where(Return.stage == ReturnStage.ASKED),
    ),
    Duty(
        "returns_received",
        N_("Returns to pay back"),
        "/admin/returns?queue=received",
        permits.RETURNS_VIEW,
        lambda _now: select(Return.id).where(Return.stage == ReturnStage.RECEIVED),
    ),
    Duty(
        "disputes",
        N_("Disputes to answer"),
        "/admin/disputes",
        permits.DISPUTES_VIEW,
        lambda now: select(Dispute.id).where(
            Dispute.closed_at.is_(None),
            Dispute.evidence_at.is_(None),
            or_(Dispute.answer_until.is_(None), Dispute.answer_until > now),
        ),
        is_urgent=True,
    ),
    Duty(
        "reviews",
        N_("Reviews to read"),
        "/admin/reviews?status=pending",
        permits.REVIEWS_VIEW,
        lambda _now: select(Review.id).where(Review.status == ReviewStatus.PENDING),
    ),
    Duty(
        "low_stock",
        N_("Bottles running short"),
        "/admin/stock?state=low",
        permits.STOCK_VIEW,
        running_short,
    ),
    Duty(
        "late_deliveries",
        N_("Deliveries of suppliers overdue"),
        "/admin/purchase-orders?state=late",
        permits.PURCHASES_VIEW,
        lambda now: select(PurchaseOrder.id).where(is_overdue(now)),
    ),
    Duty(
        "hub_alarms",
        N_("Hubs that somebody copied"),
        "/admin/hubs?state=copied",
        permits.HOMES_VIEW,
        lambda _now: select(Hub.id).where(Hub.duplicated_at.is_not(None), Hub.revoked_at.is_(None)),
        is_urgent=True,
    ),
    Duty(
        "failed_jobs",
        N_("Background work that failed"),
        "/admin/jobs?state=failed",
        permits.JOBS_VIEW,
        lambda _now: (
            select(literal_column("id"))
            .select_from(text("procrastinate_jobs"))
            .where(text("status = 'failed'"))
        ),
        is_urgent=True,
    ),
)


async def count_duties(
    connection: AsyncConnection, staff: SignedIn, now: datetime
) -> list[Counted]:
    """Return what waits and may be seen, urgent work of which there is any first."""
    seen = [duty for duty in DUTIES if staff.may(duty.permit)]
    if not seen:
        return []
    found = await connection.execute(union_all(*(_count(duty, now) for duty in seen)))
    counts: dict[str, int] = {row.name: row.waiting for row in found}
    counted = [Counted(duty, counts[duty.name]) for duty in seen]
    return sorted(counted, key=lambda one: not (one.duty.is_urgent and one.count))


def _count(duty: Duty, now: datetime) -> Select[str, int]:
    few = duty.waiting(now).limit(COUNTED_TO).subquery(duty.name)
    return select(literal(duty.name).label("name"), func.count().label("waiting")).select_from(few)
