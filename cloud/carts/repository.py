"""Queries of carts. Whoever changes a cart holds the lock of its row."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, and_, delete, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import ColumnElement

from cloud.carts.limits import MOST_OF_ONE
from cloud.carts.models import Cart, CartItem
from cloud.carts.owners import CartOwner
from cloud.foundation.money import Money


async def open_cart(session: AsyncSession, owner: CartOwner, now: datetime) -> int:
    """Return the id of an owner's cart, made if need be, locked until the transaction ends."""
    statement = insert(Cart).values(
        user_id=owner.user_id, token_digest=owner.token_digest, used_at=now
    )
    opened = await session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "token_digest"],
            set_={"used_at": statement.excluded.used_at},
        ).returning(Cart.id)
    )
    return opened.scalar_one()


async def find_cart(session: AsyncSession, owner: CartOwner) -> int | None:
    """Return the id of an owner's cart, locked until the transaction ends; None for no cart."""
    found = await session.execute(select(Cart.id).where(_is_of(owner)).with_for_update())
    return found.scalar_one_or_none()


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


async def put(
    session: AsyncSession,
    cart_id: int,
    variant_id: int,
    quantity: int,
    seen: Money,
    now: datetime,
) -> None:
    """Make a cart hold so many bottles of a variant, at a price that its owner has seen."""
    statement = insert(CartItem).values(
        cart_id=cart_id,
        variant_id=variant_id,
        quantity=quantity,
        seen_price_minor=seen.minor,
        seen_currency=seen.currency,
        added_at=now,
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["cart_id", "variant_id"],
            set_={
                "quantity": statement.excluded.quantity,
                "seen_price_minor": statement.excluded.seen_price_minor,
                "seen_currency": statement.excluded.seen_currency,
            },
        )
    )


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
    await delete_cart(session, source_id)


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
