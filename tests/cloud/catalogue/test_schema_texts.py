"""What the tables of translations, files and relations refuse, whoever writes them."""

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from cloud.catalogue.models import (
    Product,
    ProductImage,
    ProductTranslation,
    Variant,
    related_products,
)
from cloud.foundation.database import Database
from cloud.foundation.files import StoredFile
from tests.fakes.shelf import a_product, put_on_shelf

pytestmark = pytest.mark.needs_postgres

_KEY = "0123456789abcdef0123456789abcdef.webp"


@pytest.fixture
async def variant(database: Database) -> Variant:
    async with database.unit_of_work() as session:
        return await put_on_shelf(session)


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        (
            "INSERT INTO product_translations (product_id, language, name) VALUES (:p, 'DE', 'a')",
            "ck_product_translations_language",
        ),
        (
            "INSERT INTO product_translations (product_id, language) VALUES (:p, 'de')",
            "ck_product_translations_says_something",
        ),
        (
            "INSERT INTO product_translations (product_id, language, name) VALUES (:p, 'de', '')",
            "ck_product_translations_not_empty",
        ),
        (
            "INSERT INTO product_translations (product_id, language, name) VALUES (0, 'de', 'a')",
            "fk_product_translations_product_id_products",
        ),
        (
            "INSERT INTO related_products (product_id, other_id) VALUES (:p, :p)",
            "ck_related_products_ordered",
        ),
        ("UPDATE products SET ar_placement = 'floor'", "ck_products_ar_needs_model"),
        ("UPDATE products SET ar_placement = 'sky'", "ck_products_ar_(placement|needs_model)"),
        ("UPDATE products SET tax_kind = 'none'", "ck_products_tax_kind"),
        ("UPDATE products SET model_glb_key = 'x'", "fk_products_model_glb_key_stored_files"),
        ("UPDATE variants SET barcode = '12' WHERE id = 1", "ck_variants_barcode"),
        ("UPDATE variants SET height_mm = 12", "ck_variants_size_whole"),
        ("UPDATE variants SET height_mm = 0, width_mm = 1, length_mm = 1", "ck_variants_size"),
        ("UPDATE variants SET safety_stock = -1", "ck_variants_safety_stock"),
        ("UPDATE variants SET lead_time_days = -1", "ck_variants_lead_time"),
        ("UPDATE variants SET options = '[]'", "ck_variants_options"),
        (
            "INSERT INTO stored_files (key, media_type, byte_count) VALUES ('../x.webp', 'a', 1)",
            "ck_stored_files_key",
        ),
        (
            "INSERT INTO stored_files (key, media_type, byte_count) VALUES ('x', 'a', 0)",
            "ck_stored_files_(key|byte_count)",
        ),
    ],
)
async def test_a_bad_row_is_refused(shown: Database, statement: str, constraint: str) -> None:
    bound = {"p": 1} if ":p" in statement else {}
    with pytest.raises(IntegrityError, match=constraint):
        async with shown.unit_of_work() as session:
            await session.execute(text(statement), bound)


async def test_an_uploaded_picture_is_shown_under_the_address_of_its_file(
    database: Database, variant: Variant
) -> None:
    async with database.unit_of_work() as session:
        await session.execute(
            insert(StoredFile).values(key=_KEY, media_type="image/webp", byte_count=1)
        )

    with pytest.raises(IntegrityError, match="ck_product_images_url_of_file"):
        async with database.unit_of_work() as session:
            await session.execute(update(ProductImage).values(file_key=_KEY))


async def test_two_pictures_change_places_in_one_transaction(
    database: Database, variant: Variant
) -> None:
    async with database.unit_of_work() as session:
        second = ProductImage(
            product_id=variant.product_id, url="/x", alt="x", width=1, height=1, position=1
        )
        session.add(second)
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE product_images SET position = 1 - position"))

    async with database.unit_of_work() as session:
        found = await session.scalars(select(ProductImage.url).order_by(ProductImage.position))
        assert found.first() == "/x"


async def test_two_bottles_of_one_size_need_different_options(
    database: Database, variant: Variant
) -> None:
    with pytest.raises(IntegrityError, match="uq_variants_product_id_capacity_ul_options"):
        async with database.unit_of_work() as session:
            await session.execute(
                text(
                    "INSERT INTO variants (product_id, sku, name, capacity_ul, weight_g,"
                    " price_minor, currency, is_default, is_active, version)"
                    " SELECT product_id, 'OTHER', name, capacity_ul, weight_g, price_minor,"
                    " currency, false, true, 1 FROM variants"
                )
            )


async def test_what_belongs_to_a_product_goes_with_it(database: Database) -> None:
    async with database.unit_of_work() as session:
        one, other = a_product("one"), a_product("other")
        session.add_all([one, other])
        await session.flush()
        session.add(ProductTranslation(product_id=one.id, language="de", name="Eins"))
        await session.execute(
            related_products.insert().values(product_id=one.id, other_id=other.id)
        )

    async with database.unit_of_work() as session:
        await session.delete(await session.get_one(Product, one.id))

    async with database.unit_of_work() as session:
        assert await session.scalar(select(related_products.c.other_id)) is None
        assert await session.scalar(select(ProductTranslation.language)) is None
