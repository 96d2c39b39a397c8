"""Queries of carts. Whoever changes a cart holds the lock of its row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    LargeBinary,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import ColumnElement

from cloud.carts import code_rows, gift_rows
from cloud.carts.left_models import LeftCart
from cloud.carts.limits import MOST_LINES, MOST_OF_ONE
from cloud.carts.models import Cart, CartItem
from cloud.carts.owners import CartOwner
from cloud.catalogue.early_sql import EARLY
from cloud.catalogue.window_sql import PRICE, PUBLISHED, bound, in_currency
from cloud.foundation.conversion import Conversion
from cloud.foundation.money import Money
from cloud.inventory.repository import AVAILABLE_UNITS

# Composed once: to put such a statement together takes longer than to run it.
_OPEN_SQL = """
    INSERT INTO carts (user_id, token_digest, used_at) VALUES (:user_id, :token_digest, :now)
    ON CONFLICT (user_id, token_digest) DO UPDATE SET used_at = excluded.used_at
    RETURNING id
"""
_OPENER = (
    bindparam("user_id", type_=BigInteger()),
    bindparam("token_digest", type_=LargeBinary()),
    bindparam("now", type_=DateTime(timezone=True)),
)
_OPEN = text(_OPEN_SQL).bindparams(*_OPENER)
_OPEN_FOR_CHECKOUT = text(
    f"{_OPEN_SQL}, EXISTS (SELECT FROM cart_gifts WHERE cart_id = carts.id) AS has_gifts"
).bindparams(*_OPENER)


async def open_cart(session: AsyncSession, owner: CartOwner, now: datetime) -> int:
    """Return the id of an owner's cart, made if need be, locked until the transaction ends."""
    opened = await session.execute(_OPEN, _opener(owner, now))
    return int(opened.scalar_one())


async def open_cart_for_checkout(
    session: AsyncSession, owner: CartOwner, now: datetime
) -> tuple[int, bool]:
    """Do as `open_cart`, and tell in the same statement whether gift cards lie in the cart."""
    row = (await session.execute(_OPEN_FOR_CHECKOUT, _opener(owner, now))).one()
    return row.id, row.has_gifts


def _opener(owner: CartOwner, now: datetime) -> dict[str, object]:
    return {"user_id": owner.user_id, "token_digest": owner.token_digest, "now": now}


async def find_cart(session: AsyncSession, owner: CartOwner) -> int | None:
    """Return the id of an owner's cart, locked until the transaction ends; None for no cart."""
    found = await session.execute(select(Cart.id).where(_is_of(owner)).with_for_update())
    return found.scalar_one_or_none()


async def find_cart_id(session: AsyncSession, owner: CartOwner) -> int | None:
    """Return the id of an owner's cart without locking it; None for no cart."""
    found: int | None = await session.scalar(select(Cart.id).where(_is_of(owner)))
    return found


async def has_cart(session: AsyncSession, owner: CartOwner) -> bool:
    """Tell whether an owner has a cart."""
    return bool(await session.scalar(select(exists().where(_is_of(owner)))))


async def list_items(session: AsyncSession, owner: CartOwner) -> Sequence[CartItem]:
    """Return what lies in an owner's cart, first put in first."""
    rows = await session.scalars(
        select(CartItem)
        .join(Cart, Cart.id == CartItem.cart_id)
        .where(_is_of(owner))
        .order_by(CartItem.added_at, CartItem.id)
    )
    return rows.all()


async def read_quantities(session: AsyncSession, cart_id: int) -> dict[int, int]:
    """Return the bottles in a cart by variant id."""
    rows = await session.execute(
        select(CartItem.variant_id, CartItem.quantity).where(CartItem.cart_id == cart_id)
    )
    return {row.variant_id: row.quantity for row in rows}


# All that adding bottles must know and change, in one statement; whoever runs it holds the lock of
# the cart's row, so what it sees is what there is.
_PUT_MORE_SQL = f"""
    WITH offer AS (
        SELECT v.id, {PRICE} AS minor, v.currency, {AVAILABLE_UNITS} AS free
        FROM variants v JOIN products p ON p.id = v.product_id
        WHERE v.id = :variant_id AND v.is_active AND (({PUBLISHED}) OR {EARLY})
    ), held AS (
        SELECT count(*) AS lines,
            coalesce(max(quantity) FILTER (WHERE variant_id = :variant_id), 0) AS quantity
        FROM cart_items WHERE cart_id = :cart_id
    ), put AS (
        INSERT INTO cart_items AS item
            (cart_id, variant_id, quantity, seen_price_minor, seen_currency, added_at)
        SELECT :cart_id, offer.id, held.quantity + :more, offer.minor, offer.currency, :now
        FROM offer, held
        WHERE held.quantity + :more <= least({MOST_OF_ONE}, offer.free)
            AND (held.quantity > 0 OR held.lines < {MOST_LINES})
        ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = excluded.quantity,
            seen_price_minor = excluded.seen_price_minor, seen_currency = excluded.seen_currency
        RETURNING quantity
    )
    SELECT held.quantity AS held, held.lines, offer.free, put.quantity AS holds
    FROM held LEFT JOIN offer ON true LEFT JOIN put ON true
"""
_PLACES = (
    bindparam("variant_id", type_=BigInteger()),
    bindparam("cart_id", type_=BigInteger()),
    bindparam("more", type_=BigInteger()),
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("user_id", type_=BigInteger()),
)
_PUT_MORE = text(_PUT_MORE_SQL).bindparams(*_PLACES)
_PUT_MORE_CONVERTED = text(in_currency(_PUT_MORE_SQL)).bindparams(*_PLACES)


@dataclass(frozen=True, slots=True)
class Put:
    """What came of adding bottles.

    `holds` is how many of the variant the cart holds now; None when nothing changed. Then the
    reason is in the rest: `held` before, in how many `lines`, and `free` to buy; `free` None for
    what is not for sale.
    """

    held: int
    lines: int
    free: int | None
    holds: int | None


async def put_more(
    session: AsyncSession,
    cart_id: int,
    variant_id: int,
    more: int,
    now: datetime,
    conversion: Conversion | None = None,
    *,
    user_id: int | None,
) -> Put:
    """Add bottles of a variant to a cart at today's price, if it may hold them; or nothing.

    `conversion` gives the price that was seen in another currency than the shop's own. `user_id`
    is the member whose cart it is, for what they may buy before it is out.
    """
    values: dict[str, Any] = {
        "cart_id": cart_id,
        "variant_id": variant_id,
        "more": more,
        "now": now,
        "user_id": user_id,
    }
    statement = _PUT_MORE
    if conversion is not None:
        statement, values = _PUT_MORE_CONVERTED, values | bound(conversion)
    row = (await session.execute(statement, values)).one()
    return Put(row.held, row.lines, row.free, row.holds)


async def set_quantity(session: AsyncSession, cart_id: int, variant_id: int, quantity: int) -> None:
    """Change how many bottles of a variant a cart holds, and nothing else."""
    await session.execute(
        update(CartItem)
        .where(CartItem.cart_id == cart_id, CartItem.variant_id == variant_id)
        .values(quantity=quantity)
    )


async def take_out(session: AsyncSession, cart_id: int, variant_id: int) -> bool:
    """Take a variant out of a cart; return whether it was in it."""
    gone = await session.execute(
        delete(CartItem)
        .where(CartItem.cart_id == cart_id, CartItem.variant_id == variant_id)
        .returning(CartItem.id)
    )
    return gone.first() is not None


async def see_prices(session: AsyncSession, cart_id: int, prices: Mapping[int, Money]) -> None:
    """Note by variant id which prices a cart's owner has seen."""
    for variant_id, price in prices.items():
        await session.execute(
            update(CartItem)
            .where(CartItem.cart_id == cart_id, CartItem.variant_id == variant_id)
            .values(seen_price_minor=price.minor, seen_currency=price.currency)
        )


async def pour(session: AsyncSession, source_id: int, target_id: int) -> None:
    """Pour one cart into another, which must both be locked.

    Bottles of one variant add up, to the most a cart may hold; the price seen in the target
    stays, so that a change of price is still told.
    """
    columns = ["variant_id", "quantity", "seen_price_minor", "seen_currency", "added_at"]
    poured = select(
        literal(target_id, BigInteger()), *(getattr(CartItem, name) for name in columns)
    ).where(CartItem.cart_id == source_id)
    statement = insert(CartItem).from_select(["cart_id", *columns], poured)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["cart_id", "variant_id"],
            set_={
                "quantity": func.least(MOST_OF_ONE, CartItem.quantity + statement.excluded.quantity)
            },
        )
    )
    await code_rows.pour(session, source_id, target_id)
    await gift_rows.pour(session, source_id, target_id)
    await _follow_left(session, source_id, target_id)
    await delete_cart(session, source_id)


async def _follow_left(session: AsyncSession, source_id: int, target_id: int) -> None:
    """Let what is bought from the target count for the mail about the source."""
    await session.execute(
        update(LeftCart)
        .where(or_(LeftCart.cart_id == source_id, LeftCart.returned_cart_id == source_id))
        .values(returned_cart_id=target_id)
    )


async def empty_cart(session: AsyncSession, owner: CartOwner) -> None:
    """Take everything out of an owner's cart."""
    cart = select(Cart.id).where(_is_of(owner))
    await session.execute(delete(CartItem).where(CartItem.cart_id.in_(cart)))


async def delete_cart(session: AsyncSession, cart_id: int) -> None:
    """Forget a cart and what lies in it."""
    await session.execute(delete(Cart).where(Cart.id == cart_id))


async def delete_forgotten(session: AsyncSession, before: datetime) -> None:
    """Forget the carts of guests who last touched them before a moment."""
    await session.execute(delete(Cart).where(Cart.user_id.is_(None), Cart.used_at < before))


def _is_of(owner: CartOwner) -> ColumnElement[bool]:
    # Both columns, the empty one with IS NULL: so the unique index serves members and guests.
    return and_(
        _equals(Cart.user_id, owner.user_id), _equals(Cart.token_digest, owner.token_digest)
    )


def _equals(column: InstrumentedAttribute[Any], value: object) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value
