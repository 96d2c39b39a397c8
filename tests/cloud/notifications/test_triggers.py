"""Every kind of news is told of something that happens in the shop: no kind waits for a trigger."""

import ast
from collections.abc import Mapping

import pytest
from sqlalchemy import text

from cloud.accounts.events import EmailVerified, PasswordResetAsked, ProfileUpdated, UserSignedUp
from cloud.carts.events import CartLeft
from cloud.catalogue.events import ProductPublished
from cloud.foundation.events import emit
from cloud.gifts.events import GiftCardSent
from cloud.hubs.events import AutomationsRan, HubFellSilent, HubPaired
from cloud.inventory.events import StockCameBack, StockRanLow
from cloud.loyalty.events import PointsEarned, PointsExpireSoon, RewardRedeemed, TierReached
from cloud.newsletter.events import IssueBegan
from cloud.notifications.campaign_kinds import TOLD_BY_STAFF
from cloud.notifications.handlers import Herald
from cloud.notifications.kinds import NotificationKind as Kind
from cloud.orders.events import (
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderRefunded,
    OrderShipped,
    OrderStatusChanged,
)
from cloud.payments.events import AttentionNeeded, PaymentRefused
from cloud.reorders.events import RefillQuestionAsked, ReorderProposed
from cloud.reviews.events import ReviewApproved, ReviewWritten
from cloud.subscriptions.events import (
    SubscriptionCancelled,
    SubscriptionChanged,
    SubscriptionCreated,
    SubscriptionDue,
    SubscriptionPaid,
    SubscriptionPaymentFailed,
)
from cloud.wishlists.events import PriceFell, RestockAsked
from tests.fakes.market import Market
from tests.fakes.news import member_news
from tests.shape.tree import named, python_files

# What happens, of which a kind tells; a kind that staff send has their words instead.
HAPPENINGS: Mapping[Kind, type] = {
    Kind.ORDER_CONFIRMATION: OrderPaid,
    Kind.ORDER_PAYMENT_SUCCESS: OrderPaid,
    Kind.ORDER_PAYMENT_FAILED: PaymentRefused,
    Kind.ORDER_STATUS_UPDATE: OrderStatusChanged,
    Kind.ORDER_SHIPPED: OrderShipped,
    Kind.ORDER_OUT_FOR_DELIVERY: OrderStatusChanged,
    Kind.ORDER_DELIVERED: OrderDelivered,
    Kind.ORDER_CANCELLED: OrderCancelled,
    Kind.ORDER_REFUNDED: OrderRefunded,
    Kind.GIFT_CARD: GiftCardSent,
    Kind.CART_LEFT: CartLeft,
    Kind.WELCOME: EmailVerified,
    Kind.PASSWORD_RESET: PasswordResetAsked,
    Kind.EMAIL_VERIFICATION: UserSignedUp,
    Kind.PROFILE_UPDATE: ProfileUpdated,
    Kind.LOW_STOCK: StockRanLow,
    Kind.BACK_IN_STOCK: StockCameBack,
    Kind.BACK_IN_STOCK_ASKED: RestockAsked,
    Kind.NEW_PRODUCT: ProductPublished,
    Kind.PRICE_DROP: PriceFell,
    Kind.REVIEW_UPDATE: ReviewApproved,
    Kind.SUBSCRIPTION_CREATED: SubscriptionCreated,
    Kind.SUBSCRIPTION_REMINDER: SubscriptionDue,
    Kind.SUBSCRIPTION_PAYMENT_SUCCESS: SubscriptionPaid,
    Kind.SUBSCRIPTION_PAYMENT_FAILED: SubscriptionPaymentFailed,
    Kind.SUBSCRIPTION_CANCELLED: SubscriptionCancelled,
    Kind.SUBSCRIPTION_UPDATED: SubscriptionChanged,
    Kind.LOYALTY_POINTS_EARNED: PointsEarned,
    Kind.LOYALTY_TIER_UPGRADE: TierReached,
    Kind.LOYALTY_REWARD_REDEEMED: RewardRedeemed,
    Kind.LOYALTY_POINTS_EXPIRING_SOON: PointsExpireSoon,
    Kind.SMART_HOME_DEVICE_CONNECTED: HubPaired,
    Kind.SMART_HOME_DEVICE_OFFLINE: HubFellSilent,
    Kind.SMART_HOME_AUTOMATION_TRIGGERED: AutomationsRan,
    Kind.SMART_HOME_SCENT_LOW: ReorderProposed,
    Kind.SMART_HOME_REFILL_QUESTION: RefillQuestionAsked,
    Kind.NEWSLETTER_UPDATE: IssueBegan,
    Kind.ADMIN_ALERT: AttentionNeeded,
}
_REPORTERS = "cloud/notifications/"


def _calls() -> set[str]:
    """Return the names of all that the shop makes or calls outside of its news."""
    found = set()
    for path in python_files("cloud"):
        if named(path).startswith(_REPORTERS):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                found.add(called.attr if isinstance(called, ast.Attribute) else "")
                found.add(called.id if isinstance(called, ast.Name) else "")
    return found


def test_every_kind_tells_of_something_or_is_sent_by_staff() -> None:
    assert set(HAPPENINGS) | set(TOLD_BY_STAFF) == set(Kind)
    assert not set(HAPPENINGS) & set(TOLD_BY_STAFF)


@pytest.mark.needs_postgres
async def test_what_news_tells_of_is_emitted_in_the_shop_and_heard(market: Market) -> None:
    heard = Herald(market.parts.news, market.parts.reorders).handlers()
    made = _calls()

    assert {one.__name__ for one in HAPPENINGS.values()} <= {one.__name__ for one in heard}
    assert {one.__name__ for one in (*HAPPENINGS.values(), ReviewWritten)} <= made
    assert {one.__name__ for one in heard} <= made


@pytest.mark.needs_postgres
async def test_what_happens_to_a_member_is_told_by_its_kind(
    market: Market, customer: object
) -> None:
    user_id = await market.user_id()
    for event in member_news(user_id, market.clock.now()):
        kinds = {kind for kind, happening in HAPPENINGS.items() if happening is type(event)}
        if not kinds:
            continue
        async with market.database.unit_of_work() as session:
            await session.execute(text("DELETE FROM notifications"))
            await emit(session, event)
        told = {row.kind for row in await market.rows("SELECT kind FROM notifications")}
        assert told >= kinds, event
