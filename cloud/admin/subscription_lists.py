"""What subscriptions look like to staff: their list."""

from sqlalchemy import select

from cloud.accounts.models import User
from cloud.admin.listing import Choice, Column, Listing
from cloud.catalogue.models import Product, Variant
from cloud.foundation.words import N_
from cloud.subscriptions.models import Subscription
from cloud.subscriptions.states import SubscriptionStatus

_S = SubscriptionStatus

SUBSCRIPTIONS = Listing(
    "subscriptions",
    select(
        Subscription.id,
        User.email,
        Product.name.label("product"),
        Variant.name.label("variant"),
        Subscription.quantity,
        Subscription.frequency,
        Subscription.status,
        Subscription.question,
        Subscription.next_billing_on,
        Subscription.next_billing_at,
        Subscription.total_minor,
        Subscription.currency,
    )
    .join(User, User.id == Subscription.user_id)
    .join(Variant, Variant.id == Subscription.variant_id)
    .join(Product, Product.id == Variant.product_id),
    Subscription.id,
    (
        Column("email", N_("Customer"), User.email, link="/admin/subscriptions/{id}"),
        Column("product", N_("Product"), Product.name),
        Column("variant", N_("Size")),
        Column("quantity", N_("Bottles"), Subscription.quantity, is_number=True),
        Column("frequency", N_("How often")),
        Column("status", N_("Status")),
        Column("next_billing_on", N_("Next charge"), Subscription.next_billing_at),
        Column("total_minor", N_("Each time"), Subscription.total_minor, money="currency"),
    ),
    order="next_billing_on",
    searched=(User.email, User.name, Product.name),
    choices=(
        Choice(
            "state",
            N_("State"),
            {
                "running": (N_("Running"), lambda _now: Subscription.status == _S.ACTIVE),
                "asked": (
                    N_("Waiting for the customer's answer"),
                    lambda _now: Subscription.question.is_not(None),
                ),
                "unpaid": (
                    N_("Payment needed"),
                    lambda _now: Subscription.status == _S.PENDING_PAYMENT,
                ),
                "paused": (N_("Paused"), lambda _now: Subscription.status == _S.PAUSED),
                "stopped": (
                    N_("Stopped by the shop"),
                    lambda _now: Subscription.status == _S.ADMIN_SUSPENDED,
                ),
                "ended": (N_("Ended"), lambda _now: Subscription.ended_at.is_not(None)),
            },
        ),
    ),
)
