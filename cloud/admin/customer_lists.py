"""The people who buy here, as a list for staff."""

from sqlalchemy import Text, cast, func, select

from cloud.accounts.models import User
from cloud.admin.listing import Choice, Column, Listing
from cloud.foundation.identity import Role
from cloud.foundation.words import N_
from cloud.orders.models import Order

_EMAIL = cast(User.email, Text)
_ORDERS = (
    select(func.count())
    .where(Order.user_id == User.id, Order.paid_at.is_not(None), Order.is_test.is_(False))
    .correlate(User)
    .scalar_subquery()
)
_LAST = (
    select(func.max(Order.placed_at))
    .where(Order.user_id == User.id, Order.is_test.is_(False))
    .correlate(User)
).scalar_subquery()

CUSTOMERS = Listing(
    "customers",
    select(
        User.id,
        _EMAIL.label("email"),
        User.name,
        func.array_to_string(User.tags, ", ").label("tags"),
        _ORDERS.label("orders"),
        _LAST.label("last_order"),
        User.created_at,
        User.blocked_at,
    ).where(User.erased_at.is_(None), User.role == Role.CUSTOMER),
    User.id,
    (
        Column("email", N_("E-mail address"), _EMAIL, link="/admin/customers/{id}"),
        Column("name", N_("Name"), User.name),
        Column("tags", N_("Tags")),
        Column("orders", N_("Paid orders"), is_number=True),
        Column("last_order", N_("Last order")),
        Column("created_at", N_("With us since"), User.created_at),
    ),
    order="-created_at",
    folded=User.search_text,
    choices=(
        Choice(
            "state",
            N_("State"),
            {
                "blocked": (N_("Blocked"), lambda _now: User.blocked_at.is_not(None)),
                "unproven": (
                    N_("Address not confirmed"),
                    lambda _now: User.email_verified_at.is_(None),
                ),
                "tagged": (N_("With tags"), lambda _now: User.tags != []),
            },
        ),
    ),
)
