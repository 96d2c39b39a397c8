"""One box for everything that staff look for; each finder asks for its own permit.

Whoever adds a thing worth finding adds a `Finder` to the list.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import ColumnElement, Row, Select, Text, cast, func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud.accounts.models import User
from cloud.admin.listing import Expression
from cloud.catalogue.models import Product, Variant
from cloud.discounts.models import Coupon, GiftCard, Promotion
from cloud.drafts.models import Draft
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.permits import Permit
from cloud.foundation.searching import holding
from cloud.foundation.words import N_
from cloud.hubs.models import Household, Hub
from cloud.inventory.purchase_models import PurchaseOrder, Supplier
from cloud.orders.models import Order
from cloud.returns.models import Return

_EACH = 6
_ENDING = 4
_EMPTY = literal("")


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds one kind of thing.

    `find` takes the words in small letters and selects `key` (what the address ends in), `title`
    and `detail`, all text. `address` has {key}; `more` (with {words}) lists all, "" for none.
    """

    title: str
    permit: Permit
    address: str
    find: Callable[[str], Select[str, str, str]]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found."""

    address: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind, the newest first; `more` leads to all of it, "" when shown."""

    title: str
    hits: Sequence[Hit]
    more: str


def _row(key: Expression, title: Expression, detail: Expression = _EMPTY) -> Select[str, str, str]:
    return select(
        cast(key, Text).label("key"),
        cast(title, Text).label("title"),
        cast(detail, Text).label("detail"),
    )


def _holds(column: Expression, words: str) -> ColumnElement[bool]:
    return func.lower(cast(column, Text)).contains(words, autoescape=True)


def _orders(words: str) -> Select[str, str, str]:
    return (
        _row(Order.number, Order.number, cast(Order.email, Text))
        .where(holding(Order.search_text, words))
        .order_by(Order.id.desc())
    )


def _drafts(words: str) -> Select[str, str, str]:
    recipient = Draft.address["recipient"].astext
    held = (_holds(column, words) for column in (Draft.number, Draft.email, recipient))
    return _row(Draft.number, Draft.number, Draft.email).where(or_(*held)).order_by(Draft.id.desc())


def _customers(words: str) -> Select[str, str, str]:
    return (
        _row(User.id, func.coalesce(func.nullif(User.name, ""), cast(User.email, Text)), User.email)
        .where(User.erased_at.is_(None), holding(User.search_text, words))
        .order_by(User.id.desc())
    )


def _products(words: str) -> Select[str, str, str]:
    by_code = select(Variant.product_id).where(
        or_(Variant.sku.startswith(words.upper(), autoescape=True), Variant.barcode == words)
    )
    return (
        _row(Product.id, Product.name, Product.slug)
        .where(or_(_holds(Product.name, words), Product.id.in_(by_code)))
        .order_by(Product.id.desc())
    )


def _coupons(words: str) -> Select[str, str, str]:
    return (
        _row(Coupon.promotion_id, Coupon.code, Promotion.name)
        .join(Promotion, Promotion.id == Coupon.promotion_id)
        .where(Coupon.code == words)
    )


def _cards(words: str) -> Select[str, str, str]:
    is_ending = GiftCard.ending == words.upper() if len(words) == _ENDING else literal(value=False)
    return (
        _row(GiftCard.id, GiftCard.ending, GiftCard.recipient_email)
        .where(or_(is_ending, GiftCard.recipient_email == words))
        .order_by(GiftCard.id.desc())
    )


def _hubs(words: str) -> Select[str, str, str]:
    wanted = or_(_holds(Hub.name, words), _holds(Household.name, words))
    if words.isascii() and words.isdigit() and len(words) < 19:
        wanted = or_(wanted, Hub.id == int(words))
    return (
        _row(Hub.id, Hub.name, Household.name)
        .join(Household, Household.id == Hub.household_id)
        .where(wanted)
        .order_by(Hub.id.desc())
    )


FINDERS: tuple[Finder, ...] = (
    Finder(
        N_("Orders"),
        permits.ORDERS_VIEW,
        "/admin/orders/{key}",
        _orders,
        "/admin/orders?queue=all&q={words}",
    ),
    Finder(
        N_("Drafts"),
        permits.ORDERS_VIEW,
        "/admin/drafts/{key}",
        _drafts,
        "/admin/drafts?q={words}",
    ),
    Finder(
        N_("Customers"),
        permits.CUSTOMERS_VIEW,
        "/admin/customers/{key}",
        _customers,
        "/admin/customers?q={words}",
    ),
    Finder(
        N_("Products"),
        permits.PRODUCTS_VIEW,
        "/admin/products/{key}",
        _products,
        "/admin/products?q={words}",
    ),
    Finder(
        N_("Returns"),
        permits.RETURNS_VIEW,
        "/admin/returns/{key}",
        lambda words: _row(Return.number, Return.number).where(Return.number == words.upper()),
    ),
    Finder(N_("Coupons"), permits.PROMOTIONS_VIEW, "/admin/promotions/{key}/coupons", _coupons),
    Finder(N_("Gift cards"), permits.GIFT_CARDS_VIEW, "/admin/gift-cards/{key}", _cards),
    Finder(N_("Hubs"), permits.HOMES_VIEW, "/admin/hubs/{key}", _hubs, "/admin/hubs?q={words}"),
    Finder(
        N_("Purchase orders"),
        permits.PURCHASES_VIEW,
        "/admin/purchase-orders/{key}",
        lambda words: _row(PurchaseOrder.id, PurchaseOrder.number).where(
            PurchaseOrder.number == words.upper()
        ),
    ),
    Finder(
        N_("Suppliers"),
        permits.SUPPLIERS_VIEW,
        "/admin/suppliers/{key}",
        lambda words: _row(Supplier.id, Supplier.name).where(_holds(Supplier.name, words)),
    ),
)


def _numbered(place: int, finder: Finder, words: str) -> Select[int, int, str, str, str]:
    """Return what one finder asks, as a part of the one statement that asks for all."""
    few = finder.find(words).limit(_EACH).subquery()
    return select(
        literal(place).label("finder"),
        func.row_number().over().label("place"),
        few.c.key,
        few.c.title,
        few.c.detail,
    )


async def search(connection: AsyncConnection, staff: SignedIn, typed: str) -> list[Found]:
    """Return what somebody may see and what holds the words, by kind; nothing for no words."""
    words = " ".join(typed.replace("\0", "").lower().split())
    if not words:
        return []
    asked = [finder for finder in FINDERS if staff.may(finder.permit)]
    if not asked:
        return []
    answer = await connection.execute(
        union_all(*(_numbered(place, finder, words) for place, finder in enumerate(asked)))
    )
    by_finder: dict[int, list[Row[int, int, str, str, str]]] = defaultdict(list)
    for row in sorted(answer, key=lambda row: (row.finder, row.place)):
        by_finder[row.finder].append(row)
    found = []
    for place, finder in enumerate(asked):
        rows = by_finder[place]
        hits = [
            Hit(finder.address.format(key=quote(row.key)), row.title, row.detail)
            for row in rows[: _EACH - 1]
        ]
        more = finder.more.format(words=quote(words)) if len(rows) == _EACH else ""
        if hits:
            found.append(Found(finder.title, hits, more))
    return found
