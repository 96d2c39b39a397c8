"""Carts of members and guests."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from cloud.carts.cart_window import read_cart
from cloud.carts.errors import CartFull, NotForSale, NotInCart, TooManyOfOne
from cloud.carts.jobs import forget
from cloud.carts.limits import MOST_LINES
from cloud.carts.models import Cart, CartItem
from cloud.carts.owners import CartOwner
from cloud.carts.schemas import CartAnswer
from cloud.carts.service import (
    accept_prices,
    add,
    empty,
    lines,
    merge,
    set_quantity,
)
from cloud.catalogue.models import Product, Variant
from cloud.foundation.jobs import PeriodicRun
from cloud.inventory.errors import OutOfStock
from cloud.inventory.service import StockLine, reserve
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres

GUEST = CartOwner.guest("a guest's token")


@pytest.fixture
async def cedar(database):
    """The id of a variant with 200 bottles at 28.90 EUR."""
    async with database.unit_of_work() as session:
        return (await put_on_shelf(session, bottles=200)).id


@pytest.fixture
async def tea(database):
    """The id of a variant with 5 bottles at 10.00 EUR."""
    async with database.unit_of_work() as session:
        return (await put_on_shelf(session, "WHTTEA-50", bottles=5, price_minor=1000)).id


@pytest.fixture
async def user_id(database):
    async with database.unit_of_work() as session:
        return await session.scalar(
            text(
                "INSERT INTO users (email, name, role) VALUES ('a@example.org', 'A', 'CUSTOMER')"
                " RETURNING id"
            )
        )


async def _held(session, owner, now):
    return {line.variant_id: line.quantity for line in await lines(session, owner, now)}


def test_a_cart_has_exactly_one_owner():
    with pytest.raises(ValueError, match="one owner"):
        CartOwner(None, None)
    with pytest.raises(ValueError, match="one owner"):
        CartOwner(1, b"x" * 32)


async def test_bottles_of_one_variant_add_up_in_one_line(database, clock, cedar, tea):
    async with database.unit_of_work() as session:
        await add(session, GUEST, cedar, 1, clock.now())
        await add(session, GUEST, tea, 2, clock.now())
        assert await add(session, GUEST, cedar, 3, clock.now()) == 4

        found = await lines(session, GUEST, clock.now())

    assert [(line.variant_id, line.quantity) for line in found] == [(cedar, 4), (tea, 2)]
    assert [line.total.minor for line in found] == [11560, 2000]
    assert all(line.can_be_bought for line in found)


async def test_putting_in_sets_nothing_aside(database, clock, tea):
    async with database.unit_of_work() as session:
        await add(session, GUEST, tea, 5, clock.now())
        await add(session, CartOwner.guest("another"), tea, 5, clock.now())


async def test_more_than_there_is_cannot_be_put_in(database, clock, tea):
    async with database.unit_of_work() as session:
        await add(session, GUEST, tea, 3, clock.now())

        with pytest.raises(OutOfStock) as caught:
            await add(session, GUEST, tea, 3, clock.now())

        assert (caught.value.shortages[0].asked, caught.value.shortages[0].available) == (6, 5)
        assert await _held(session, GUEST, clock.now()) == {tea: 3}


async def test_a_cart_holds_ninety_nine_of_one_kind_and_no_more(database, clock, cedar):
    async with database.unit_of_work() as session:
        await add(session, GUEST, cedar, 99, clock.now())

        with pytest.raises(TooManyOfOne) as caught:
            await add(session, GUEST, cedar, 1, clock.now())

    assert caught.value.field == "quantity"


async def test_a_cart_holds_fifty_kinds_and_no_more(database, clock):
    async with database.unit_of_work() as session:
        ids = [(await put_on_shelf(session, f"SCENT-{at}")).id for at in range(MOST_LINES + 1)]
        for one in ids[:MOST_LINES]:
            await add(session, GUEST, one, 1, clock.now())

        with pytest.raises(CartFull):
            await add(session, GUEST, ids[-1], 1, clock.now())
        await add(session, GUEST, ids[0], 1, clock.now())


@pytest.mark.parametrize(
    "withdraw",
    [
        update(Variant).values(is_active=False),
        update(Product).values(published_at=None),
        update(Product).values(deleted_at=func.now()),
    ],
)
async def test_what_is_not_on_sale_cannot_be_put_in(database, clock, cedar, withdraw):
    async with database.unit_of_work() as session:
        await session.execute(withdraw)

        with pytest.raises(NotForSale):
            await add(session, GUEST, cedar, 1, clock.now())


async def test_a_variant_that_does_not_exist_cannot_be_put_in(database, clock):
    async with database.unit_of_work() as session:
        with pytest.raises(NotForSale):
            await add(session, GUEST, 404, 1, clock.now())


async def test_quantities_are_changed_and_lines_taken_out(database, clock, cedar, tea):
    async with database.unit_of_work() as session:
        await add(session, GUEST, cedar, 1, clock.now())
        await add(session, GUEST, tea, 1, clock.now())

        await set_quantity(session, GUEST, cedar, 7, clock.now())
        await set_quantity(session, GUEST, tea, 0, clock.now())

        assert await _held(session, GUEST, clock.now()) == {cedar: 7}
        with pytest.raises(NotInCart):
            await set_quantity(session, GUEST, tea, 1, clock.now())


async def test_a_line_of_what_ran_short_can_be_lowered_but_not_raised(database, clock, tea):
    async with database.unit_of_work() as session:
        await add(session, GUEST, tea, 5, clock.now())
        lines_of_another = [StockLine(tea, 4)]
        await reserve(session, "order:1", lines_of_another, timedelta(minutes=15), clock.now())

        (line,) = await lines(session, GUEST, clock.now())
        assert (line.available, line.can_be_bought) == (1, False)
        await set_quantity(session, GUEST, tea, 4, clock.now())
        with pytest.raises(OutOfStock):
            await set_quantity(session, GUEST, tea, 5, clock.now())


async def test_what_was_taken_out_of_sale_stays_visible_in_the_cart(database, clock, cedar):
    async with database.unit_of_work() as session:
        await add(session, GUEST, cedar, 1, clock.now())
        await session.execute(update(Variant).values(is_active=False))
    async with database.unit_of_work() as session:
        (line,) = await lines(session, GUEST, clock.now())

    assert not line.offer.is_sellable
    assert not line.can_be_bought


async def test_a_new_price_is_told_until_it_is_accepted(database, clock, cedar):
    async with database.unit_of_work() as session:
        await add(session, GUEST, cedar, 1, clock.now())
        await session.execute(update(Variant).values(price_minor=3190))
    async with database.unit_of_work() as session:
        (told,) = await lines(session, GUEST, clock.now())
        await accept_prices(session, GUEST, clock.now())
    async with database.unit_of_work() as session:
        (accepted,) = await lines(session, GUEST, clock.now())

    assert (told.has_new_price, told.seen_price.minor, told.offer.price.minor) == (True, 2890, 3190)
    assert not accepted.has_new_price


async def test_lowering_a_quantity_does_not_hide_a_new_price(database, clock, cedar):
    async with database.unit_of_work() as session:
        await add(session, GUEST, cedar, 2, clock.now())
        await session.execute(update(Variant).values(price_minor=3190))
    async with database.unit_of_work() as session:
        await set_quantity(session, GUEST, cedar, 1, clock.now())

        (line,) = await lines(session, GUEST, clock.now())

    assert line.has_new_price


async def test_an_emptied_cart_is_empty(database, clock, cedar):
    async with database.unit_of_work() as session:
        await add(session, GUEST, cedar, 1, clock.now())

        await empty(session, GUEST)
        await empty(session, GUEST)

        assert await lines(session, GUEST, clock.now()) == []


@pytest.mark.parametrize(
    ("guest_has", "member_has", "together"),
    [
        ({}, {}, {}),
        ({"cedar": 2}, {}, {"cedar": 2}),
        ({}, {"tea": 1}, {"tea": 1}),
        ({"cedar": 2, "tea": 1}, {"cedar": 3}, {"cedar": 5, "tea": 1}),
        ({"cedar": 60}, {"cedar": 60}, {"cedar": 99}),
    ],
)
async def test_at_sign_in_a_guests_cart_is_poured_into_the_members(
    database, clock, cedar, tea, user_id, guest_has, member_has, together
):
    ids = {"cedar": cedar, "tea": tea}
    member = CartOwner.member(user_id)
    async with database.unit_of_work() as session:
        for owner, has in ((GUEST, guest_has), (member, member_has)):
            for name, quantity in has.items():
                await add(session, owner, ids[name], quantity, clock.now())

        await merge(session, "a guest's token", user_id, clock.now())
        await merge(session, "a guest's token", user_id, clock.now())

        assert await _held(session, member, clock.now()) == {
            ids[name]: quantity for name, quantity in together.items()
        }
        assert await lines(session, GUEST, clock.now()) == []


async def test_two_devices_signing_in_at_once_lose_nothing(database, clock, cedar, user_id):
    tokens = [f"device {number}" for number in range(6)]
    for token in tokens:
        async with database.unit_of_work() as session:
            await add(session, CartOwner.guest(token), cedar, 1, clock.now())

    async def sign_in(token):
        async with database.unit_of_work() as session:
            await merge(session, token, user_id, clock.now())

    await asyncio.gather(*(sign_in(token) for token in tokens * 2))

    async with database.unit_of_work() as session:
        assert await _held(session, CartOwner.member(user_id), clock.now()) == {cedar: 6}


async def test_twenty_clicks_at_once_put_in_twenty_bottles(database, clock, cedar):
    async def click():
        async with database.unit_of_work() as session:
            await add(session, GUEST, cedar, 1, clock.now())

    await asyncio.gather(*(click() for _ in range(20)))

    async with database.unit_of_work() as session:
        assert await _held(session, GUEST, clock.now()) == {cedar: 20}


async def test_only_guests_carts_that_were_long_unused_are_forgotten(
    database, clock, cedar, user_id
):
    long_ago = clock.now() - timedelta(days=30, seconds=1)
    async with database.unit_of_work() as session:
        for owner, moment in (
            (CartOwner.guest("old"), long_ago),
            (CartOwner.guest("new"), clock.now()),
            (CartOwner.member(user_id), long_ago),
        ):
            await add(session, owner, cedar, 1, moment)

        await forget(session, PeriodicRun(now=clock.now(), since=None))

        kept = (await session.scalars(select(Cart.user_id).order_by(Cart.id))).all()
        assert kept == [None, user_id]


async def test_the_json_of_a_cart_has_exactly_the_shape_that_is_promised(
    database, clock, cedar, tea
):
    async with database.unit_of_work() as session:
        await add(session, GUEST, cedar, 2, clock.now())
        await add(session, GUEST, tea, 1, clock.now())
        await session.execute(update(Variant).where(Variant.id == tea).values(price_minor=1200))
    async with database.reading() as connection:
        cart = CartAnswer.model_validate_json(await read_cart(connection, GUEST, clock.now()))

    assert [line.sku for line in cart.lines] == ["CEDBER-50", "WHTTEA-50"]
    assert (cart.bottles, cart.subtotal.minor, cart.subtotal.currency) == (3, 5780 + 1200, "EUR")
    assert [line.has_new_price for line in cart.lines] == [False, True]
    assert (cart.lines[0].available, cart.lines[1].available) == (99, 5)
    assert cart.has_new_prices
    assert cart.can_be_bought


@pytest.mark.parametrize("owner", [None, CartOwner.guest("unknown"), CartOwner.member(404)])
async def test_the_json_of_no_cart_is_that_of_an_empty_one(database, clock, owner):
    async with database.reading() as connection:
        cart = CartAnswer.model_validate_json(await read_cart(connection, owner, clock.now()))

    assert (cart.lines, cart.bottles, cart.subtotal, cart.can_be_bought) == ([], 0, None, False)


async def test_the_json_says_the_same_as_the_service(database, clock, cedar, tea):
    async with database.unit_of_work() as session:
        await add(session, GUEST, cedar, 2, clock.now())
        await add(session, GUEST, tea, 5, clock.now())
        await session.execute(
            update(Variant)
            .where(Variant.id == cedar)
            .values(sale_price_minor=1990, sale_ends_at=clock.now() + timedelta(hours=1))
        )
        await reserve(session, "order:1", [StockLine(tea, 2)], timedelta(minutes=15), clock.now())
    for moment in (clock.now(), clock.now() + timedelta(hours=1)):
        async with database.unit_of_work() as session:
            said = await lines(session, GUEST, moment)
            shown = CartAnswer.model_validate_json(await read_cart(session, GUEST, moment))

        assert [
            (line.offer.price.minor, line.has_new_price, min(line.available, 99)) for line in said
        ] == [(line.price.minor, line.has_new_price, line.available) for line in shown.lines]
        assert [line.can_be_bought for line in said] == [line.can_be_bought for line in shown.lines]


BAD_CARTS = {
    "nobody's": ("INSERT INTO carts (used_at) VALUES (now())", "ck_carts_one_owner"),
    "two owners'": (
        "INSERT INTO carts (user_id, token_digest, used_at) SELECT 1, sha256('x'), now()",
        "ck_carts_one_owner",
    ),
    "short token": (
        "INSERT INTO carts (token_digest, used_at) VALUES ('x', now())",
        "ck_carts_token_digest",
    ),
    "second of a guest": (
        "INSERT INTO carts (token_digest, used_at) SELECT token_digest, now() FROM carts",
        "uq_carts_user_id_token_digest",
    ),
    "second of a member": (
        "INSERT INTO carts (user_id, used_at) SELECT id, now() FROM users, generate_series(1, 2)",
        "uq_carts_user_id_token_digest",
    ),
    "of no user": ("INSERT INTO carts (user_id, used_at) VALUES (404, now())", "fk_carts_user_id"),
    "none of a kind": ("UPDATE cart_items SET quantity = 0", "ck_cart_items_quantity"),
    "minus three": ("UPDATE cart_items SET quantity = -3", "ck_cart_items_quantity"),
    "a hundred": ("UPDATE cart_items SET quantity = 100", "ck_cart_items_quantity"),
    "negative price": ("UPDATE cart_items SET seen_price_minor = -1", "ck_cart_items_seen_price"),
    "no currency": ("UPDATE cart_items SET seen_currency = '1'", "ck_cart_items_seen_currency"),
    "no variant": ("UPDATE cart_items SET variant_id = NULL", "not-null"),
    "second line of a variant": (
        """INSERT INTO cart_items
            (cart_id, variant_id, quantity, seen_price_minor, seen_currency, added_at)
            SELECT cart_id, variant_id, 1, 1, 'EUR', now() FROM cart_items""",
        "uq_cart_items_cart_id_variant_id",
    ),
    "variant deleted": ("DELETE FROM variants", "fk_"),
}


@pytest.mark.parametrize("name", BAD_CARTS)
async def test_impossible_carts_are_refused_whoever_writes_them(
    database, clock, cedar, user_id, name
):
    statement, constraint = BAD_CARTS[name]
    async with database.unit_of_work() as session:
        await add(session, GUEST, cedar, 1, clock.now())

    with pytest.raises(IntegrityError, match=constraint):
        async with database.unit_of_work() as session:
            await session.execute(text(statement))


async def test_a_deleted_account_takes_its_cart_along(database, clock, cedar, user_id):
    async with database.unit_of_work() as session:
        await add(session, CartOwner.member(user_id), cedar, 1, clock.now())

        await session.execute(text("DELETE FROM users"))

        assert await session.scalar(select(func.count()).select_from(CartItem)) == 0
