"""The ways of delivery on staff's pages: added, changed, taken out, and nothing lost on the way."""

import pytest

from cloud.site.seed import seed_site
from tests.fakes.cloud_client import CloudClient
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres

HOME = "/admin/settings/shipping"
PICKUP = {
    "name": "Bike messenger",
    "countries": "de",
    "steps": "2000 6.50\n5000 9,90",
    "free_from_minor": "80",
    "p50_days": "0",
    "p90_days": "1",
    "postcodes": "10, 12",
    "not_postcodes": "",
    "cut_off_hour": "15",
}


@pytest.fixture
async def seeded(parts):
    """A shop with its first ways of delivery."""
    async with parts.database.unit_of_work() as session:
        await seed_site(session)


async def methods(admin: CloudClient) -> dict[str, dict[str, object]]:
    found = (await admin.get("/api/v1/staff/site")).json()["shipping_methods"]
    return {one["code"]: one for one in found}


async def version(admin: CloudClient) -> str:
    return str((await admin.get("/api/v1/staff/site")).json()["version"])


@pytest.mark.usefixtures("seeded")
async def test_a_way_is_added_offered_changed_and_taken_out(admin: CloudClient) -> None:
    added = await admin.post_form(f"{HOME}/new", {**PICKUP, "code": "bike"})
    offered = await admin.get(f"{HOME}?country=DE&postcode=10115&weight_g=900&worth_minor=2000")
    made = (await methods(admin))["bike"]
    changed = await admin.post_form(
        f"{HOME}/bike", {**PICKUP, "name": "Bicycle", "version": await version(admin)}
    )
    after = (await methods(admin))["bike"]
    gone = await admin.post_form(f"{HOME}/bike/remove", {}, form_at=f"{HOME}/bike")

    assert added.status_code == changed.status_code == gone.status_code == 303
    assert "€6.50 with Bike messenger, within 1 days" in words_of(offered)
    assert made["steps"] == [
        {"up_to_g": 2000, "price_minor": 650},
        {"up_to_g": 5000, "price_minor": 990},
    ]
    assert (made["countries"], made["postcodes"], made["cut_off_hour"]) == (
        ["DE"],
        ["10", "12"],
        15,
    )
    assert made["free_from_minor"] == 8000
    assert after["name"] == "Bicycle"
    assert "bike" not in await methods(admin)
    assert (await admin.get(f"{HOME}/bike")).status_code == 404


@pytest.mark.usefixtures("seeded")
async def test_a_way_that_is_saved_as_it_stands_stays_as_it_is(admin: CloudClient) -> None:
    before = await methods(admin)
    page = (await admin.get(f"{HOME}/europe")).text

    assert "1000 8.90\n5000 12.90\n20000 24.90" in page
    assert 'value="99.00"' in page
    assert await methods(admin) == before


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "standard"}, "There is one of this name already."),
        ({"code": "Bike!"}, "This is not written as it must be."),
        ({"steps": "free of charge"}, "Write one a line, like: 1000 3.90"),
        ({"steps": "2000 6.505"}, "Write one a line, like: 1000 3.90"),
        ({"steps": "5000 6.50\n2000 9.90"}, "The weights must rise from line to line."),
        ({"steps": " "}, "This is needed."),
        ({"countries": "Germany"}, "Write two letters for each country, or *."),
        ({"countries": " "}, "Write two letters for each country, or *."),
        ({"p50_days": "4"}, "Nine of ten cannot arrive before half of them do."),
        ({"p90_days": "91"}, "This number is too large."),
        ({"cut_off_hour": "24"}, "This number is too large."),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_is_lost(
    admin: CloudClient, changes: dict[str, str], words: str
) -> None:
    before = await methods(admin)

    refused = await admin.post_form(f"{HOME}/new", {**PICKUP, "code": "bike", **changes})

    assert 400 <= refused.status_code < 500
    assert words in words_of(refused)
    assert 'value="Bike messenger"' in refused.text
    assert await methods(admin) == before


@pytest.mark.usefixtures("seeded")
async def test_the_second_of_two_sees_what_the_first_saved(admin: CloudClient) -> None:
    seen = await version(admin)
    await admin.post_form(f"{HOME}/new", {**PICKUP, "code": "bike"})
    await admin.post_form(
        f"{HOME}/bike", {**PICKUP, "name": "Quicker", "version": await version(admin)}
    )

    second = await admin.post_form(f"{HOME}/bike", {**PICKUP, "name": "Mine", "version": seen})

    assert second.status_code == 412
    assert "Now it says: Quicker" in words_of(second)
    assert 'value="Mine"' in second.text
    assert (await methods(admin))["bike"]["name"] == "Quicker"
