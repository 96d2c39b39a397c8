"""A place is counted on one page: differences are booked together, or none of them."""

import re

import pytest
from sqlalchemy import text

from cloud.foundation.identity import Role
from cloud.inventory.service import correct
from tests.fakes.shelf import put_on_shelf
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres
PAGE = "/admin/places/1/count"


@pytest.fixture
async def bottles(parts):
    """Three bottles of ten each, by id."""
    async with parts.database.unit_of_work() as session:
        return [(await put_on_shelf(session, sku)).id for sku in ("CEDAR", "LEMON", "MINT")]


def typed(page: str) -> dict[str, str]:
    """What the sheet would send unchanged."""
    return dict(re.findall(r'name="((?:seen|counted)-\d+)"[^>]*?value="(\d*)"', page))


async def levels(parts):
    async with parts.database.reading() as connection:
        query = "SELECT variant_id, on_hand FROM stock_levels ORDER BY variant_id"
        return [row.on_hand for row in await connection.execute(text(query))]


async def test_what_was_found_is_booked_and_what_was_not_counted_stays(staff, parts, bottles):
    cedar, lemon, mint = bottles
    sheet = typed((await staff.get(PAGE)).text) | {"note": "Yearly count"}

    empty = await staff.post_form(PAGE, sheet)
    nonsense = await staff.post_form(PAGE, sheet | {f"counted-{cedar}": "-1"})
    booked = await staff.post_form(
        PAGE, sheet | {f"counted-{cedar}": "8", f"counted-{lemon}": "10"}
    )
    nobody = await staff.post_form(PAGE, {"counted-4711": "3", "seen-4711": "0", "note": "x"})

    assert (empty.status_code, nonsense.status_code, nobody.status_code) == (422, 422, 404)
    assert booked.headers["location"] == f"{PAGE}?booked=1"
    assert "1 difference is booked." in words_of(await staff.get(booked.headers["location"]))
    assert await levels(parts) == [8, 10, 10]
    ledger = (await staff.get(f"/api/v1/staff/stock/{cedar}/movements")).json()["movements"]
    assert (ledger[0]["delta"], ledger[0]["kind"], ledger[0]["note"]) == (
        -2,
        "CORRECTED",
        "Yearly count",
    )
    assert mint in bottles


async def test_bottles_that_moved_while_somebody_counted_are_counted_once_more(
    staff, parts, bottles
):
    cedar, lemon, _mint = bottles
    sheet = typed((await staff.get(PAGE)).text) | {"note": "Yearly count"}
    sheet |= {f"counted-{cedar}": "9", f"counted-{lemon}": "12"}
    async with parts.database.unit_of_work() as session:
        await correct(session, lemon, -4, "broken")

    refused = await staff.post_form(PAGE, sheet)
    again = await staff.post_form(PAGE, typed(refused.text) | {"note": "Yearly count"})

    assert refused.status_code == 409
    assert "nothing is booked yet" in words_of(refused)
    assert typed(refused.text)[f"counted-{cedar}"] == "9"
    assert again.headers["location"] == f"{PAGE}?booked=2"
    assert await levels(parts) == [9, 12, 10]


async def test_who_may_not_book_does_not_count(sign_in_as):
    customer = await sign_in_as(Role.CUSTOMER, "c@example.org")

    assert (await customer.get(PAGE)).status_code == 403
