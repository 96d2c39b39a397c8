"""The tables of promotions, coupons and gift cards."""

from cloud.discounts.models.gift_cards import (
    GiftCard,
    GiftCardEntry,
    GiftCardEntryKind,
    GiftCardHold,
)
from cloud.discounts.models.promotions import (
    Coupon,
    Promotion,
    PromotionAmount,
    PromotionKind,
    PromotionTarget,
    Redemption,
    RedemptionEnd,
    TargetRole,
)

__all__ = [
    "Coupon",
    "GiftCard",
    "GiftCardEntry",
    "GiftCardEntryKind",
    "GiftCardHold",
    "Promotion",
    "PromotionAmount",
    "PromotionKind",
    "PromotionTarget",
    "Redemption",
    "RedemptionEnd",
    "TargetRole",
]
