"""Products as a list for staff's programs: drafts, scheduled, live and those out of sale."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from cloud.catalogue.editing.words import Shape
from cloud.catalogue.models import Product, Variant


class ProductStatus(StrEnum):
    """What customers see of a product now."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    LIVE = "live"
    OUT = "out"


class ProductRow(Shape):
    """A product in the list."""

    id: int
    slug: str
    name: str
    status: ProductStatus
    published_at: datetime | None
    version: int


def has_status(status: ProductStatus, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a product has a status at a moment."""
    there = Product.deleted_at.is_(None)
    conditions: Mapping[ProductStatus, ColumnElement[bool]] = {
        ProductStatus.DRAFT: and_(there, Product.published_at.is_(None)),
        ProductStatus.SCHEDULED: and_(there, Product.published_at > now),
        ProductStatus.LIVE: and_(there, Product.published_at <= now),
        ProductStatus.OUT: Product.deleted_at.is_not(None),
    }
    return conditions[status]


def status_at(now: datetime) -> ColumnElement[str]:
    """Return the expression of a product's status at a moment."""
    return case(
        *((has_status(status, now), literal(status.value)) for status in ProductStatus),
        else_=literal(ProductStatus.OUT.value),
    )


def matches(words: str) -> ColumnElement[bool]:
    """Return the condition that name, slug or a SKU has words in it, or a barcode is them."""
    has: tuple[InstrumentedAttribute[str], ...] = (Product.name, Product.slug)
    bottle = select(Variant.id).where(
        Variant.product_id == Product.id,
        or_(Variant.sku.icontains(words, autoescape=True), Variant.barcode == words),
    )
    return or_(*(text.icontains(words, autoescape=True) for text in has), bottle.exists())


async def list_products(
    session: AsyncSession,
    now: datetime,
    *,
    words: str,
    status: ProductStatus | None,
    after: int,
    limit: int,
) -> list[ProductRow]:
    """Return products of which the id is above `after`, by id."""
    wanted = select(
        Product.id,
        Product.slug,
        Product.name,
        status_at(now).label("status"),
        Product.published_at,
        Product.version,
    ).where(Product.id > after)
    if words:
        wanted = wanted.where(matches(words))
    if status is not None:
        wanted = wanted.where(has_status(status, now))
    found = await session.execute(wanted.order_by(Product.id).limit(limit))
    return [ProductRow.model_validate(row) for row in found]
