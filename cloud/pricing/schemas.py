"""The shapes of quotes in JSON."""

from pydantic import BaseModel, ConfigDict, Field

from cloud.foundation.money import Money
from cloud.pricing.quotes import PricedLine, Quote, ShippingOption


class Amount(BaseModel):
    """An exact amount."""

    minor: int = Field(description="Minor units of the currency: 2890 is 28.90 EUR.")
    currency: str = Field(description="ISO 4217 code.")

    @classmethod
    def of(cls, money: Money) -> "Amount":
        """Return the JSON form of an amount."""
        return cls(minor=money.minor, currency=money.currency)


class WantedLine(BaseModel):
    """Some bottles of a variant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    variant_id: int = Field(ge=1, lt=2**63)
    quantity: int = Field(ge=1, le=99)


class QuoteWish(BaseModel):
    """What to give a price for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lines: tuple[WantedLine, ...] = Field(min_length=1, max_length=100)
    country: str = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166 alpha-2.")
    shipping_method: str | None = Field(
        default=None, max_length=40, description="Code of a way of delivery; null: the cheapest."
    )


class ShippingAnswer(BaseModel):
    """A way of delivery."""

    code: str
    name: str
    price: Amount
    p50_days: int = Field(description="Half of such parcels arrive within so many days.")
    p90_days: int = Field(description="Nine of ten such parcels arrive within so many days.")

    @classmethod
    def of(cls, option: ShippingOption) -> "ShippingAnswer":
        """Return the JSON form of a way of delivery."""
        return cls(
            code=option.code,
            name=option.name,
            price=Amount.of(option.price),
            p50_days=option.delivery.p50_days,
            p90_days=option.delivery.p90_days,
        )


class QuotedLine(BaseModel):
    """A line with its price."""

    variant_id: int
    sku: str
    product_name: str
    variant_name: str
    quantity: int
    unit_price: Amount
    total: Amount
    tax: Amount

    @classmethod
    def of(cls, line: PricedLine) -> "QuotedLine":
        """Return the JSON form of a priced line."""
        return cls(
            variant_id=line.variant_id,
            sku=line.offer.sku,
            product_name=line.offer.product_name,
            variant_name=line.offer.variant_name,
            quantity=line.quantity,
            unit_price=Amount.of(line.unit_price),
            total=Amount.of(line.total),
            tax=Amount.of(line.tax),
        )


class QuoteAnswer(BaseModel):
    """What a purchase costs now. Always: total = subtotal + shipping + tax_added."""

    lines: list[QuotedLine]
    subtotal: Amount
    shipping: Amount
    tax: Amount = Field(description="The tax in or on all of it.")
    tax_added: Amount = Field(description="The part of it that listed prices do not contain.")
    total: Amount
    tax_name: str
    tax_basis_points: int = Field(description="Hundredths of a percent: 1900 is 19 %.")
    shipping_method: ShippingAnswer
    shipping_options: list[ShippingAnswer] = Field(description="All ways, cheapest first.")
    country: str

    @classmethod
    def of(cls, quote: Quote) -> "QuoteAnswer":
        """Return the JSON form of a quote."""
        return cls(
            lines=[QuotedLine.of(line) for line in quote.lines],
            subtotal=Amount.of(quote.subtotal),
            shipping=Amount.of(quote.shipping),
            tax=Amount.of(quote.tax),
            tax_added=Amount.of(quote.tax_added),
            total=Amount.of(quote.total),
            tax_name=quote.tax_name,
            tax_basis_points=quote.tax_basis_points,
            shipping_method=ShippingAnswer.of(quote.shipping_method),
            shipping_options=[ShippingAnswer.of(option) for option in quote.shipping_options],
            country=quote.country,
        )
