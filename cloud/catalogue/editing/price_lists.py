"""What staff enter for a bottle in other currencies: the whole list at once."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.editing.locks import lock_product
from cloud.catalogue.editing.variants import read_variant
from cloud.catalogue.editing.words import Minor
from cloud.catalogue.models import VariantPrice
from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.site.errors import MainCurrencyOffered


class PriceEntryFields(BaseModel):
    """Prices of a bottle in one currency, in minor units of it, with tax."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)

    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code.")
    price_minor: Minor
    sale_price_minor: Minor | None = Field(
        default=None, description="While the bottle's own sale lasts; null: no sale then."
    )

    @model_validator(mode="after")
    def _sale_is_cheaper(self) -> "PriceEntryFields":
        if self.sale_price_minor is not None and self.sale_price_minor >= self.price_minor:
            raise ValueError("a sale price must be below the price")
        return self


class PriceList(BaseModel):
    """All that is entered for a bottle; a currency that is not listed is converted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prices: tuple[PriceEntryFields, ...] = Field(max_length=40)

    @model_validator(mode="after")
    def _each_once(self) -> "PriceList":
        if len({one.currency for one in self.prices}) < len(self.prices):
            raise ValueError("a currency may be listed only once")
        return self


async def read_prices(session: AsyncSession, variant_id: int) -> PriceList:
    """Return what is entered for a bottle, by currency; raises VariantNotFound."""
    await read_variant(session, variant_id)
    rows = await _rows(session, variant_id)
    return PriceList(prices=tuple(PriceEntryFields.model_validate(row) for row in rows))


async def write_prices(
    session: AsyncSession, staff: SignedIn, variant_id: int, wish: PriceList
) -> None:
    """Make a bottle's entered prices what staff wrote; the last of two who do it at once wins.

    Raises VariantNotFound, or MainCurrencyOffered: the own price stands in the bottle itself.
    """
    variant = await read_variant(session, variant_id)
    if any(one.currency == variant.currency for one in wish.prices):
        raise MainCurrencyOffered(variant.currency)
    await lock_product(session, variant.product_id)
    before = _audited(await _rows(session, variant_id))
    await session.execute(delete(VariantPrice).where(VariantPrice.variant_id == variant_id))
    rows = [VariantPrice(variant_id=variant_id, **one.model_dump()) for one in wish.prices]
    session.add_all(rows)
    await session.flush()
    after = _audited(rows)
    await audit.note(session, staff, "prices", "variants", variant_id, before=before, after=after)


async def _rows(session: AsyncSession, variant_id: int) -> Sequence[VariantPrice]:
    found = await session.scalars(
        select(VariantPrice)
        .where(VariantPrice.variant_id == variant_id)
        .order_by(VariantPrice.currency)
    )
    return found.all()


def _audited(rows: Sequence[VariantPrice]) -> dict[str, Any]:
    return {row.currency: [row.price_minor, row.sale_price_minor] for row in rows}
