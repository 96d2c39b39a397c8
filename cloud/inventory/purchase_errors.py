"""What purchasing can refuse."""

from cloud.foundation.errors import Conflict, NotFound, Refused
from cloud.foundation.words import N_, Phrase


class SupplierNotFound(NotFound):
    """There is no such supplier."""

    code = "supplier_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such supplier.", hint="Look at the list of suppliers.")


class SupplierTaken(Conflict):
    """Another supplier has the name, or the e-mail address."""

    code = "supplier_taken"

    def __init__(self, field: str) -> None:
        super().__init__(
            N_("Another supplier is written down so already."),
            hint=N_("Names and e-mail addresses of suppliers differ in more than capitals."),
            field=field,
        )


class SupplierInactive(Refused):
    """Nothing is ordered from a supplier that is switched off."""

    code = "supplier_inactive"

    def __init__(self) -> None:
        super().__init__(
            N_("Nothing is ordered from this supplier any more."),
            hint=N_("Choose another supplier, or make this one active."),
            field="supplier_id",
        )


class PurchaseNotFound(NotFound):
    """There is no such purchase order."""

    code = "purchase_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such purchase order.", hint="Look at the list of them.")


class PurchaseFixed(Conflict):
    """Only a draft can be written anew."""

    code = "purchase_fixed"

    def __init__(self) -> None:
        super().__init__(
            N_("This order has left the desk."), hint=N_("Take it back to draft to change it.")
        )


class PurchaseImmovable(Conflict):
    """There is no way from the order's state to the one asked for."""

    code = "purchase_immovable"

    def __init__(self, state: str, to: str) -> None:
        super().__init__(
            N_("The purchase order cannot go there from where it stands."),
            hint=N_("Look at what it says now."),
        )
        self.state = state
        self.to = to


class PurchaseUnfit(Refused):
    """A line cannot be ordered: a set, which holds no bottles, or priced in another currency."""

    code = "purchase_line_unfit"

    def __init__(self, variant_id: int) -> None:
        super().__init__(
            N_("One of the bottles cannot be ordered so."),
            hint=N_("Order single bottles, in the currency that they are sold in."),
            field="lines",
        )
        self.variant_id = variant_id


class PurchaseCostUnknown(Refused):
    """A line costs nothing, as one does of which nobody knows the cost, and nobody looked at it."""

    code = "purchase_cost_unknown"

    def __init__(self) -> None:
        super().__init__(
            N_("Nobody knows yet what some of these bottles cost."),
            hint=N_("Write their cost into the draft, or say that you looked at them."),
            field="costs_seen",
        )


class NotReceivable(Conflict):
    """Nothing can come in for an order that stands there."""

    code = "purchase_not_receivable"

    def __init__(self) -> None:
        super().__init__(
            N_("Nothing can come in for this order now."),
            hint=N_("Confirm the order first; for a closed or cancelled one make a new order."),
        )


class LineUnknown(Refused):
    """A delivery names a line that the order does not have."""

    code = "purchase_line_unknown"

    def __init__(self, line_id: int) -> None:
        super().__init__(
            N_("The order has no such line."), hint=N_("Reload the order."), field="lines"
        )
        self.line_id = line_id


class DeliveryTaken(Conflict):
    """The delivery note was received already, with other bottles."""

    code = "delivery_taken"

    def __init__(self) -> None:
        super().__init__(
            N_("This delivery note was received already, with other bottles."),
            hint=N_("Look at what came in. Another delivery has another number."),
            field="delivery_note",
        )


class MoreThanOrdered(Refused):
    """More came than was ordered, and nobody said that it shall be taken in."""

    code = "more_than_ordered"

    def __init__(self, line_id: int, open_quantity: int) -> None:
        super().__init__(
            N_("More came than was ordered."),
            hint=Phrase(
                "%(n)d bottles are still open. Say that the rest shall be taken in too.",
                n=open_quantity,
            ),
            field="allow_over",
        )
        self.line_id = line_id


class FarMoreThanOrdered(Refused):
    """More came than a tenth over what was ordered."""

    code = "far_more_than_ordered"

    def __init__(self, line_id: int, most: int) -> None:
        super().__init__(
            N_("Far more came than was ordered."),
            hint=Phrase("At most %(n)d bottles can still come in for this line.", n=most),
            field="lines",
        )
        self.line_id = line_id
