"""Why points move, what a reward gives, and where one that was taken stands."""

from enum import StrEnum


class EntryKind(StrEnum):
    """Why points came or went. REFUND_POINTS goes either way: given back, or taken back."""

    EARN_PURCHASE = "EARN_PURCHASE"
    EARN_REVIEW = "EARN_REVIEW"
    EARN_SIGN_UP = "EARN_SIGN_UP"
    EARN_REFERRAL = "EARN_REFERRAL"
    EARN_COMPLETE_QUIZ = "EARN_COMPLETE_QUIZ"
    EARN_BIRTHDAY = "EARN_BIRTHDAY"
    EARN_SOCIAL_SHARE = "EARN_SOCIAL_SHARE"
    STAFF_CREDIT = "STAFF_CREDIT"
    STAFF_DEBIT = "STAFF_DEBIT"
    REDEEM_REWARD = "REDEEM_REWARD"
    EXPIRE_POINTS = "EXPIRE_POINTS"
    REFUND_POINTS = "REFUND_POINTS"


class RewardKind(StrEnum):
    """What a reward gives.

    PERCENT, AMOUNT, DELIVERY and PRODUCT (one bottle of it for nothing) are coupons for one
    purchase of the member who took them; VOUCHER is an amount off that they may give away.
    EXCLUSIVE_ACCESS sells them an announced product before it is out. GIFT_CARD is money.
    """

    PERCENT = "PERCENT"
    AMOUNT = "AMOUNT"
    DELIVERY = "DELIVERY"
    PRODUCT = "PRODUCT"
    VOUCHER = "VOUCHER"
    EXCLUSIVE_ACCESS = "EXCLUSIVE_ACCESS"
    GIFT_CARD = "GIFT_CARD"

    @property
    def is_coupon(self) -> bool:
        """Tell whether what a member gets is a coupon of the reward's promotion."""
        return self not in (RewardKind.EXCLUSIVE_ACCESS, RewardKind.GIFT_CARD)

    @property
    def has_amount(self) -> bool:
        """Tell whether it is worth an amount of money."""
        return self in (RewardKind.AMOUNT, RewardKind.VOUCHER, RewardKind.GIFT_CARD)

    @property
    def has_product(self) -> bool:
        """Tell whether it is about one product."""
        return self in (RewardKind.PRODUCT, RewardKind.EXCLUSIVE_ACCESS)


class TierIcon(StrEnum):
    """The picture of a tier; the shop has these drawn."""

    DROP = "drop"
    LEAF = "leaf"
    FLOWER = "flower"
    STAR = "star"
    CROWN = "crown"


class ReferralStage(StrEnum):
    """WAITING for a first order that stays bought; PAID to both; REVOKED when it went back."""

    WAITING = "WAITING"
    PAID = "PAID"
    REVOKED = "REVOKED"


class RewardStatus(StrEnum):
    """Where a taken reward stands. APPLIED: an order with it waits for its payment."""

    AVAILABLE = "AVAILABLE"
    APPLIED = "APPLIED"
    USED = "USED"
    EXPIRED = "EXPIRED"
