"""One event of every kind that people are told of, as its feature emits it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from cloud.accounts.events import EmailVerified, PasswordResetAsked, ProfileUpdated, UserSignedUp
from cloud.hubs.events import HubFellSilent
from cloud.loyalty.events import PointsEarned, PointsExpireSoon, RewardRedeemed, TierReached
from cloud.loyalty.kinds import EntryKind, RewardKind
from cloud.reviews.events import ReviewAnswered, ReviewApproved, ReviewRejected
from cloud.subscriptions.events import (
    Change,
    SubscriptionCancelled,
    SubscriptionChanged,
    SubscriptionCreated,
    SubscriptionDue,
    SubscriptionPaid,
    SubscriptionPaymentFailed,
)

EMAIL = "customer@example.org"
DAY = date(2026, 12, 24)


def member_news(user_id: int, at: datetime) -> list[object]:
    """Return news of a member's account, subscriptions, points and reviews."""
    later = at + timedelta(days=30)
    scent: Mapping[str, Any] = {
        "subscription_id": 7,
        "user_id": user_id,
        "product_name": "Cedar Evening",
        "variant_name": "50 ml",
        "quantity": 2,
        "at": at,
    }
    review: Mapping[str, Any] = {
        "review_id": 3,
        "user_id": user_id,
        "product_id": 1,
        "product_slug": "cedar-evening",
        "product_name": "Cedar Evening",
        "rating": 5,
        "at": at,
    }
    money: Mapping[str, Any] = {"total_minor": 4980, "currency": "EUR"}
    failed: Mapping[str, Any] = {
        **scent,
        **money,
        "order_number": "SC-9",
        "code": "card_declined",
        "pay_until": later,
    }
    changes = [
        SubscriptionChanged(
            **scent,
            **money,
            change=change,
            next_billing_on=DAY,
            reason="OUT_OF_STOCK" if change is Change.QUESTION else "",
        )
        for change in Change
    ]
    return [
        UserSignedUp(user_id, EMAIL, "Robin", at),
        EmailVerified(user_id, EMAIL, at),
        PasswordResetAsked(user_id, EMAIL, at),
        ProfileUpdated(user_id, EMAIL, "", "PASSWORD", at),
        SubscriptionCreated(**scent, **money, next_billing_on=DAY),
        SubscriptionDue(**scent, **money, billing_on=DAY, previous_total_minor=None),
        SubscriptionDue(
            **{**scent, "subscription_id": 8}, **money, billing_on=DAY, previous_total_minor=4500
        ),
        SubscriptionPaid(**scent, **money, order_number="SC-9", next_billing_on=DAY),
        SubscriptionPaymentFailed(
            **failed, needs_customer=False, next_try_at=later, is_final=False
        ),
        SubscriptionPaymentFailed(
            **{**failed, "order_number": "SC-10"},
            needs_customer=True,
            next_try_at=None,
            is_final=False,
        ),
        SubscriptionPaymentFailed(
            **{**failed, "order_number": "SC-11"},
            needs_customer=False,
            next_try_at=None,
            is_final=True,
        ),
        SubscriptionCancelled(**scent, reason="customer"),
        *changes,
        PointsEarned(user_id, 9001, EntryKind.EARN_PURCHASE, 1, 120, "SC-9", later, at),
        TierReached(user_id, 2, "Gold", at),
        RewardRedeemed(user_id, 1, 1, "5 EUR off", RewardKind.AMOUNT, 100, 20, later, at),
        PointsExpireSoon(user_id, 20, 30, later, at),
        ReviewApproved(**review, is_first=True),
        ReviewRejected(**review, edition=1, reason="It names a person."),
        ReviewAnswered(**review),
    ]


def silence(household_id: int, hub_id: int, at: datetime) -> HubFellSilent:
    """Return that a hub was not heard of for a night."""
    return HubFellSilent(household_id, hub_id, "Attic", at - timedelta(hours=7), at)
