"""One product as staff see it: its form, bottles, pictures, languages, and what goes with it."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from sqlalchemy import select
from starlette.responses import Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.desk import desk_of
from cloud.admin.forms import Paper
from cloud.admin.product_forms import SECTIONS, product_form
from cloud.catalogue.editing import images, products, variants
from cloud.catalogue.models import Product, Variant
from cloud.foundation.errors import CloudError
from cloud.foundation.money import Money
from cloud.foundation.web import Templates
from cloud.inventory.models import StockLevel


@dataclass(frozen=True, slots=True)
class Bottle:
    """A bottle with what it costs now, what is left of that after its cost, and its stock.

    `margin_percent` is of today's price, tax included; None without a cost. `on_hand` None: it
    was never counted.
    """

    variant: Variant
    price: Money
    is_on_sale: bool
    margin: Money | None
    margin_percent: int | None
    on_hand: int | None


async def show_product(
    office: BackOffice,
    request: Request,
    pages: Templates,
    product_id: int,
    *,
    paper: Paper | None = None,
    error: CloudError | None = None,
) -> Response:
    """Return a product's page; `paper` is a form that was refused, `error` another refusal."""
    now = office.clock.now()
    async with office.database.unit_of_work() as session:
        found = await products.read(session, product_id)
        form = await product_form(session)
        bottles = await variants.list_variants(session, product_id)
        ids = [one.id for one in bottles]
        levels = {
            row.variant_id: row.on_hand
            for row in await session.scalars(
                select(StockLevel).where(StockLevel.variant_id.in_(ids))
            )
        }
        gallery = await images.list_images(session, product_id)
        related = await session.execute(
            select(Product.id, Product.name, Product.slug)
            .where(Product.id.in_(found["related"]))
            .order_by(Product.name)
        )
        facts = await office.site.facts()
        context: dict[str, Any] = {
            "product": found,
            "sections": SECTIONS,
            "paper": paper or form.of(found, found["version"], await desk_of(office)),
            "bottles": [
                _bottle(
                    one, levels.get(one.id), is_on_sale=one.is_on_sale(now), price=one.price_at(now)
                )
                for one in bottles
            ],
            "gallery": gallery,
            "related": related.all(),
            "languages": facts.languages[1:],
            "state": _state(found, now),
        }
    refusal = paper.error if paper else error
    return await show(request, pages, "product", context, error=refusal)


def _bottle(variant: Variant, on_hand: int | None, *, is_on_sale: bool, price: Money) -> Bottle:
    if variant.cost_minor is None:
        return Bottle(variant, price, is_on_sale, None, None, on_hand)
    margin = price - Money(variant.cost_minor, variant.currency)
    percent = round(100 * margin.minor / price.minor) if price.minor else None
    return Bottle(variant, price, is_on_sale, margin, percent, on_hand)


def _state(found: dict[str, Any], now: Any) -> str:  # noqa: ANN401 - a moment
    if found["deleted_at"] is not None:
        return "out"
    if found["published_at"] is None:
        return "draft"
    return "scheduled" if found["published_at"] > now else "live"
