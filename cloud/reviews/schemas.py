"""Reviews as pages and the API take and show them."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from cloud.foundation.words import N_
from cloud.reviews.states import (
    HIGHEST,
    LONGEST_BODY,
    LONGEST_NAME,
    LONGEST_REASON,
    LONGEST_REPLY,
    LONGEST_TITLE,
    LOWEST,
    MOST_AT_ONCE,
    ReviewStatus,
)

_LINES = re.compile(r"\n{3,}")
# Control characters say nothing to a reader, and some turn the text around on the page.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")


def plain_text(typed: str) -> str:
    """Return a text of several lines as it is kept: no tags, nothing unseen, no gaps of lines.

    Raises ValueError for HTML: what people typed is shown as they typed it, and nobody wants that.
    """
    text = _UNSEEN.sub("", typed.replace("\r\n", "\n").replace("\r", "\n"))
    if _TAG.search(text):
        raise ValueError(N_("Write plain words, without HTML."))
    return _LINES.sub("\n\n", text).strip()


def one_line(typed: str) -> str:
    """Return a text of one line as it is kept; raises ValueError for HTML."""
    return " ".join(plain_text(typed).split())


def _some(text: str) -> str:
    if not text:
        raise ValueError(N_("This is too short or missing."))
    return text


Stars = Annotated[int, Field(ge=LOWEST, le=HIGHEST, description="1 to 5.")]
Line = Annotated[str, AfterValidator(one_line)]
Text = Annotated[str, AfterValidator(plain_text)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class ReviewText(_Asked):
    """What a member says about a scent. Plain text; empty lines part paragraphs."""

    rating: Stars
    title: Line = Field(default="", max_length=LONGEST_TITLE)
    body: Annotated[Text, AfterValidator(_some)] = Field(min_length=1, max_length=LONGEST_BODY)
    author_name: Annotated[Line, AfterValidator(_some)] = Field(
        min_length=1, max_length=LONGEST_NAME, description="The name that others read."
    )
    keeps_text: bool = Field(
        default=False,
        description="Whether the text stays, without a name, when the account is deleted.",
    )


class Vote(_Asked):
    """Whether a review was helpful to the caller."""

    is_helpful: bool


class Rejection(_Asked):
    """No to a review, with the reason that its writer reads."""

    edition: int = Field(ge=1, lt=2**31, description="Of the text that was read.")
    reason: Annotated[Text, AfterValidator(_some)] = Field(min_length=1, max_length=LONGEST_REASON)
    hides_former: bool = Field(
        default=False, description="Whether a former text that others read goes as well."
    )


class Approval(_Asked):
    """Yes to a review."""

    edition: int = Field(ge=1, lt=2**31, description="Of the text that was read.")


class Decisions(_Asked):
    """The same decision about many reviews."""

    editions: dict[Annotated[int, Field(ge=1, lt=2**63)], Annotated[int, Field(ge=1, lt=2**31)]] = (
        Field(max_length=MOST_AT_ONCE, description="The edition that was read, by review id.")
    )
    reason: Text = Field(default="", max_length=LONGEST_REASON, description="Empty: show them.")


class Decided(BaseModel):
    """How many were decided about; the others had changed, or were so already."""

    decided: int


class Reply(_Asked):
    """What the shop says below a review; empty takes it away."""

    text: Text = Field(max_length=LONGEST_REPLY)


class ReviewShown(BaseModel):
    """A review as anybody reads it."""

    id: int
    rating: int = Field(description="1 to 5.")
    title: str
    body: str = Field(description="Plain text; empty lines part paragraphs.")
    author_name: str = Field(description="Empty: the writer's account is deleted.")
    language: str = Field(description="Of the text: BCP 47.")
    is_verified: bool = Field(description="Whether the writer bought it here.")
    shown_at: datetime
    helpful: int = Field(description="Members who found it helpful.")
    unhelpful: int = Field(description="Members who did not.")
    reply: str = Field(description="The shop's answer; empty: none.")
    replied_at: datetime | None


class Stand(BaseModel):
    """What all shown reviews of a scent say."""

    count: int
    average: float | None = Field(description="1 to 5, two decimals; null without reviews.")
    counts: list[int] = Field(description="How many gave 1, 2, 3, 4 and 5 stars.")


class ReviewPage(BaseModel):
    """One page of a scent's reviews."""

    stand: Stand
    reviews: list[ReviewShown]
    next: str | None = Field(description="Pass it as `after` for the next page; null at the end.")


class OwnReview(BaseModel):
    """A review as its writer sees it: the newest text, and where it stands."""

    id: int
    product_id: int
    product_slug: str
    product_name: str
    status: ReviewStatus
    reason: str = Field(description="Why it is not shown, when it is rejected.")
    rating: int
    title: str
    body: str
    author_name: str
    keeps_text: bool
    is_verified: bool
    written_at: datetime
    is_shown: bool = Field(description="Whether others read it, or a former text of it.")
    helpful: int
    unhelpful: int
    reply: str


class StaffReview(OwnReview):
    """A review as staff see it, with what others read now."""

    user_id: int | None = Field(description="Null: the writer's account is deleted.")
    email: str
    edition: int
    language: str
    decided_at: datetime | None
    shown_rating: int | None
    shown_title: str | None
    shown_body: str | None
    order_number: str | None = Field(description="With which it was bought.")


class StaffReviewPage(BaseModel):
    """One page of reviews for staff, newest text first."""

    reviews: list[StaffReview]
    next: int | None


class ToReview(BaseModel):
    """A scent that a member got and has not reviewed."""

    product_id: int
    slug: str
    name: str
    image_url: str | None
