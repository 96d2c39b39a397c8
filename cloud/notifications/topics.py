"""What people may switch on and off: topics, each with its kinds of news, by place of reading.

What a contract, the law or somebody's safety needs cannot be switched off (`fixed`). What
advertises is off until somebody asks for it by mail: `usual` is what holds for whoever never said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from cloud.notifications.kinds import Channel, NotificationKind

_K = NotificationKind


class Category(StrEnum):
    """The headings of the notices and of the page of preferences."""

    ORDERS = "orders"
    ACCOUNT = "account"
    HOME = "home"
    SUBSCRIPTIONS = "subscriptions"
    LOYALTY = "loyalty"
    SCENTS = "scents"
    GENERAL = "general"
    STAFF = "staff"


class Topic(StrEnum):
    """One line of the page of preferences."""

    ORDERS = "orders"
    PARCELS = "parcels"
    ACCOUNT = "account"
    REFILLS = "refills"
    DEVICES = "devices"
    HOME_LIFE = "home_life"
    SUBSCRIPTIONS = "subscriptions"
    POINTS = "points"
    REWARDS = "rewards"
    WISHES = "wishes"
    ASKED_FOR = "asked_for"
    NEW_SCENTS = "new_scents"
    LEFT_CARTS = "left_carts"
    REVIEWS = "reviews"
    OFFERS = "offers"
    SURVEYS = "surveys"
    NEWSLETTER = "newsletter"
    SHOP = "shop"
    STOCK = "stock"
    ALERTS = "alerts"


@dataclass(frozen=True, slots=True)
class TopicRules:
    """What a topic holds: where it is read unless its reader says otherwise, and where always."""

    category: Category
    kinds: tuple[NotificationKind, ...]
    usual: frozenset[Channel]
    fixed: frozenset[Channel] = frozenset()

    def may_choose(self, channel: Channel) -> bool:
        """Tell whether a person may switch it on and off there."""
        return channel not in self.fixed


_APP = frozenset({Channel.APP})
_MAIL = frozenset({Channel.MAIL})
_BOTH = frozenset(Channel)
_NEITHER: frozenset[Channel] = frozenset()

TOPICS: Mapping[Topic, TopicRules] = MappingProxyType(
    {
        Topic.ORDERS: TopicRules(
            Category.ORDERS,
            (
                _K.ORDER_CONFIRMATION,
                _K.ORDER_PAYMENT_SUCCESS,
                _K.ORDER_PAYMENT_FAILED,
                _K.ORDER_STATUS_UPDATE,
                _K.ORDER_CANCELLED,
                _K.ORDER_REFUNDED,
                _K.GIFT_CARD,
            ),
            _BOTH,
            _BOTH,
        ),
        Topic.PARCELS: TopicRules(
            Category.ORDERS,
            (_K.ORDER_SHIPPED, _K.ORDER_OUT_FOR_DELIVERY, _K.ORDER_DELIVERED),
            _BOTH,
        ),
        Topic.ACCOUNT: TopicRules(
            Category.ACCOUNT,
            (_K.WELCOME, _K.PASSWORD_RESET, _K.EMAIL_VERIFICATION, _K.PROFILE_UPDATE),
            _BOTH,
            _BOTH,
        ),
        # A refill that comes by itself is lawful because it is announced.
        Topic.REFILLS: TopicRules(Category.HOME, (_K.SMART_HOME_SCENT_LOW,), _BOTH, _BOTH),
        Topic.DEVICES: TopicRules(Category.HOME, (_K.SMART_HOME_DEVICE_OFFLINE,), _BOTH),
        Topic.HOME_LIFE: TopicRules(
            Category.HOME,
            (
                _K.SMART_HOME_DEVICE_CONNECTED,
                _K.SMART_HOME_AUTOMATION_TRIGGERED,
                _K.SMART_HOME_REFILL_QUESTION,
            ),
            _APP,
        ),
        # Days and prices of charges are told before they happen, and what became of them.
        Topic.SUBSCRIPTIONS: TopicRules(
            Category.SUBSCRIPTIONS,
            (
                _K.SUBSCRIPTION_CREATED,
                _K.SUBSCRIPTION_REMINDER,
                _K.SUBSCRIPTION_PAYMENT_SUCCESS,
                _K.SUBSCRIPTION_PAYMENT_FAILED,
                _K.SUBSCRIPTION_CANCELLED,
                _K.SUBSCRIPTION_UPDATED,
            ),
            _BOTH,
            _BOTH,
        ),
        Topic.POINTS: TopicRules(Category.LOYALTY, (_K.LOYALTY_POINTS_EARNED,), _APP),
        Topic.REWARDS: TopicRules(
            Category.LOYALTY,
            (
                _K.LOYALTY_TIER_UPGRADE,
                _K.LOYALTY_REWARD_REDEEMED,
                _K.LOYALTY_POINTS_EXPIRING_SOON,
            ),
            _BOTH,
        ),
        Topic.WISHES: TopicRules(Category.SCENTS, (_K.BACK_IN_STOCK, _K.PRICE_DROP), _APP),
        # Somebody typed this very address for this very mail.
        Topic.ASKED_FOR: TopicRules(Category.SCENTS, (_K.BACK_IN_STOCK_ASKED,), _MAIL, _MAIL),
        Topic.NEW_SCENTS: TopicRules(Category.SCENTS, (_K.NEW_PRODUCT,), _NEITHER),
        # A mail that reminds of a purchase advertises: nobody gets it who did not ask.
        Topic.LEFT_CARTS: TopicRules(Category.SCENTS, (_K.CART_LEFT,), _NEITHER),
        Topic.REVIEWS: TopicRules(Category.SCENTS, (_K.REVIEW_UPDATE,), _APP),
        Topic.OFFERS: TopicRules(Category.GENERAL, (_K.PROMOTIONAL_OFFER,), _APP),
        Topic.SURVEYS: TopicRules(Category.GENERAL, (_K.SURVEY_INVITATION,), _APP),
        Topic.NEWSLETTER: TopicRules(Category.GENERAL, (_K.NEWSLETTER_UPDATE,), _NEITHER),
        Topic.SHOP: TopicRules(Category.GENERAL, (_K.SYSTEM_ANNOUNCEMENT,), _BOTH, _BOTH),
        Topic.STOCK: TopicRules(Category.STAFF, (_K.LOW_STOCK,), _APP),
        Topic.ALERTS: TopicRules(Category.STAFF, (_K.ADMIN_ALERT,), _BOTH, _APP),
    }
)

_TOPIC_OF = {kind: topic for topic, rules in TOPICS.items() for kind in rules.kinds}


def topic_of(kind: NotificationKind) -> Topic:
    """Return the topic that a kind belongs to: exactly one."""
    return _TOPIC_OF[kind]


def category_of(kind: NotificationKind) -> Category:
    """Return the heading that a kind stands under."""
    return TOPICS[_TOPIC_OF[kind]].category


def may_leave_mail(kind: NotificationKind) -> bool:
    """Tell whether somebody may end the mails of a kind."""
    return TOPICS[_TOPIC_OF[kind]].may_choose(Channel.MAIL)
