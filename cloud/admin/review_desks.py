"""What reviews look like to staff: their list, and the states in words."""

from sqlalchemy import select

from cloud.admin.listing import Choice, Column, Condition, Listing
from cloud.catalogue.models import Product
from cloud.foundation.words import N_
from cloud.reviews.models import Review
from cloud.reviews.states import ReviewStatus

STATES = {
    ReviewStatus.PENDING: (N_("To be read"), "warn"),
    ReviewStatus.APPROVED: (N_("Shown"), "good"),
    ReviewStatus.REJECTED: (N_("Refused"), "bad"),
}


def _has(status: ReviewStatus) -> Condition:
    return lambda _now: Review.status == status


def _stars(stars: int) -> Condition:
    return lambda _now: Review.rating == stars


REVIEWS = Listing(
    "reviews",
    select(
        Review.id,
        Product.name.label("product"),
        Review.rating,
        Review.title,
        Review.body,
        Review.author_name,
        Review.is_verified,
        Review.status,
        Review.reason,
        Review.edition,
        Review.written_at,
        Review.helpful_count,
        Review.unhelpful_count,
        Review.reply,
    ).join(Product, Product.id == Review.product_id),
    Review.id,
    (
        Column("product", N_("Scent"), Product.name, link="/admin/reviews/{id}"),
        Column("rating", N_("Stars"), Review.rating, is_number=True),
        Column("title", N_("Title")),
        Column("body", N_("Text")),
        Column("author_name", N_("Writer")),
        Column("is_verified", N_("Bought")),
        Column("status", N_("State")),
        Column("written_at", N_("Written"), Review.written_at),
        Column("helpful_count", N_("Helpful"), Review.helpful_count, is_number=True),
        Column("unhelpful_count", N_("Not"), is_number=True),
    ),
    order="-written_at",
    searched=(Product.name, Review.title, Review.body, Review.author_name),
    choices=(
        Choice(
            "status",
            N_("State"),
            {
                "pending": (N_("To be read"), _has(ReviewStatus.PENDING)),
                "approved": (N_("Shown"), _has(ReviewStatus.APPROVED)),
                "rejected": (N_("Refused"), _has(ReviewStatus.REJECTED)),
                "changed": (
                    N_("New text of a shown one"),
                    lambda _now: (
                        (Review.status == ReviewStatus.PENDING) & Review.shown_at.is_not(None)
                    ),
                ),
            },
        ),
        Choice(
            "stars",
            N_("Stars"),
            {
                str(stars): (literal_stars, _stars(stars))
                for stars, literal_stars in (
                    (5, "★★★★★"),
                    (4, "★★★★"),
                    (3, "★★★"),
                    (2, "★★"),
                    (1, "★"),
                )
            },
        ),
        Choice(
            "bought",
            N_("Bought"),
            {
                "yes": (N_("Verified purchase"), lambda _now: Review.is_verified),
                "no": (N_("Not bought here"), lambda _now: ~Review.is_verified),
            },
        ),
    ),
)
