"""What drafts refuse."""

from cloud.drafts.states import DraftState
from cloud.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from cloud.foundation.words import N_, Phrase

_S = DraftState
# How a draft stands, as a whole sentence each: other languages bend the words.
_STANDS = {
    _S.OPEN: N_("Draft %(number)s is being prepared."),
    _S.SENT: N_("Draft %(number)s is with its customer."),
    _S.ORDERED: N_("Draft %(number)s has become an order."),
    _S.CANCELLED: N_("Draft %(number)s is cancelled."),
    _S.EXPIRED: N_("The time of draft %(number)s is over."),
}


class DraftNotFound(NotFound):
    """There is no such draft, or its key is wrong."""

    code = "draft_not_found"

    def __init__(self, number: str) -> None:
        super().__init__(
            Phrase("There is no draft %(number)s.", number=number),
            hint=N_("Open the link of the mail once more, or write to us."),
        )


class DraftClosed(Conflict):
    """The draft is over: it can be neither changed nor sent nor ordered."""

    code = "draft_closed"

    def __init__(self, number: str, state: DraftState) -> None:
        super().__init__(
            Phrase(_STANDS[state], number=number), hint=N_("Make a new one from what it says.")
        )
        self.state = state


class OfferChanged(Conflict):
    """The draft is not the one that its customer saw, or not theirs to order now."""

    code = "offer_changed"

    def __init__(self) -> None:
        super().__init__(
            N_("We changed this offer meanwhile."), hint=N_("Look at it again before you order.")
        )


class DiscountUnexplained(Invalid):
    """A discount has no reason, or a reason no discount."""

    code = "discount_unexplained"

    def __init__(self) -> None:
        super().__init__(
            N_("A discount and its reason belong together."),
            hint=N_("Write both, or neither. The customer reads the reason."),
            field="discount_reason",
        )


class DiscountNotYours(Forbidden):
    """Whoever may not give money back may not take it off beforehand."""

    code = "discount_not_yours"

    def __init__(self) -> None:
        super().__init__(
            N_("You may not give a discount."),
            hint=N_("Leave it as it is, or ask somebody who may give money back."),
            field="discount_minor",
        )
