"""News of reviews, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """What all news of a review tells; `user_id` is who wrote it."""

    review_id: int
    user_id: int
    product_id: int
    product_slug: str
    product_name: str
    rating: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ReviewWritten(ReviewEvent):
    """A text waits for staff: a new review, or a new text of one (`is_edit`).

    `edition` counts the texts of a review from 1: with `review_id` it names this one.
    """

    edition: int
    is_edit: bool


@dataclass(frozen=True, slots=True)
class ReviewApproved(ReviewEvent):
    """Others can read it now.

    `is_first` is true the first time this review is approved; a member who deletes a review and
    writes another about the same product makes a new one.
    """

    is_first: bool


@dataclass(frozen=True, slots=True)
class ReviewRejected(ReviewEvent):
    """Staff will not show this text; `reason` is told to its writer in their own words."""

    edition: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReviewAnswered(ReviewEvent):
    """The shop answered a review for the first time."""
