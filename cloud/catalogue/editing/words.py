"""The pieces that inputs of the catalogue are made of, bounded so that each fits a row."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

_LINE = r"^[^\x00-\x1f]*$"
_FIRST_MOMENT, _LAST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
_PARAGRAPHS = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"


def _line(longest: int, *, least: int = 0) -> StringConstraints:
    return StringConstraints(
        strip_whitespace=True, min_length=least, max_length=longest, pattern=_LINE
    )


Id = Annotated[int, Field(ge=1, lt=2**63)]
Position = Annotated[int, Field(ge=0, le=1_000_000)]
Version = Annotated[int, Field(ge=1, lt=2**63, description="The one that was read.")]
Title = Annotated[str, _line(120, least=1)]
ShortLine = Annotated[str, _line(200)]
LongLine = Annotated[str, _line(400)]
Paragraphs = Annotated[str, StringConstraints(max_length=20_000, pattern=_PARAGRAPHS)]
Word = Annotated[str, _line(60, least=1)]
Slug = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=1, max_length=80)
]
Sku = Annotated[
    str, StringConstraints(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$", min_length=1, max_length=40)
]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
# 9,999,999,999.99 of a currency with cents: more than any bottle, and sums of carts stay bigint.
Minor = Annotated[int, Field(ge=0, le=999_999_999_999)]


def _holds(moment: datetime) -> datetime:
    """Return a moment that every calendar and time zone of ours can show."""
    if not _FIRST_MOMENT <= moment <= _LAST_MOMENT:
        raise ValueError("This moment is too far away.")
    return moment


Moment = Annotated[
    AwareDatetime,
    AfterValidator(_holds),
    Field(description="With its offset from UTC; of the years 1970 to 8999."),
]


class Shape(BaseModel):
    """An input or output of the staff's API: closed, so that a typing error is noticed."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)
