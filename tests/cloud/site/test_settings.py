"""The settings of the shop: one row, checked, never overwritten blindly."""

import pytest
from sqlalchemy import text

from cloud.foundation.database import Database
from cloud.site.colours import contrast, readable_on
from cloud.site.schemas import ShippingMethod, Site
from cloud.site.seed import seed_site
from cloud.site.service import read_site

pytestmark = pytest.mark.needs_postgres


async def _site(database: Database) -> Site:
    async with database.reading() as connection:
        return await read_site(connection)


def _change(site: dict) -> dict:
    fixed = ("currency", "prices_include_tax")
    return {name: value for name, value in site.items() if name not in fixed}


async def test_a_new_shop_has_settings(database):
    site = await _site(database)

    assert site.name == "The Scent"
    assert site.currency == "EUR"
    assert site.language == "en"


async def test_a_seeded_shop_delivers_and_taxes(database):
    async with database.unit_of_work() as session:
        await seed_site(session)

    site = await _site(database)

    assert [method.code for method in site.shipping_to("DE")] == ["standard", "express"]
    assert [method.code for method in site.shipping_to("FR")] == ["europe"]
    assert site.shipping_to("US") == ()
    assert site.tax_rate("FI").basis_points == 2550
    assert site.tax_rate("CH").basis_points == 0


async def test_seeding_again_changes_nothing(database):
    async with database.unit_of_work() as session:
        await seed_site(session)
    before = await _site(database)

    async with database.unit_of_work() as session:
        done = await seed_site(session)

    assert done == "Settings: nothing lacked."
    assert await _site(database) == before


async def test_an_admin_changes_the_settings(admin, client):
    site = (await admin.get("/api/v1/staff/site")).json()

    answer = await admin.put_json(
        "/api/v1/staff/site", {**_change(site), "name": "Duftladen", "primary_colour": "#FFEE00"}
    )

    assert answer.json()["version"] == site["version"] + 1
    page = (await client.get("/sign-in")).text
    assert "Duftladen" in page
    assert f'href="/site/colours/{site["version"] + 1}.css"' in page


async def test_a_second_form_does_not_overwrite_the_first(admin):
    site = (await admin.get("/api/v1/staff/site")).json()
    await admin.put_json("/api/v1/staff/site", {**_change(site), "name": "First"})

    answer = await admin.put_json("/api/v1/staff/site", {**_change(site), "name": "Second"})

    assert answer.status_code == 412
    assert (await admin.get("/api/v1/staff/site")).json()["name"] == "First"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("primary_colour", "red"),
        ("time_zone", "Europe/Atlantis"),
        ("languages", []),
        ("name", ""),
        ("surprise", 1),
    ],
)
async def test_settings_that_cannot_be_are_refused(admin, name, value):
    site = (await admin.get("/api/v1/staff/site")).json()

    answer = await admin.put_json("/api/v1/staff/site", {**_change(site), name: value})

    assert answer.status_code == 422
    assert answer.json()["field"] == name


async def test_the_colours_of_the_shop_are_a_style_sheet(admin, client):
    site = (await admin.get("/api/v1/staff/site")).json()
    await admin.put_json("/api/v1/staff/site", {**_change(site), "primary_colour": "#ffee00"})

    answer = await client.get(f"/site/colours/{site['version'] + 1}.css")
    outdated = await client.get(f"/site/colours/{site['version']}.css")

    assert "--scent-primary:#ffee00" in answer.text
    assert "--scent-on-primary:#1d1c1a" in answer.text
    assert "immutable" in answer.headers["cache-control"]
    assert outdated.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE site_settings SET id = 2",
        "UPDATE site_settings SET primary_colour = 'red'",
        "UPDATE site_settings SET currency = 'eur'",
        "UPDATE site_settings SET languages = '[]'",
    ],
)
async def test_bad_settings_are_refused_by_the_database_itself(database, statement):
    async def execute() -> None:
        async with database.unit_of_work() as session:
            await session.execute(text(statement))

    with pytest.raises(Exception, match="ck_site_settings"):
        await execute()


async def test_a_second_row_of_settings_is_refused(database):
    async def insert() -> None:
        async with database.unit_of_work() as session:
            await session.execute(
                text("CREATE TEMPORARY TABLE copied AS SELECT * FROM site_settings")
            )
            await session.execute(text("UPDATE copied SET id = 2"))
            await session.execute(text("INSERT INTO site_settings SELECT * FROM copied"))

    with pytest.raises(Exception, match="ck_site_settings_only_row"):
        await insert()


async def test_updated_at_follows_every_update(database):
    async def stamp() -> object:
        async with database.reading() as connection:
            return await connection.scalar(text("SELECT updated_at FROM site_settings"))

    before = await stamp()
    async with database.reading() as connection:
        await connection.execute(text("UPDATE site_settings SET name = 'By hand'"))

    assert await stamp() > before


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (
            {"steps": [{"up_to_g": 2, "price_minor": 1}, {"up_to_g": 1, "price_minor": 2}]},
            "weights must rise",
        ),
        ({"p50_days": 5, "p90_days": 4}, "cannot arrive before"),
        ({"countries": ["Germany"]}, "countries"),
        ({"code": "Not A Code"}, "code"),
    ],
)
def test_a_way_to_deliver_that_cannot_be_is_refused(bad, words):
    good = {
        "code": "standard",
        "name": "Standard",
        "countries": ["DE"],
        "steps": [{"up_to_g": 1, "price_minor": 1}],
        "p50_days": 1,
        "p90_days": 2,
    }
    ShippingMethod.model_validate(good)

    with pytest.raises(ValueError, match=words):
        ShippingMethod.model_validate({**good, **bad})


def test_contrast_is_that_of_the_guidelines():
    assert round(contrast("#ffffff", "#000000"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
    assert readable_on("#2a7c8a") == "#ffffff"
    assert readable_on("#ffee00") == "#1d1c1a"
