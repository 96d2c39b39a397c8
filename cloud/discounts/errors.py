"""What promotions, coupons and gift cards refuse."""

from collections.abc import Mapping

from cloud.discounts.refusals import Refusal
from cloud.foundation.errors import Conflict, Invalid, NotFound, Refused
from cloud.foundation.words import Phrase


class CodeUnknown(Refused):
    """Nobody knows this code; says nothing about how close a guess was."""

    code = "code_unknown"

    def __init__(self) -> None:
        super().__init__(
            "We do not know this code.",
            hint="Compare it with your mail or card, letter by letter.",
            field="code",
        )


class TooManyCodes(Refused):
    """More codes than a purchase takes."""

    code = "too_many_codes"

    def __init__(self, most: int) -> None:
        super().__init__(
            Phrase("A purchase takes at most %(most)s codes.", most=most),
            hint="Remove one first.",
            field="code",
        )


class DiscountGone(Conflict):
    """What was promised a moment ago is used up, or the card's money is spent."""

    code = "discount_gone"

    def __init__(self, refusals: tuple[Refusal, ...] = ()) -> None:
        super().__init__(
            "A code that counted a moment ago does not count any more.",
            hint="Look at the new total and confirm again.",
        )
        self.refusals = refusals

    def wire_facts(self) -> Mapping[str, object]:
        """Return the reason of each code."""
        return {"codes": [{"code": one.code, "why": one.why.value} for one in self.refusals]}


class PromotionNotFound(NotFound):
    """There is no such promotion."""

    code = "promotion_not_found"

    def __init__(self) -> None:
        super().__init__("This promotion does not exist.", hint="Go back to the list.")


class PromotionWrong(Invalid):
    """A promotion that makes no sense."""

    code = "promotion_wrong"


class CouponTaken(Conflict):
    """The code belongs to another coupon."""

    code = "coupon_taken"

    def __init__(self, code: str) -> None:
        super().__init__(
            Phrase("There is a coupon %(code)s already.", code=code),
            hint="Choose another code.",
            field="code",
        )


class GiftCardNotFound(NotFound):
    """There is no such gift card."""

    code = "gift_card_not_found"

    def __init__(self) -> None:
        super().__init__("This gift card does not exist.", hint="Go back to the list.")


class NotOnCard(Refused):
    """More money than a gift card has, or than it paid."""

    code = "not_on_card"

    def __init__(self, wanted_minor: int, there_minor: int) -> None:
        super().__init__(
            Phrase(
                "That is %(more)s minor units more than there is.", more=wanted_minor - there_minor
            ),
            hint="Take a smaller amount.",
            field="amount",
        )
        self.wanted_minor = wanted_minor
        self.there_minor = there_minor


class CardsInOtherCurrency(Refused):
    """Gift cards are sold in the shop's own currency, and paid in it."""

    code = "cards_in_other_currency"

    def __init__(self, currency: str) -> None:
        super().__init__(
            Phrase("Gift cards are sold in %(currency)s.", currency=currency),
            hint="Choose that currency at the foot of the page, or take the gift card out.",
        )


class ExpiryPast(Refused):
    """A card would have expired before it was issued."""

    code = "expiry_past"

    def __init__(self) -> None:
        super().__init__("This is over already.", hint="Choose a later moment.", field="expires_at")
