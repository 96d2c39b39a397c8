"""What reorders refuse."""

from cloud.checkout.errors import TotalChanged
from cloud.foundation.errors import Conflict, Forbidden, NotFound, Refused
from cloud.foundation.words import Phrase


class ReorderNotFound(NotFound):
    """There is no such reorder, or it is of another household."""

    code = "reorder_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such refill.", hint="Look it up in the list of your refills.")


class SlotNotFound(NotFound):
    """There is no such slot, or it is of another household."""

    code = "slot_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such cartridge.", hint="Look at your devices again.")


class AdultNeeded(Forbidden):
    """Guests may look and propose; only an owner or adult of the household spends."""

    code = "adult_needed"

    def __init__(self) -> None:
        super().__init__(
            "Only an adult member of the household can decide about refills.",
            hint="Ask an owner or adult of your household.",
        )


class ProposalRefused(Conflict):
    """Nothing can be asked for here now: it is switched off, paused, gone, or ordered already."""

    code = "proposal_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(
            "No refill can be asked for here at the moment.",
            hint="An adult of your home sees on the page of this cartridge how it is refilled.",
        )
        self.reason = reason


class NotOpen(Conflict):
    """The refill is past the point where this could be decided."""

    code = "reorder_not_open"

    def __init__(self, stage: str) -> None:
        super().__init__(
            Phrase(
                "This refill cannot be changed any more; it is %(stage)s.",
                stage=stage.replace("_", " "),
            ),
            hint="Load it again to see how it stands.",
        )
        self.stage = stage


class ParcelTooLate(Conflict):
    """No parcel of a subscription comes in time, within its owner's limits."""

    code = "parcel_too_late"

    def __init__(self) -> None:
        super().__init__(
            "No parcel of your subscription comes in time.",
            hint="Order this refill, or let the subscription's parcels move further.",
        )


class PushBackNotFound(NotFound):
    """There is no such question, or it is of another household."""

    code = "push_back_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such question.", hint="Look at your home again.")


class OfferChanged(TotalChanged):
    """The refill would cost something else than was shown."""

    code = "offer_changed"


class AddressNeeded(Refused):
    """Nobody said where the refill should go."""

    code = "address_needed"

    def __init__(self) -> None:
        super().__init__(
            "We do not know where to send this.",
            hint="Add a shipping address to your account and confirm again.",
            field="address_id",
        )


class CannotBeHad(Refused):
    """The shop cannot send this just now, or any more."""

    code = "refill_not_available"

    def __init__(self, reason: str) -> None:
        super().__init__(
            "The shop cannot send this refill at the moment.",
            hint="We never replace it by something else; try again later or choose another scent.",
        )
        self.reason = reason


class CardNeeded(Refused):
    """Automatic orders need a card that can be charged."""

    code = "card_needed"

    def __init__(self) -> None:
        super().__init__(
            "Automatic refills need a saved card.",
            hint="Save a card in your account first.",
            field="card_id",
        )


class ConsentNeeded(Refused):
    """Automatic orders need an agreement that names bottle, price, address and card."""

    code = "consent_needed"

    def __init__(self) -> None:
        super().__init__(
            "Automatic refills need your agreement to bottle, price, address and card.",
            hint="Choose automatic on the page of this cartridge and agree to the terms there.",
            field="mode",
        )
