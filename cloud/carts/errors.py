"""What a cart can refuse."""

from cloud.carts.limits import MOST_LINES, MOST_OF_ONE
from cloud.foundation.errors import NotFound, Refused


class TooManyOfOne(Refused):
    """More bottles of one variant than a cart holds."""

    code = "too_many_of_one"

    def __init__(self) -> None:
        super().__init__(
            f"A cart holds at most {MOST_OF_ONE} bottles of one kind.",
            hint="Write to us for larger orders.",
            field="quantity",
        )


class CartFull(Refused):
    """More different variants than a cart holds."""

    code = "cart_full"

    def __init__(self) -> None:
        super().__init__(
            f"A cart holds at most {MOST_LINES} different bottles.",
            hint="Buy these first, or remove some.",
        )


class NotForSale(Refused):
    """The variant is unknown or not on sale."""

    code = "not_for_sale"

    def __init__(self, variant_id: int) -> None:
        super().__init__("This bottle is not sold any more.", hint="Choose another size or scent.")
        self.variant_id = variant_id


class NotInCart(NotFound):
    """The cart holds nothing of the variant."""

    code = "not_in_cart"

    def __init__(self, variant_id: int) -> None:
        super().__init__("This bottle is not in the cart.", hint="Reload the cart.")
        self.variant_id = variant_id
