"""What a cart can refuse."""

from datetime import date

from cloud.carts.limits import MOST_GIFTS, MOST_LINES, MOST_OF_ONE
from cloud.foundation.errors import NotFound, Refused
from cloud.foundation.money import Money
from cloud.foundation.words import Phrase


class TooManyOfOne(Refused):
    """More bottles of one variant than a cart holds."""

    code = "too_many_of_one"

    def __init__(self) -> None:
        super().__init__(
            Phrase("A cart holds at most %(most)s bottles of one kind.", most=MOST_OF_ONE),
            hint="Write to us for larger orders.",
            field="quantity",
        )


class CartFull(Refused):
    """More different variants than a cart holds."""

    code = "cart_full"

    def __init__(self) -> None:
        super().__init__(
            Phrase("A cart holds at most %(most)s different bottles.", most=MOST_LINES),
            hint="Buy these first, or remove some.",
        )


class NotForSale(Refused):
    """The variant is unknown or not on sale."""

    code = "not_for_sale"

    def __init__(self, variant_id: int) -> None:
        super().__init__("This bottle is not sold any more.", hint="Choose another size or scent.")
        self.variant_id = variant_id


class NotInCart(NotFound):
    """The cart holds nothing of the variant."""

    code = "not_in_cart"

    def __init__(self, variant_id: int) -> None:
        super().__init__("This bottle is not in the cart.", hint="Reload the cart.")
        self.variant_id = variant_id


class TooManyGifts(Refused):
    """More gift cards than a cart holds."""

    code = "too_many_gifts"

    def __init__(self) -> None:
        super().__init__(
            Phrase("A cart holds at most %(most)s gift cards.", most=MOST_GIFTS),
            hint="Buy these first, or remove some.",
        )


class GiftsNotSold(Refused):
    """The shop sells no gift cards now."""

    code = "gifts_not_sold"

    def __init__(self) -> None:
        super().__init__("Gift cards are not sold at the moment.", hint="Come back later.")


class GiftAmountNotSold(Refused):
    """No gift card of this amount is sold."""

    code = "gift_amount_not_sold"

    def __init__(self, least: Money, most: Money) -> None:
        super().__init__(
            "There is no gift card of this amount.",
            hint=Phrase(
                "Choose one of the amounts, or one from %(least)s to %(most)s.",
                least=f"{least.major} {least.currency}",
                most=f"{most.major} {most.currency}",
            ),
            field="amount_minor",
        )


class RecipientMissing(Refused):
    """A gift card for somebody else needs a name and an address to go to."""

    code = "recipient_missing"

    def __init__(self, field: str) -> None:
        super().__init__(
            "We do not know yet whom the gift card is for.",
            hint="Write a name and an e-mail address, or choose that it is for you.",
            field=field,
        )


class GiftDayWrong(Refused):
    """The day lies in the past, or more than a year ahead."""

    code = "gift_day_wrong"

    def __init__(self, first: date, last: date) -> None:
        super().__init__(
            "The gift card cannot go out on that day.",
            hint=Phrase(
                "Choose a day from %(first)s to %(last)s.",
                first=first.isoformat(),
                last=last.isoformat(),
            ),
            field="deliver_on",
        )


class GiftNotInCart(NotFound):
    """The cart does not hold this gift card."""

    code = "gift_not_in_cart"

    def __init__(self) -> None:
        super().__init__("This gift card is not in the cart.", hint="Reload the cart.")
