"""Why a price cannot be given."""

from collections.abc import Collection, Mapping

from cloud.foundation.errors import Refused
from cloud.foundation.words import Phrase


class NothingToPrice(Refused):
    """There is no line to give a price for."""

    code = "nothing_to_price"

    def __init__(self) -> None:
        super().__init__("There is nothing here to buy.", hint="Put a bottle in the cart first.")


class NotSellable(Refused):
    """Some of the variants are unknown or not on sale."""

    code = "not_sellable"

    def __init__(self, variant_ids: Collection[int]) -> None:
        super().__init__(
            "Some of this is no longer sold.", hint="Remove it from the cart and go on."
        )
        self.variant_ids = tuple(sorted(variant_ids))

    def wire_facts(self) -> Mapping[str, object]:
        """Return the variants to blame."""
        return {"variant_ids": list(self.variant_ids)}


class NotDelivered(Refused):
    """No way of delivery serves the country."""

    code = "not_delivered"

    def __init__(self, country: str) -> None:
        super().__init__(
            "We do not deliver to this country yet.",
            hint="Choose an address in another country.",
            field="country",
        )
        self.country = country


class TooHeavy(Refused):
    """The parcel is heavier than any way of delivery carries to the country."""

    code = "too_heavy"

    def __init__(self, weight_g: int, country: str) -> None:
        super().__init__(
            Phrase(
                "This parcel would weigh %(weight)s kg, more than we can send there.",
                weight=f"{weight_g / 1000:.1f}",
            ),
            hint="Order it in two parcels.",
        )
        self.weight_g = weight_g
        self.country = country


class UnknownShippingMethod(Refused):
    """The chosen way of delivery does not exist, or does not serve this parcel."""

    code = "unknown_shipping_method"

    def __init__(self, method: str) -> None:
        super().__init__(
            "This way of delivery is not on offer for this parcel.",
            hint="Choose one of those that are offered.",
            field="shipping_method",
        )
        self.method = method
