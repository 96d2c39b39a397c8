"""What is asked for a quote, and a quote with the reasons why codes do not count."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cloud.discounts.refusals import Refusal, Why
from cloud.discounts.rules import MOST_CODES
from cloud.discounts.service import Quoted
from cloud.pricing.schemas import QuoteAnswer, WantedLine


class QuoteWish(BaseModel):
    """What to give a price for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lines: tuple[WantedLine, ...] = Field(min_length=1, max_length=100)
    country: str = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166 alpha-2.")
    currency: str | None = Field(
        default=None, pattern=r"^[A-Z]{3}$", description="ISO 4217 code; null: the shop's own."
    )
    postcode: str = Field(default="", max_length=20, description='"" is not known yet.')
    shipping_method: str | None = Field(
        default=None, max_length=40, description="Code of a way of delivery; null: the cheapest."
    )
    vat_number: str = Field(
        default="",
        max_length=40,
        pattern=r"^[^\x00]*$",
        description="Of the firm that would buy; confirmed, and of another country, no tax is due.",
    )
    codes: tuple[Annotated[str, StringConstraints(min_length=1, max_length=60)], ...] = Field(
        default=(), max_length=MOST_CODES, description="Coupons and gift cards."
    )


class RefusalAnswer(BaseModel):
    """Why a code does not count."""

    code: str = Field(description="The coupon, or the last four characters of a gift card.")
    why: Why
    message: str = Field(description="The reason, for people.")

    @classmethod
    def of(cls, refusal: Refusal, language: str) -> "RefusalAnswer":
        """Return the JSON form of a refusal."""
        return cls(code=refusal.code, why=refusal.why, message=refusal.words(language))


class QuotedAnswer(QuoteAnswer):
    """What a purchase costs now. Always: total = subtotal + shipping - discount + tax_added."""

    refusals: list[RefusalAnswer] = Field(description="Which codes do not count, and why.")

    @classmethod
    def of_quoted(cls, quoted: Quoted, language: str) -> "QuotedAnswer":
        """Return the JSON form of a quote with its refusals."""
        plain = QuoteAnswer.of(quoted.quote)
        return cls(
            **dict(plain), refusals=[RefusalAnswer.of(one, language) for one in quoted.refusals]
        )
