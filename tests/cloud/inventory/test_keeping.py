"""What staff book on shelves, by the API and by the pages, with its reason and its trace."""

import asyncio
import re

import pytest
from sqlalchemy import text

from cloud.foundation.identity import Role
from cloud.inventory import keeping
from cloud.inventory.service import correct
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres

STOCK = "/api/v1/staff/stock"
PLACES = "/api/v1/staff/places"


@pytest.fixture
async def variant_id(parts):
    async with parts.database.unit_of_work() as session:
        return (await put_on_shelf(session, bottles=10)).id


async def _audit(parts):
    async with parts.database.reading() as connection:
        rows = await connection.execute(
            text("SELECT action, before, after FROM audit_entries ORDER BY id")
        )
        return [tuple(row) for row in rows]


async def test_what_came_in_and_what_counting_found_stand_in_the_ledger(staff, parts, variant_id):
    await staff.post_json(f"{STOCK}/{variant_id}/arrivals", {"quantity": 5, "note": "delivery 7"})
    answer = await staff.post_json(
        f"{STOCK}/{variant_id}/corrections", {"delta": -2, "note": "broken"}
    )

    assert answer.json()["available"] == 13
    ledger = (await staff.get(f"{STOCK}/{variant_id}/movements")).json()["movements"]
    assert [(one["delta"], one["note"]) for one in ledger] == [
        (-2, "broken"),
        (5, "delivery 7"),
        (10, "test"),
    ]
    assert await _audit(parts) == [
        ("receive", {"on_hand_at_1": 10}, {"on_hand_at_1": 15}),
        ("correct", {"on_hand_at_1": 15}, {"on_hand_at_1": 13}),
    ]


async def test_more_than_there_is_cannot_be_taken_away(staff, variant_id):
    answer = await staff.post_json(
        f"{STOCK}/{variant_id}/corrections", {"delta": -11, "note": "lost"}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "stock_negative")


async def test_a_second_place_takes_over_what_is_carried_there(staff, variant_id):
    made = await staff.post_json(PLACES, {"code": "annex", "name": "Annex", "priority": 5})
    annex = made.json()["id"]

    answer = await staff.post_json(
        f"{STOCK}/{variant_id}/carriages", {"source_id": 1, "target_id": annex, "quantity": 4}
    )

    levels = {one["location_id"]: one["on_hand"] for one in answer.json()["levels"]}
    assert levels == {1: 6, annex: 4}
    assert answer.json()["available"] == 10


async def test_a_bottle_warns_at_the_same_number_in_a_place_where_it_is_new(staff, variant_id):
    annex = (
        await staff.post_json(PLACES, {"code": "annex", "name": "Annex", "priority": 5})
    ).json()
    await staff.put_json(f"{STOCK}/{variant_id}/limit", {"low_stock_at": 2})

    carried = await staff.post_json(
        f"{STOCK}/{variant_id}/carriages", {"source_id": 1, "target_id": annex["id"], "quantity": 4}
    )

    assert carried.json()["low_stock_at"] == 2


async def test_the_limit_of_a_bottle_that_was_never_stocked_is_set_by_one_of_two(staff, parts):
    async with parts.database.unit_of_work() as session:
        page = f"/admin/stock/{(await put_on_shelf(session, 'NEW', bottles=0)).id}"
    read = re.search(r'name="version" value="(\d+)"', (await staff.get(page)).text)[1]

    first, second = [
        await staff.post_form(
            f"{page}/limit", {"low_stock_at": limit, "version": read}, form_at=page
        )
        for limit in ("3", "4")
    ]

    assert (read, first.status_code, second.status_code) == ("5", 303, 412)
    assert "Now it says: <q>3</q>" in second.text


async def test_the_last_place_that_sells_cannot_be_closed(staff):
    main = (await staff.get(PLACES)).json()[0]
    change = {name: main[name] for name in ("code", "name", "priority", "version")}

    answer = await staff.put_json(f"{PLACES}/{main['id']}", change | {"is_active": False})

    assert (answer.status_code, answer.json()["code"]) == (422, "last_place")


async def test_the_second_of_two_changes_of_a_place_is_told_so(staff):
    main = (await staff.get(PLACES)).json()[0]
    change = {name: main[name] for name in ("code", "name", "priority", "version")}

    first = await staff.put_json(f"{PLACES}/1", change | {"name": "Hall A"})
    second = await staff.put_json(f"{PLACES}/1", change | {"name": "Hall B"})

    assert first.status_code == 200
    assert (second.status_code, second.json()["current"]["name"]) == (412, "Hall A")


async def test_a_set_is_chosen_and_undone(staff, parts, variant_id):
    async with parts.database.unit_of_work() as session:
        the_set = (await put_on_shelf(session, "SET", bottles=0)).id
    parts_of = {"parts": [{"variant_id": variant_id, "quantity": 3}]}

    chosen = await staff.put_json(f"{STOCK}/{the_set}/parts", parts_of)
    nested = await staff.put_json(
        f"{STOCK}/{variant_id}/parts", {"parts": [{"variant_id": the_set, "quantity": 1}]}
    )
    undone = await staff.put_json(f"{STOCK}/{the_set}/parts", {"parts": []})

    assert (chosen.json()["available"], undone.json()["available"]) == (3, 0)
    assert (nested.status_code, nested.json()["code"]) == (422, "nested_set")


async def test_the_pages_book_and_keep_what_was_typed_when_something_is_missing(staff, variant_id):
    page = f"/admin/stock/{variant_id}"
    refused = await staff.post_form(
        f"{page}/arrival", {"quantity": "7", "note": "", "location_id": "1"}, form_at=page
    )
    booked = await staff.post_form(
        f"{page}/arrival", {"quantity": "7", "note": "delivery", "location_id": "1"}, form_at=page
    )

    assert refused.status_code == 422
    assert 'value="7"' in refused.text
    assert booked.status_code == 303
    assert "delivery" in (await staff.get(page)).text


async def test_the_list_narrows_to_what_runs_short(staff, parts, variant_id):
    async with parts.database.unit_of_work() as session:
        await put_on_shelf(session, "SCARCE", bottles=2)

    listed = (await staff.get("/admin/stock?state=low")).text

    assert "SCARCE" in listed
    assert "CEDBER-50" not in listed
    assert "SCARCE" in (await staff.get("/admin/stock?state=low&format=csv")).text


async def test_a_place_is_made_and_changed_by_its_form(staff):
    fields = {"code": "annex", "name": "Annex", "priority": "5", "is_active": "on"}
    made = await staff.post_form("/admin/places/new", fields)
    taken = await staff.post_form("/admin/places/new", fields)

    assert made.status_code == 303
    assert taken.status_code == 409
    assert "Annex" in (await staff.get("/admin/places")).text


async def test_who_books_in_a_place_holds_up_nobody_who_sells_from_it(parts, variant_id):
    """Whoever sells has locked the bottles: waiting for the place too, both would wait for ever."""
    async with parts.database.unit_of_work() as counting:
        await keeping.get_location(counting, 1)

        async with asyncio.timeout(20), parts.database.unit_of_work() as selling:
            after = await correct(selling, variant_id, -1, "sold")

    assert after == 9


async def test_customers_book_nothing(sign_in_as, variant_id):
    customer = await sign_in_as(Role.CUSTOMER, "c@example.org")

    answer = await customer.post_json(
        f"{STOCK}/{variant_id}/arrivals", {"quantity": 5, "note": "me"}
    )

    assert answer.status_code == 403
