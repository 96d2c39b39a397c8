"""Queries of the codes that lie in carts. Whoever changes them holds the lock of the cart's row."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Row, Text, cast, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.carts.models import Cart, CartCode
from cloud.carts.owners import CartOwner
from cloud.discounts.models import Coupon, GiftCard


async def list_codes(
    session: AsyncSession, owner: CartOwner
) -> Sequence[Row[int, int | None, int | None, str]]:
    """Return id, coupon id, gift card id and what is shown of an owner's codes, oldest first."""
    shown = func.coalesce(cast(Coupon.code, Text), cast(GiftCard.ending, Text))
    rows = await session.execute(
        select(CartCode.id, CartCode.coupon_id, CartCode.gift_card_id, shown.label("shown"))
        .join(Cart, Cart.id == CartCode.cart_id)
        .outerjoin(Coupon, Coupon.id == CartCode.coupon_id)
        .outerjoin(GiftCard, GiftCard.id == CartCode.gift_card_id)
        .where(
            Cart.user_id.is_not_distinct_from(owner.user_id),
            Cart.token_digest.is_not_distinct_from(owner.token_digest),
        )
        .order_by(CartCode.id)
    )
    return rows.all()


async def add_code(
    session: AsyncSession, cart_id: int, coupon_id: int | None, gift_card_id: int | None
) -> None:
    """Put a code into a locked cart; one that lies there already changes nothing."""
    statement = insert(CartCode).values(
        cart_id=cart_id, coupon_id=coupon_id, gift_card_id=gift_card_id
    )
    await session.execute(
        statement.on_conflict_do_nothing(index_elements=["cart_id", "coupon_id", "gift_card_id"])
    )


async def count_codes(session: AsyncSession, cart_id: int) -> int:
    """Return how many codes lie in a cart."""
    found = await session.scalar(
        select(func.count()).select_from(CartCode).where(CartCode.cart_id == cart_id)
    )
    return found or 0


async def remove_code(session: AsyncSession, cart_id: int, code_id: int) -> None:
    """Take a code out of a cart."""
    await session.execute(
        delete(CartCode).where(CartCode.cart_id == cart_id, CartCode.id == code_id)
    )


async def remove_all(session: AsyncSession, cart_id: int) -> None:
    """Take every code out of a cart."""
    await session.execute(delete(CartCode).where(CartCode.cart_id == cart_id))


async def pour(session: AsyncSession, source_id: int, target_id: int) -> None:
    """Put the codes of one locked cart into another."""
    columns = ["cart_id", "coupon_id", "gift_card_id"]
    poured = select(
        literal(target_id, BigInteger()), CartCode.coupon_id, CartCode.gift_card_id
    ).where(CartCode.cart_id == source_id)
    statement = insert(CartCode).from_select(columns, poured)
    await session.execute(statement.on_conflict_do_nothing(index_elements=columns))
