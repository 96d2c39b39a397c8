"""Stock as staff see it: every bottle with what is there, and the fields of their acts."""

from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, DateTime, Select, func, literal, select

from cloud.admin.forms import Field, Kind
from cloud.admin.listing import Choice, Column, Listing
from cloud.catalogue.models import Product, Variant
from cloud.foundation.words import N_
from cloud.inventory.models import USUAL_LIMIT, StockLevel, VariantPart

_ON_HAND = (
    select(func.coalesce(func.sum(StockLevel.on_hand), 0))
    .where(StockLevel.variant_id == Variant.id)
    .correlate(Variant)
    .scalar_subquery()
)
_LIMIT = (
    select(func.coalesce(func.max(StockLevel.low_stock_at), USUAL_LIMIT))
    .where(StockLevel.variant_id == Variant.id)
    .correlate(Variant)
    .scalar_subquery()
)


def _free(now: datetime) -> ColumnElement[int]:
    moment = literal(now, DateTime(timezone=True))
    return func.stock_free(Variant.id, moment, type_=BigInteger())


def running_short(now: datetime) -> Select[int]:
    """Return the variants of which no more can be sold than they warn at."""
    return select(Variant.id).where(_free(now) <= _LIMIT)


_FREE_NOW = func.stock_free(Variant.id, func.now(), type_=BigInteger())

STOCK = Listing(
    "stock",
    select(
        Variant.id,
        (Product.name + " " + Variant.name).label("name"),
        Variant.sku,
        _ON_HAND.label("on_hand"),
        _FREE_NOW.label("free"),
        _LIMIT.label("low_stock_at"),
    ).join(Product, Product.id == Variant.product_id),
    Variant.id,
    (
        Column("name", N_("Bottle"), Product.name + " " + Variant.name, link="/admin/stock/{id}"),
        Column("sku", N_("SKU"), Variant.sku),
        Column("on_hand", N_("On the shelf"), _ON_HAND, is_number=True),
        Column("free", N_("Can be sold"), _FREE_NOW, is_number=True),
        Column("low_stock_at", N_("Warn at"), _LIMIT, is_number=True),
    ),
    order="name",
    searched=(Product.name, Variant.name, Variant.sku),
    choices=(
        Choice(
            "state",
            N_("State"),
            {
                "low": (N_("Running short"), lambda now: _free(now) <= _LIMIT),
                "out": (N_("Sold out"), lambda now: _free(now) == 0),
            },
        ),
    ),
)

LIMIT_FIELDS = (Field("low_stock_at", N_("Bottles"), Kind.NUMBER, attributes={"min": "0"}),)


def count_listing(place_id: int) -> Listing:
    """Return the bottles with what should be in a place; sets have none of their own."""
    here = func.coalesce(
        select(StockLevel.on_hand)
        .where(StockLevel.variant_id == Variant.id, StockLevel.location_id == place_id)
        .correlate(Variant)
        .scalar_subquery(),
        0,
    )
    name = Product.name + " " + Variant.name
    parts = select(VariantPart.set_id).where(VariantPart.set_id == Variant.id)
    return Listing(
        "count",
        select(
            Variant.id,
            name.label("name"),
            Variant.sku,
            here.label("on_hand"),
            literal("").label("counted"),
        )
        .join(Product, Product.id == Variant.product_id)
        .where(~parts.exists()),
        Variant.id,
        (
            Column("name", N_("Bottle"), name),
            Column("sku", N_("SKU"), Variant.sku),
            Column("on_hand", N_("Should be there"), here, is_number=True),
            Column("counted", N_("Found"), is_number=True),
        ),
        order="name",
        searched=(Product.name, Variant.name, Variant.sku),
        choices=(
            Choice(
                "there",
                N_("Which"),
                {"some": (N_("What should be there"), lambda _now: here > 0)},
            ),
        ),
    )


PLACE_FIELDS = (
    Field("code", N_("Code"), hint=N_("Small letters, digits and hyphens.")),
    Field("name", N_("Name")),
    Field(
        "priority",
        N_("Order of asking"),
        Kind.NUMBER,
        hint=N_("Orders are sent from the place with the lowest number that has everything."),
        attributes={"min": "0"},
    ),
    Field("is_active", N_("Sells"), Kind.FLAG),
)
