"""What the shop holds on a person, and what it keeps sealed: the two lists over all features."""

from cloud.accounts import personal as account_records
from cloud.carts import personal as cart_records
from cloud.drafts import personal as draft_records
from cloud.gifts import personal as gift_records
from cloud.hubs import personal as hub_records
from cloud.loyalty import personal as loyalty_records
from cloud.newsletter import personal as newsletter_records
from cloud.notifications import personal as notification_records
from cloud.orders import personal as order_records
from cloud.payments import personal as payment_records
from cloud.recommendations import personal as recommendation_records
from cloud.reorders import personal as reorder_records
from cloud.reviews import personal as review_records
from cloud.subscriptions import personal as subscription_records
from cloud.wishlists import personal as wishlist_records

# What `scent-cloud reseal` seals anew, by table.
SEALED_COLUMNS = {
    "identities": ("access_token", "refresh_token", "id_token"),
    "webhook_endpoints": ("secret", "former_secret"),
    "user_rewards": ("sealed_code",),
    "sold_gifts": ("sealed_code",),
}

# What each feature holds on a person. Cards and addresses go before what they hang on, and the
# locks of the later ones are taken after those of the earlier: cart, draft, order, subscription,
# consent, then what points come from, then points.
PERSONAL_RECORDS = (
    account_records.RECORDS,
    cart_records.RECORDS,
    gift_records.RECORDS,
    draft_records.RECORDS,
    order_records.RECORDS,
    subscription_records.RECORDS,
    reorder_records.RECORDS,
    wishlist_records.RECORDS,
    recommendation_records.RECORDS,
    review_records.RECORDS,
    newsletter_records.RECORDS,
    loyalty_records.RECORDS,
    payment_records.RECORDS,
    notification_records.RECORDS,
    hub_records.RECORDS,
)
