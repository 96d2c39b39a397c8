"""What stock can refuse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cloud.foundation.errors import Conflict, NotFound, Refused
from cloud.foundation.words import N_, Phrase


@dataclass(frozen=True, slots=True)
class Shortage:
    """A variant of which fewer can be had than were asked for: `available`, 0 or more."""

    variant_id: int
    asked: int
    available: int


class OutOfStock(Conflict):
    """At least one variant cannot be had in the number asked for; nothing was reserved."""

    code = "out_of_stock"

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        super().__init__(
            "Some of this is not in stock any more.",
            hint="Take fewer, or remove what is sold out, and try again.",
        )
        self.shortages = tuple(shortages)

    def wire_facts(self) -> Mapping[str, object]:
        """Return the shortages."""
        return {
            "shortages": [
                {"variant_id": one.variant_id, "asked": one.asked, "available": one.available}
                for one in self.shortages
            ]
        }


class ReservationLapsed(Conflict):
    """The holder's reservation does not exist, or its time is over."""

    code = "reservation_lapsed"

    def __init__(self, holder: str) -> None:
        super().__init__(
            "The bottles were set aside for a while, and that time is over.",
            hint="Start the payment again; what is still in stock will be set aside anew.",
        )
        self.holder = holder


class MoreThanSold(Refused):
    """More was to come back than the order took out."""

    code = "more_than_sold"

    def __init__(self, order_id: int, variant_id: int, outside: int) -> None:
        super().__init__(
            "More bottles would come back than this order took.",
            hint=Phrase("At most %(outside)s of this bottle can come back.", outside=outside),
        )
        self.order_id = order_id
        self.variant_id = variant_id
        self.outside = outside


class StockNegative(Refused):
    """A correction would leave fewer than no bottles."""

    code = "stock_negative"

    def __init__(self, on_hand: int) -> None:
        super().__init__(
            "There are not that many bottles to take away.",
            hint=Phrase("%(on_hand)s are on the shelf.", on_hand=on_hand),
        )
        self.on_hand = on_hand


class NestedSet(Refused):
    """A set would hold a set."""

    code = "nested_set"

    def __init__(self) -> None:
        super().__init__(
            "A set cannot be part of a set.", hint="Put the single bottles into it instead."
        )


class LocationNotFound(NotFound):
    """There is no such place."""

    code = "place_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such place.", hint="Look at the list of places.")


class CodeTaken(Conflict):
    """Another place has the code."""

    code = "place_code_taken"

    def __init__(self) -> None:
        super().__init__("Another place has this code.", hint="Choose another code.", field="code")


class LastPlace(Refused):
    """The only place that sells would be switched off."""

    code = "last_place"

    def __init__(self) -> None:
        super().__init__(
            "This is the only place that is active.",
            hint="Make another place active first.",
            field="is_active",
        )


class CountedMeanwhile(Conflict):
    """Bottles came or went while somebody counted; nothing was booked."""

    code = "stock_counted_meanwhile"

    def __init__(self, variant_ids: Sequence[int]) -> None:
        super().__init__(
            "Bottles came or went while you counted; nothing is booked yet.",
            hint=N_("Count those that are marked once more, then book again."),
        )
        self.variant_ids = tuple(variant_ids)

    def wire_facts(self) -> Mapping[str, object]:
        """Return what moved."""
        return {"variant_ids": list(self.variant_ids)}
