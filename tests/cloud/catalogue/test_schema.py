"""What the catalogue's tables refuse, whoever writes them."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm.exc import StaleDataError

from cloud.catalogue.errors import CategoryCircle, CategoryNotFound
from cloud.catalogue.models import Category, Product, Variant
from cloud.catalogue.service import make_default, move_category, take_out_of_sale
from tests.fakes.database import eventually_in
from tests.fakes.shelf import LONG_AGO, a_product, a_variant, put_on_shelf

pytestmark = pytest.mark.needs_postgres


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"slug": "Not A Slug"}, "ck_products_slug"),
        ({"name": ""}, "ck_products_name"),
        ({"intensity": 6}, "ck_products_intensity"),
        ({"colour_accent": "red"}, "ck_products_colours"),
    ],
)
async def test_a_product_with_an_impossible_fact_is_refused(database, facts, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        async with database.unit_of_work() as session:
            session.add(a_product(**facts))


async def test_a_family_nobody_knows_is_refused(database):
    with pytest.raises(StatementError, match="LookupError"):
        async with database.unit_of_work() as session:
            session.add(a_product(family="meaty"))


async def test_two_products_of_one_slug_are_refused(database):
    with pytest.raises(IntegrityError, match="uq_products_slug"):
        async with database.unit_of_work() as session:
            session.add_all([a_product(), a_product()])


async def test_every_slug_has_one_index_and_not_two(database):
    async with database.reading() as connection:
        rows = await connection.execute(
            text(
                "SELECT tablename, count(*) AS indexes FROM pg_indexes"
                " WHERE indexdef LIKE '%(slug)%' GROUP BY tablename"
            )
        )

    assert {row.tablename: row.indexes for row in rows} == {
        "products": 1,
        "categories": 1,
        "collections": 1,
        "tags": 1,
    }


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"price_minor": -5}, "ck_variants_price"),
        ({"sale_price_minor": -1}, "ck_variants_sale_price"),
        ({"sale_price_minor": 2890}, "ck_variants_sale_price"),
        (
            {"sale_starts_at": LONG_AGO, "sale_ends_at": LONG_AGO - timedelta(days=1)},
            "ck_variants_sale_window",
        ),
        ({"cost_minor": -1}, "ck_variants_cost"),
        ({"currency": "eur"}, "ck_variants_currency"),
        ({"capacity_ul": 0}, "ck_variants_capacity"),
        ({"weight_g": 0}, "ck_variants_weight"),
        ({"sku": "lower-case"}, "ck_variants_sku"),
    ],
)
async def test_a_variant_with_an_impossible_fact_is_refused(database, facts, constraint):
    async with database.unit_of_work() as session:
        product = a_product()
        session.add(product)

    with pytest.raises(IntegrityError, match=constraint):
        async with database.unit_of_work() as session:
            session.add(a_variant(product, **facts))


async def test_two_default_variants_of_one_product_are_refused(database):
    async with database.unit_of_work() as session:
        product = a_product()
        session.add(product)
    big = a_variant(product, "CEDBER-50")
    small = a_variant(product, "CEDBER-30", capacity_ul=30_000)

    with pytest.raises(IntegrityError, match="uq_variants_default"):
        async with database.unit_of_work() as session:
            session.add_all([big, small])


async def test_a_variant_without_a_product_is_refused(database):
    with pytest.raises(IntegrityError, match="fk_variants_product_id_products"):
        async with database.unit_of_work() as session:
            session.add(a_variant(Product(id=404)))


async def test_choosing_another_default_leaves_exactly_one(database):
    async with database.unit_of_work() as session:
        first = await put_on_shelf(session)
        product = await session.get_one(Product, first.product_id)
        small = a_variant(product, "CEDBER-30", capacity_ul=30_000, is_default=False)
        session.add(small)

        await make_default(session, small)

    async with database.unit_of_work() as session:
        defaults = await session.scalars(select(Variant.sku).where(Variant.is_default))
        assert defaults.all() == ["CEDBER-30"]


async def test_a_product_with_variants_cannot_be_deleted_only_taken_out_of_sale(database, clock):
    async with database.unit_of_work() as session:
        await put_on_shelf(session)

    with pytest.raises(IntegrityError, match="fk_variants_product_id_products"):
        async with database.unit_of_work() as session:
            await session.execute(delete(Product))
    async with database.unit_of_work() as session:
        product = (await session.scalars(select(Product))).one()
        await take_out_of_sale(session, product, clock.now())

    assert not product.is_published(clock.now())


async def test_an_edit_of_an_outdated_copy_is_refused(database):
    async with database.unit_of_work() as session:
        product = a_product()
        session.add(product)

    async with database.unit_of_work() as session:
        copy = (await session.scalars(select(Product))).one()
        async with database.unit_of_work() as other:
            (await other.scalars(select(Product))).one().tagline = "First."
        copy.tagline = "Second."

        with pytest.raises(StaleDataError):
            await session.flush()
        await session.rollback()


async def _branch(session, *slugs):
    categories = []
    for slug in slugs:
        parent = categories[-1].id if categories else None
        category = Category(slug=slug, name=slug, description="", parent_id=parent, position=0)
        session.add(category)
        await session.flush()
        categories.append(category)
    return [category.id for category in categories]


async def test_a_category_cannot_be_its_own_parent(database):
    async with database.unit_of_work() as session:
        await _branch(session, "root")

    with pytest.raises(IntegrityError, match="its own ancestor"):
        async with database.unit_of_work() as session:
            await session.execute(text("UPDATE categories SET parent_id = id"))


async def test_a_category_cannot_be_moved_under_its_own_grandchild(database):
    async with database.unit_of_work() as session:
        root, _branch_id, leaf = await _branch(session, "root", "branch", "leaf")

    with pytest.raises(CategoryCircle) as caught:
        async with database.unit_of_work() as session:
            await move_category(session, root, leaf)
    assert caught.value.field == "parent_id"


async def test_a_refused_move_leaves_the_unit_of_work_usable(database):
    async with database.unit_of_work() as session:
        root, branch, leaf = await _branch(session, "root", "branch", "leaf")
        with pytest.raises(CategoryCircle):
            await move_category(session, root, leaf)

        await move_category(session, leaf, root)

    async with database.unit_of_work() as session:
        assert (await session.get_one(Category, leaf)).parent_id == root
        assert (await session.get_one(Category, branch)).parent_id == root


async def test_moving_a_category_that_does_not_exist_is_said_in_words(database):
    with pytest.raises(CategoryNotFound):
        async with database.unit_of_work() as session:
            await move_category(session, 404, None)


async def test_two_moves_that_cross_cannot_both_pass(database):
    async with database.unit_of_work() as session:
        (left,) = await _branch(session, "left")
        (right,) = await _branch(session, "right")
    first_moved, second_waits = asyncio.Event(), asyncio.Event()

    async def move_first():
        async with database.unit_of_work() as session:
            await move_category(session, left, right)
            first_moved.set()
            await second_waits.wait()

    async def move_second():
        await first_moved.wait()
        async with database.unit_of_work() as session:
            await move_category(session, right, left)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(move_first())
        second = tasks.create_task(_refusal_of(move_second()))
        await eventually_in(database, "SELECT pid FROM pg_locks WHERE NOT granted")
        second_waits.set()

    assert isinstance(second.result(), CategoryCircle)


async def _refusal_of(call):
    try:
        await call
    except CategoryCircle as error:
        return error
    return None
