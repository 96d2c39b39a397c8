"""Where the newest text of a review stands, and how reviews are put in order."""

from enum import StrEnum


class ReviewStatus(StrEnum):
    """Where the newest text of a review stands."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


class ReviewOrder(StrEnum):
    """The order in which a product's reviews are read. HELPFUL: most votes for, less those against.

    Among equals the newest comes first.
    """

    HELPFUL = "helpful"
    NEWEST = "newest"
    BEST = "best"
    WORST = "worst"


LOWEST, HIGHEST = 1, 5
LONGEST_TITLE = 100
LONGEST_BODY = 4000
LONGEST_NAME = 60
LONGEST_REASON = 500
LONGEST_REPLY = 2000
MOST_AT_ONCE = 100
