"""What orders refuse."""

from cloud.foundation.errors import Conflict, Invalid, NotFound
from cloud.orders.status import OrderStatus


class OrderNotFound(NotFound):
    """There is no such order, or it is not the caller's."""

    code = "order_not_found"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"There is no order {what}.", hint="Look it up in the list of your orders."
        )


class StatusRefused(Conflict):
    """The order stands where this step does not lead on from."""

    code = "order_status_refused"

    def __init__(self, number: str, status: OrderStatus, to: OrderStatus) -> None:
        super().__init__(
            f"Order {number} is {_words(status)} and cannot become {_words(to)}.",
            hint="Load the order again to see what can be done with it now.",
        )
        self.status = status
        self.to = to


class NotShippable(Conflict):
    """The order, or this part of it, cannot be sent."""

    code = "order_not_shippable"

    def __init__(self, number: str, reason: str) -> None:
        super().__init__(
            f"Order {number} cannot be shipped: {reason}.",
            hint="Load the order again to see what is still to be sent.",
        )


class BadShipment(Invalid):
    """The parcel's description makes no sense."""

    code = "shipment_invalid"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message, hint="Correct this field and send it again.", field=field)


def _words(status: OrderStatus) -> str:
    return status.value.lower().replace("_", " ")
