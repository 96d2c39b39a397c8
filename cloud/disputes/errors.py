"""What disputes refuse."""

from cloud.foundation.errors import Conflict, NotFound
from cloud.foundation.words import Phrase


class DisputeNotFound(NotFound):
    """There is no such dispute."""

    code = "dispute_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such dispute.", hint="Choose one from the list.")


class DisputeAnswered(Conflict):
    """Evidence was sent already, or the bank has decided."""

    code = "dispute_answered"

    def __init__(self) -> None:
        super().__init__(
            "This dispute takes no evidence any more.",
            hint="Load the list again to see how it stands; a bank takes evidence once.",
        )


class ChargeDisputed(Conflict):
    """The buyer's bank holds the money, or took it back for good."""

    code = "charge_disputed"

    def __init__(self, number: str, *, is_decided: bool) -> None:
        where = "has taken the payment back" if is_decided else "disputes the payment"
        super().__init__(
            Phrase(
                "No money of order %(number)s can go back: the buyer's bank %(where)s.",
                number=number,
                where=where,
            ),
            hint="A refund would pay the buyer twice; see the order's dispute.",
        )
