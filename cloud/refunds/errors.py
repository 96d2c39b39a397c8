"""What refunds refuse."""

from collections.abc import Mapping

from cloud.foundation.errors import Conflict, Refused
from cloud.foundation.money import Money


class RefundTooLarge(Refused):
    """More would go back than is left of what was paid."""

    code = "refund_too_large"

    def __init__(self, asked_minor: int, left: Money) -> None:
        super().__init__(
            "More would go back than was paid and not yet given back.",
            hint="Choose an amount up to what is left.",
            field="amount_minor",
        )
        self.asked_minor = asked_minor
        self.left = left

    def wire_facts(self) -> Mapping[str, object]:
        """Return what is left."""
        return {"left_minor": self.left.minor, "currency": self.left.currency}


class NotRefundable(Conflict):
    """The order was not paid, or everything went back already."""

    code = "order_not_refundable"

    def __init__(self, number: str, reason: str) -> None:
        super().__init__(
            f"Order {number} cannot be refunded: {reason}.",
            hint="Load the order again to see how it stands.",
        )


class NotCancellable(Conflict):
    """Something of the order has left the house already, or it is over."""

    code = "order_not_cancellable"

    def __init__(self, number: str, reason: str) -> None:
        super().__init__(
            f"Order {number} cannot be cancelled: {reason}.",
            hint="Once it has arrived, it can be sent back and refunded.",
        )


class BadRestock(Refused):
    """More bottles would return than the order took."""

    code = "restock_invalid"

    def __init__(self, item_id: int, most: int) -> None:
        super().__init__(
            f"Of line {item_id} at most {most} can return to the shelf.",
            hint="Correct the number and try again.",
            field=f"restock.{item_id}",
        )
