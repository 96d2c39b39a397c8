"""What can be done with reviews: write, read, vote, decide."""

from cloud.reviews.service.deciding import (
    Verdict,
    answer,
    decide,
    decide_many,
)
from cloud.reviews.service.reading import (
    list_own,
    list_to_review,
    page_for_staff,
    read_first,
    read_page,
    view_for_staff,
    view_own,
)
from cloud.reviews.service.voting import vote, voted
from cloud.reviews.service.writing import remove, write

__all__ = [
    "Verdict",
    "answer",
    "decide",
    "decide_many",
    "list_own",
    "list_to_review",
    "page_for_staff",
    "read_first",
    "read_page",
    "remove",
    "view_for_staff",
    "view_own",
    "vote",
    "voted",
    "write",
]
