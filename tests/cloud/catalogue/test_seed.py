"""Filling the catalogue from its file."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from cloud.catalogue.errors import ShelfUnreadable, VariantNotFound
from cloud.catalogue.models import Product, ProductImage, StoredPicture, Variant
from cloud.catalogue.seed import seed_catalogue
from cloud.catalogue.shelf_file import ShelfFile, read_shelf_file
from cloud.inventory.models import StockLevel
from cloud.inventory.seed import seed_stock
from cloud.inventory.service import list_unexplained

needs_postgres = pytest.mark.needs_postgres

_TABLES = (
    "products",
    "variants",
    "product_images",
    "stored_pictures",
    "categories",
    "collections",
    "tags",
    "product_categories",
    "product_collections",
    "product_tags",
    "stock_levels",
    "stock_movements",
)


async def _everything(database):
    async with database.reading() as connection:
        return {
            table: (await connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))).all()
            for table in _TABLES
        }


def test_the_demo_shelf_has_two_dozen_scents_and_those_of_the_demo_home(shelf):
    skus = {scent.sku(size) for scent in shelf.scents for size in scent.prices}

    assert len(shelf.scents) >= 24
    assert {"CEDBER-50", "LAVFLD-30", "EUCMNT-30", "WHTTEA-50"} <= skus
    assert all({30, 50, 100} == set(scent.prices) for scent in shelf.scents)


def test_every_scent_of_the_demo_shelf_is_told_in_two_paragraphs_or_more(shelf):
    assert [s.slug for s in shelf.scents if len(s.description.split("\n\n")) < 2] == []


def test_no_two_scents_of_the_demo_shelf_look_alike(shelf):
    looks = {(s.art.composition, s.art.bottle, s.art.motifs) for s in shelf.scents}

    assert len(looks) == len(shelf.scents)


@needs_postgres
async def test_running_the_seed_twice_leaves_the_same_rows(stocked, shelf):
    once = await _everything(stocked)

    async with stocked.unit_of_work() as session:
        await seed_catalogue(session, shelf)
        await seed_stock(session, shelf.stock)

    assert await _everything(stocked) == once
    assert len(once["products"]) == len(shelf.scents)
    assert len(once["variants"]) == 3 * len(shelf.scents)


@needs_postgres
async def test_the_seed_brings_an_edited_scent_back(stocked, shelf):
    async with stocked.unit_of_work() as session:
        product = await session.scalar(select(Product).where(Product.slug == "white-tea"))
        product.name = "Black Coffee"

    async with stocked.unit_of_work() as session:
        await seed_catalogue(session, shelf)

    async with stocked.unit_of_work() as session:
        product = await session.scalar(select(Product).where(Product.slug == "white-tea"))
        assert product.name == "White Tea"


@needs_postgres
async def test_another_default_size_in_the_file_is_taken_over(stocked, shelf):
    first = shelf.scents[0]
    smaller = first.model_copy(update={"prices": {20: 1500, **first.prices}, "stock": {}})
    changed = shelf.model_copy(update={"scents": (smaller,)})

    async with stocked.unit_of_work() as session:
        await seed_catalogue(session, changed)

    async with stocked.unit_of_work() as session:
        product = await session.scalar(select(Product).where(Product.slug == first.slug))
        defaults = await session.scalars(
            select(Variant.sku).where(Variant.product_id == product.id, Variant.is_default)
        )
        assert defaults.all() == [first.sku(smaller.default_size_ml)]


@needs_postgres
async def test_every_scent_has_a_picture_that_is_stored_and_described(stocked):
    async with stocked.unit_of_work() as session:
        images = (await session.scalars(select(ProductImage))).all()
        stored = set(await session.scalars(select(StoredPicture.fingerprint)))

    assert {Path(image.url).stem for image in images} == stored
    assert all(image.alt.startswith("Bottle of ") for image in images)
    assert len({image.alt for image in images}) == len(images)


@needs_postgres
async def test_seeding_stock_again_after_a_sale_adds_no_bottles(stocked, shelf):
    async with stocked.unit_of_work() as session:
        before = await session.scalar(select(func.sum(StockLevel.on_hand)))

        await seed_stock(session, dict.fromkeys(shelf.stock, 500))

        assert await session.scalar(select(func.sum(StockLevel.on_hand))) == before
        assert before == sum(shelf.stock.values())
        assert await list_unexplained(session) == []


@needs_postgres
async def test_stock_for_a_sku_the_catalogue_lacks_is_refused(stocked):
    with pytest.raises(VariantNotFound):
        async with stocked.unit_of_work() as session:
            await seed_stock(session, {"NOPE-1": 5})


@pytest.mark.parametrize(
    ("text_of_file", "complaint"),
    [
        ("currency = ", "Invalid value"),
        ('currency = "euro"', "currency"),
        ('currency = "EUR"\ncategories = []\ncollections = []', "scents"),
    ],
)
def test_a_file_that_is_no_catalogue_is_said_where(tmp_path, text_of_file, complaint):
    path = tmp_path / "shelf.toml"
    path.write_text(text_of_file)

    with pytest.raises(ShelfUnreadable, match=complaint):
        read_shelf_file(path)


def test_a_file_that_is_not_there_is_said_by_name(tmp_path):
    with pytest.raises(ShelfUnreadable, match=r"nowhere\.toml"):
        read_shelf_file(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"categories": ("nowhere",)}, "nothing is called nowhere"),
        ({"stock": {77: 1}}, "size without a price: 77"),
        ({"sale": {77: 1}}, "size without a price: 77"),
        ({"art": {"composition": "x", "bottle": "round", "motifs": ()}}, "composition is one of"),
        ({"art": {"composition": "sun", "bottle": "x", "motifs": ()}}, "bottle is one of"),
        ({"art": {"composition": "sun", "bottle": "tall", "motifs": ("x",)}}, "unknown motifs"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(shelf, change, complaint):
    entry = shelf.scents[0].model_dump() | change
    whole = shelf.model_dump() | {"scents": [entry]}

    with pytest.raises(ValueError, match=complaint):
        ShelfFile.model_validate(whole)


def test_two_scents_of_one_name_are_refused(shelf):
    twice = shelf.model_dump()
    twice["scents"] = [twice["scents"][0]] * 2

    with pytest.raises(ValueError, match="two entries are the scent"):
        ShelfFile.model_validate(twice)
