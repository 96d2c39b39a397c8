"""What buying gift cards can refuse afterwards."""

from cloud.foundation.errors import Conflict, NotFound, Refused
from cloud.foundation.money import Money
from cloud.foundation.words import Phrase


class GiftNotFound(NotFound):
    """The card was not sold: staff issued it, or it does not exist."""

    code = "gift_not_found"

    def __init__(self) -> None:
        super().__init__("This gift card was not sold.", hint="Go back to the list.")


class GiftNotSendable(Conflict):
    """The card waits for its payment, was taken back, or is blocked by a dispute."""

    code = "gift_not_sendable"

    def __init__(self) -> None:
        super().__init__(
            "This gift card cannot be sent now.",
            hint="Its order is not paid, or its price went back or is disputed.",
        )


class GiftAlreadySent(Conflict):
    """The card was sent: whom it went to cannot be changed any more."""

    code = "gift_already_sent"

    def __init__(self) -> None:
        super().__init__(
            "This gift card has gone out already.",
            hint="It can be sent again to the same address, or taken back by a refund.",
        )


class GiftCardSpent(Refused):
    """More than is left on a card shall go back to its buyer."""

    code = "gift_card_spent"

    def __init__(self, ending: str, left: Money, item_id: int) -> None:
        super().__init__(
            Phrase(
                "Only %(left)s is left on the gift card ending in %(ending)s; the rest was spent.",
                left=f"{left.major} {left.currency}",
                ending=ending,
            ),
            hint="Give back at most that for its line, or leave the line out.",
            field=f"lines.{item_id}",
        )


class OnlyGoodsLeft(Refused):
    """More shall go back than the goods cost, without naming the line of a gift card."""

    code = "only_goods_left"

    def __init__(self, left: Money) -> None:
        super().__init__(
            Phrase(
                "Besides gift cards, only %(left)s of this order can go back.",
                left=f"{left.major} {left.currency}",
            ),
            hint="The price of a gift card goes back by its own line, as far as it is unspent.",
            field="amount",
        )
