"""What a wishlist can refuse."""

from cloud.foundation.errors import NotFound, Refused
from cloud.foundation.words import Phrase

MOST_WISHES = 200


class NothingToWishFor(NotFound):
    """There is no such product, or the size is not one of it."""

    code = "wish_unknown"

    def __init__(self) -> None:
        super().__init__("There is no such scent.", hint="Look at what is on the shelves now.")


class TooManyWishes(Refused):
    """The list is as long as it may be."""

    code = "too_many_wishes"

    def __init__(self) -> None:
        super().__init__(
            Phrase("A wishlist holds at most %(most)d scents.", most=MOST_WISHES),
            hint="Take one off the list first.",
        )
