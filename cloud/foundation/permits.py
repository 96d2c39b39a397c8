"""What staff may do, as pairs of an action and a subject; the whole list stands here.

A route asks for one permit (`allowed(ORDERS_REFUND)`). Which account holds which is the accounts
feature's knowledge. View, change and the acts that cost money or cannot be undone are separate.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, order=True)
class Permit:
    """The right to do something: written `orders:refund`, in tokens' scopes and in the database.

    `subject` is a plural noun, `action` a verb, `category` the heading in the matrix of roles.
    """

    subject: str
    action: str
    category: str

    def __str__(self) -> str:
        return f"{self.subject}:{self.action}"


def _of(category: str, subject: str, *actions: str) -> tuple[Permit, ...]:
    return tuple(Permit(subject, action, category) for action in actions)


PRODUCTS_VIEW, PRODUCTS_CHANGE, PRODUCTS_DELETE, PRODUCTS_IMPORT = _of(
    "Catalogue", "products", "view", "change", "delete", "import"
)
SHELVES_VIEW, SHELVES_CHANGE = _of("Catalogue", "shelves", "view", "change")
STOCK_VIEW, STOCK_CHANGE = _of("Stock", "stock", "view", "change")
SUPPLIERS_VIEW, SUPPLIERS_CHANGE = _of("Stock", "suppliers", "view", "change")
PURCHASES_VIEW, PURCHASES_CHANGE, PURCHASES_RECEIVE = _of(
    "Stock", "purchases", "view", "change", "receive"
)
ORDERS_VIEW, ORDERS_CHANGE, ORDERS_FULFIL, ORDERS_CANCEL, ORDERS_REFUND = _of(
    "Orders", "orders", "view", "change", "fulfil", "cancel", "refund"
)
ORDERS_CREATE, ORDERS_SETTLE = _of("Orders", "orders", "create", "settle")
RETURNS_VIEW, RETURNS_CHANGE = _of("Orders", "returns", "view", "change")
SUBSCRIPTIONS_VIEW, SUBSCRIPTIONS_CHANGE = _of("Orders", "subscriptions", "view", "change")
DISPUTES_VIEW, DISPUTES_CHANGE = _of("Orders", "disputes", "view", "change")
PROMOTIONS_VIEW, PROMOTIONS_CHANGE = _of("Selling", "promotions", "view", "change")
GIFT_CARDS_VIEW, GIFT_CARDS_ISSUE, GIFT_CARDS_CHANGE = _of(
    "Selling", "gift_cards", "view", "issue", "change"
)
(FIGURES_VIEW,) = _of("Selling", "figures", "view")
POINTS_VIEW, POINTS_CHANGE = _of("Selling", "points", "view", "change")
REWARDS_VIEW, REWARDS_CHANGE = _of("Selling", "rewards", "view", "change")
TIERS_VIEW, TIERS_CHANGE = _of("Selling", "tiers", "view", "change")
QUIZZES_VIEW, QUIZZES_CHANGE = _of("Selling", "quizzes", "view", "change")
CAMPAIGNS_VIEW, CAMPAIGNS_CHANGE, CAMPAIGNS_SEND = _of(
    "Selling", "campaigns", "view", "change", "send"
)
CUSTOMERS_VIEW, CUSTOMERS_CHANGE, CUSTOMERS_BLOCK, CUSTOMERS_EXPORT, CUSTOMERS_ERASE = _of(
    "Customers", "customers", "view", "change", "block", "export", "erase"
)
REVIEWS_VIEW, REVIEWS_CHANGE = _of("Customers", "reviews", "view", "change")
NEWSLETTER_VIEW, NEWSLETTER_CHANGE, NEWSLETTER_SEND = _of(
    "Customers", "newsletter", "view", "change", "send"
)
HOMES_VIEW, HOMES_REVOKE = _of("Customers", "homes", "view", "revoke")
STAFF_VIEW, STAFF_CHANGE = _of("Shop", "staff", "view", "change")
ROLES_VIEW, ROLES_CHANGE = _of("Shop", "roles", "view", "change")
SETTINGS_VIEW, SETTINGS_CHANGE = _of("Shop", "settings", "view", "change")
WEBHOOKS_VIEW, WEBHOOKS_CHANGE = _of("Shop", "webhooks", "view", "change")
AUDIT_VIEW, AUDIT_EXPORT = _of("Shop", "audit", "view", "export")
JOBS_VIEW, JOBS_CHANGE = _of("Shop", "jobs", "view", "change")

ALL: Final[tuple[Permit, ...]] = tuple(
    value for value in list(globals().values()) if isinstance(value, Permit)
)
BY_NAME: Final[dict[str, Permit]] = {str(permit): permit for permit in ALL}

# The daily work: everything but who works here, how the shop is set up, and what is final.
DAILY_WORK: Final[frozenset[Permit]] = frozenset(
    permit
    for permit in ALL
    if permit.category != "Shop"
    and permit
    not in {CUSTOMERS_ERASE, CUSTOMERS_EXPORT, HOMES_REVOKE, ORDERS_SETTLE, PRODUCTS_DELETE}
) | {SETTINGS_VIEW, STAFF_VIEW}
EVERYTHING: Final[frozenset[Permit]] = frozenset(ALL)
NOTHING: Final[frozenset[Permit]] = frozenset()
