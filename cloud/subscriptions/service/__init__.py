"""What can be done with subscriptions: subscribe, change, charge, follow, claim, look at."""

from cloud.subscriptions.service.billing import attend, find_due
from cloud.subscriptions.service.by_owner import (
    accept_own_price,
    cancel_own,
    change_own,
    choose_own_day,
    choose_own_home,
    pause_own,
    resume_own,
    retry_own,
    skip_own,
)
from cloud.subscriptions.service.by_staff import (
    cancel_by_staff,
    pause_by_staff,
    resume_by_staff,
    retry_by_staff,
    skip_by_staff,
    suspend,
    unsuspend,
)
from cloud.subscriptions.service.claiming import (
    ClaimedParcel,
    claim_next_parcel,
    day_there,
    find_claim,
    find_subscription,
    push_back,
    release_claim,
    subscription_of_order,
)
from cloud.subscriptions.service.creating import create, list_choices, quote, quote_change
from cloud.subscriptions.service.desk import Desk
from cloud.subscriptions.service.ending import end_all
from cloud.subscriptions.service.following import (
    defer_releases,
    follow_cancellation,
    follow_failure,
    follow_payment,
    follow_refusal,
    follow_release,
    follow_shipment,
    hold_parcel,
    release_parcel,
)
from cloud.subscriptions.service.shop import set_shop_pause, shop_pause
from cloud.subscriptions.service.views import (
    get_staff_view,
    get_view,
    list_for_staff,
    list_subscriptions,
)

__all__ = [
    "ClaimedParcel",
    "Desk",
    "accept_own_price",
    "attend",
    "cancel_by_staff",
    "cancel_own",
    "change_own",
    "choose_own_day",
    "choose_own_home",
    "claim_next_parcel",
    "create",
    "day_there",
    "defer_releases",
    "end_all",
    "find_claim",
    "find_due",
    "find_subscription",
    "follow_cancellation",
    "follow_failure",
    "follow_payment",
    "follow_refusal",
    "follow_release",
    "follow_shipment",
    "get_staff_view",
    "get_view",
    "hold_parcel",
    "list_choices",
    "list_for_staff",
    "list_subscriptions",
    "pause_by_staff",
    "pause_own",
    "push_back",
    "quote",
    "quote_change",
    "release_claim",
    "release_parcel",
    "resume_by_staff",
    "resume_own",
    "retry_by_staff",
    "retry_own",
    "set_shop_pause",
    "shop_pause",
    "skip_by_staff",
    "skip_own",
    "subscription_of_order",
    "suspend",
    "unsuspend",
]
