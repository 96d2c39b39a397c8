"""The shapes of quotes in JSON."""

from pydantic import BaseModel, ConfigDict, Field

from cloud.foundation.money import Money
from cloud.pricing.delivery import ShippingOption
from cloud.pricing.quotes import Discount, PricedLine, Quote


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
    total: Amount = Field(description="As listed.")
    discount: Amount = Field(description="What promotions take off this line.")
    tax: Amount = Field(description="The tax in or on what is left of it.")
    tax_basis_points: int

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
            discount=Amount.of(line.discount),
            tax=Amount.of(line.tax),
            tax_basis_points=line.tax_basis_points,
        )


class QuotedDiscount(BaseModel):
    """What one promotion takes off."""

    code: str = Field(description='The coupon that brought it; "" when it came by itself.')
    name: str
    amount: Amount

    @classmethod
    def of(cls, discount: Discount) -> "QuotedDiscount":
        """Return the JSON form of a discount."""
        return cls(code=discount.code, name=discount.name, amount=Amount.of(discount.amount))


class QuoteAnswer(BaseModel):
    """What a purchase costs now. Always: total = subtotal + shipping - discount + tax_added."""

    lines: list[QuotedLine]
    subtotal: Amount
    shipping: Amount
    discount: Amount = Field(description="All that is taken off, lines and delivery.")
    shipping_discount: Amount = Field(description="The part that is off the delivery.")
    discounts: list[QuotedDiscount] = Field(description="Which promotions took what off.")
    tax: Amount = Field(description="The tax in or on all of it.")
    tax_added: Amount = Field(description="The part of it that listed prices do not contain.")
    total: Amount
    gift_card: Amount = Field(description="What gift cards pay of the total.")
    due: Amount = Field(description="What is left to pay otherwise.")
    tax_name: str
    tax_basis_points: int = Field(description="Hundredths of a percent: 1900 is 19 %.")
    shipping_method: ShippingAnswer
    shipping_options: list[ShippingAnswer] = Field(description="All ways, cheapest first.")
    country: str
    is_reverse_charge: bool = Field(
        description="No tax: the buyer, a firm elsewhere in the EU, accounts for it."
    )

    @classmethod
    def of(cls, quote: Quote) -> "QuoteAnswer":
        """Return the JSON form of a quote."""
        return cls(
            lines=[QuotedLine.of(line) for line in quote.lines],
            subtotal=Amount.of(quote.subtotal),
            shipping=Amount.of(quote.shipping),
            discount=Amount.of(quote.discount),
            shipping_discount=Amount.of(quote.shipping_discount),
            discounts=[QuotedDiscount.of(one) for one in quote.discounts],
            tax=Amount.of(quote.tax),
            tax_added=Amount.of(quote.tax_added),
            total=Amount.of(quote.total),
            gift_card=Amount.of(quote.gift_card),
            due=Amount.of(quote.due),
            tax_name=quote.tax_name,
            tax_basis_points=quote.tax_basis_points,
            shipping_method=ShippingAnswer.of(quote.shipping_method),
            shipping_options=[ShippingAnswer.of(option) for option in quote.shipping_options],
            country=quote.country,
            is_reverse_charge=quote.is_reverse_charge,
        )
