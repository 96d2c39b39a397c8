"""What reviews can refuse."""

from cloud.foundation.errors import Conflict, Malformed, NotFound, Refused


class NothingToReview(NotFound):
    """There is no such scent on sale."""

    code = "review_product_unknown"

    def __init__(self) -> None:
        super().__init__("There is no such scent.", hint="Look at what is on the shelves now.")


class ReviewNotFound(NotFound):
    """There is no such review, or nobody may read it."""

    code = "review_not_found"

    def __init__(self) -> None:
        super().__init__(
            "There is no such review.", hint="It may have been taken away; reload the page."
        )


class ReviewChangedMeanwhile(Conflict):
    """The writer changed the text after it was read."""

    code = "review_changed"

    def __init__(self) -> None:
        super().__init__(
            "The writer changed this review meanwhile.", hint="Read it again and decide then."
        )


class OwnReview(Refused):
    """Nobody votes for themselves."""

    code = "own_review"

    def __init__(self) -> None:
        super().__init__(
            "This review is your own.", hint="Others decide whether it was helpful to them."
        )


class ReviewMarkInvalid(Malformed):
    """The mark of a page is none that we gave out for this order."""

    code = "review_mark_invalid"

    def __init__(self) -> None:
        super().__init__("This page of reviews cannot be found.", hint="Begin with the first page.")
