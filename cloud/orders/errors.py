"""What orders refuse."""

from typing import Self

from cloud.foundation.errors import Conflict, Invalid, NotFound
from cloud.foundation.words import N_, Phrase
from cloud.orders.status import OrderStatus

_S = OrderStatus
# How an order stands, as a whole sentence each: other languages bend the words.
_STANDS = {
    _S.PENDING: N_("Order %(number)s is only just being placed."),
    _S.AWAITING_PAYMENT: N_("Order %(number)s waits for its payment."),
    _S.PAID: N_("Order %(number)s is paid and not yet being packed."),
    _S.PROCESSING: N_("Order %(number)s is being packed."),
    _S.ON_HOLD: N_("Order %(number)s is on hold."),
    _S.SHIPPED: N_("Order %(number)s is on its way."),
    _S.IN_TRANSIT: N_("Order %(number)s is in the hands of the carrier."),
    _S.OUT_FOR_DELIVERY: N_("Order %(number)s is out for delivery."),
    _S.DELIVERED: N_("Order %(number)s has arrived."),
    _S.COMPLETED: N_("Order %(number)s is completed."),
    _S.CANCELLED: N_("Order %(number)s is cancelled."),
    _S.REFUND_PENDING: N_("The whole money of order %(number)s is on its way back."),
    _S.REFUNDED: N_("The whole money of order %(number)s went back."),
    _S.FAILED: N_("Order %(number)s was given up unpaid."),
}


def standing_in_words(number: str, status: OrderStatus) -> Phrase:
    """Return how an order stands, as a sentence."""
    return Phrase(_STANDS[status], number=number)


class OrderNotFound(NotFound):
    """There is no such order, or it is not the caller's."""

    code = "order_not_found"

    def __init__(self, what: str) -> None:
        super().__init__(
            Phrase("There is no order %(what)s.", what=what),
            hint="Look it up in the list of your orders.",
        )


class StatusRefused(Conflict):
    """The order stands where this step does not lead on from."""

    code = "order_status_refused"

    def __init__(self, number: str, status: OrderStatus, to: OrderStatus) -> None:
        super().__init__(
            standing_in_words(number, status),
            hint=N_("So this step is not possible. Load the order again to see what is."),
        )
        self.status = status
        self.to = to


class NotShippable(Conflict):
    """The order, or this part of it, cannot be sent."""

    code = "order_not_shippable"

    def __init__(self, sentence: Phrase) -> None:
        super().__init__(sentence, hint=N_("Load the order again to see what is still to be sent."))

    @classmethod
    def standing(cls, number: str, status: OrderStatus) -> Self:
        """Return the refusal for an order that stands where nothing can be sent."""
        return cls(standing_in_words(number, status))

    @classmethod
    def no_such_parcel(cls, number: str) -> Self:
        """Return the refusal of a parcel that is not the order's."""
        return cls(Phrase("Order %(number)s has no such parcel.", number=number))

    @classmethod
    def all_packed(cls, number: str) -> Self:
        """Return the refusal for an order of which nothing is left."""
        return cls(Phrase("Everything of order %(number)s is in parcels already.", number=number))


class BadShipment(Invalid):
    """The parcel's description makes no sense."""

    code = "shipment_invalid"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message, hint="Correct this field and send it again.", field=field)


class AddressFixed(Conflict):
    """Where the order goes cannot be changed any more, or not so."""

    code = "order_address_fixed"

    def __init__(self, sentence: Phrase) -> None:
        super().__init__(
            sentence,
            hint=N_("Cancel the order and place it again if it must go elsewhere."),
            field="country",
        )

    @classmethod
    def sent(cls, number: str) -> Self:
        """Return the refusal for an order that is on its way or over."""
        return cls(
            Phrase(
                "The address of order %(number)s stays as it is: a parcel is on its way, or the"
                " order is over.",
                number=number,
            )
        )

    @classmethod
    def nowhere(cls, number: str) -> Self:
        """Return the refusal for an order without anything to deliver."""
        return cls(
            Phrase("Order %(number)s has no address: there is nothing to deliver.", number=number)
        )

    @classmethod
    def abroad(cls, number: str) -> Self:
        """Return the refusal of an address in another country."""
        return cls(
            Phrase(
                "Order %(number)s stays in its country: tax and delivery were reckoned for it.",
                number=number,
            )
        )


class NotAddable(Conflict):
    """Bottles cannot be packed with this order."""

    code = "order_not_addable"

    def __init__(self, sentence: Phrase) -> None:
        super().__init__(sentence, hint=N_("Make an order of its own, with a parcel of its own."))

    @classmethod
    def closed(cls, number: str) -> Self:
        """Return the refusal for an order that is on its way or over."""
        return cls(
            Phrase(
                "Order %(number)s is packed with nothing more: a parcel is on its way, or the order"
                " is over.",
                number=number,
            )
        )

    @classmethod
    def of_another(cls, number: str) -> Self:
        """Return the refusal for somebody else's order."""
        return cls(Phrase("Order %(number)s was bought by somebody else.", number=number))

    @classmethod
    def elsewhere(cls, number: str) -> Self:
        """Return the refusal for an order that goes elsewhere."""
        return cls(Phrase("Order %(number)s goes to another address.", number=number))


class FilterNotFound(NotFound):
    """There is no such saved view, or it is somebody else's."""

    code = "order_filter_not_found"

    def __init__(self, filter_id: int) -> None:
        super().__init__(
            Phrase("There is no saved view %(filter_id)s.", filter_id=filter_id),
            hint="Look at the list of saved views.",
        )


class FilterNameTaken(Conflict):
    """Another view of the same person has this name."""

    code = "order_filter_name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(
            Phrase("You have a view “%(name)s” already.", name=name),
            hint=N_("Choose another name."),
            field="name",
        )
