"""Purchase orders out of the forecast: each need once, from whom it came the last time."""

import asyncio

import pytest
from sqlalchemy import text

from tests.cloud.purchasing.conftest import ORDERS, SUPPLIERS
from tests.fakes.ledger import live_through
from tests.fakes.shelf import put_on_shelf
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres

DRAFTS = "/api/v1/staff/forecasts/drafts"


@pytest.fixture
async def known(purchase, deliver, variant_id, dream):
    """The bottle, ordered before from the supplier and due again."""
    lines = [{"variant_id": variant_id, "ordered": 1, "unit_cost_minor": 1300}]
    order = await purchase("PENDING", "CONFIRMED", lines=lines)
    await deliver(order, "LS-1", 1)
    await dream(variant_id)
    return variant_id


async def _proposed(staff):
    return (await staff.get(DRAFTS)).json()["drafts"]


async def test_a_need_is_drafted_at_its_supplier_once(staff, known, supplier_id):
    (basket,) = await _proposed(staff)
    made = await staff.post_json(DRAFTS, {})
    again = await staff.post_json(DRAFTS, {})
    (order_id,) = made.json()["purchase_orders"]
    order = (await staff.get(f"{ORDERS}/{order_id}")).json()

    assert (basket["supplier_id"], basket["currency"]) == (supplier_id, "EUR")
    assert basket["needs"][0]["unit_cost_minor"] == 1300
    assert (made.status_code, again.json()["purchase_orders"]) == (201, [])
    assert (order["state"], order["supplier_id"]) == ("DRAFT", supplier_id)
    (line,) = order["lines"]
    assert (line["variant_id"], line["ordered"]) == (known, basket["needs"][0]["quantity"])
    # What is free and ordered reaches up to the mark then.
    told = (await staff.get(f"/api/v1/staff/forecasts/{known}")).json()
    assert told["free"] + line["ordered"] == told["order_up_to"]
    assert not told["is_due"]
    assert await _proposed(staff) == []


async def test_a_draft_written_by_hand_counts(staff, known, purchase):
    await purchase(lines=[{"variant_id": known, "ordered": 200, "unit_cost_minor": 1}])

    assert await _proposed(staff) == []


async def test_a_cancelled_draft_is_asked_for_again_by_the_next_night(
    staff, known, dream, clock, parts
):
    order_id = (await staff.post_json(DRAFTS, {})).json()["purchase_orders"][0]
    await staff.post_json(f"{ORDERS}/{order_id}/moves", {"to": "CANCELLED", "version": 1})
    same_day = await _proposed(staff)
    async with parts.database.unit_of_work() as session:
        await session.execute(text("UPDATE forecast_drafts SET first_day = first_day - 1"))

    assert same_day == []
    assert len(await _proposed(staff)) == 1


async def test_four_at_once_write_one_draft(parts, staff, known):
    answers = await asyncio.gather(*(staff.post_json(DRAFTS, {}) for _ in range(4)))

    assert [one.status_code for one in answers] == [201] * 4
    assert sorted(len(one.json()["purchase_orders"]) for one in answers) == [0, 0, 0, 1]
    async with parts.database.reading() as connection:
        count = "SELECT count(*) FROM purchase_orders WHERE state = 'DRAFT'"
        assert await connection.scalar(text(count)) == 1


async def test_what_was_never_ordered_needs_somebody_to_say_from_whom(
    staff, dream, variant_id, supplier_id
):
    await dream(variant_id)
    (basket,) = await _proposed(staff)
    nobody = await staff.post_json(DRAFTS, {})
    stranger = await staff.post_json(DRAFTS, {"supplier_id": 999})
    chosen = await staff.post_json(DRAFTS, {"supplier_id": supplier_id})

    assert (basket["supplier_id"], basket["needs"][0]["unit_cost_minor"]) == (None, 1000)
    assert nobody.json()["purchase_orders"] == []
    assert (stranger.status_code, stranger.json()["code"]) == (404, "supplier_not_found")
    assert len(chosen.json()["purchase_orders"]) == 1


async def test_each_supplier_and_currency_gets_an_order_of_its_own(
    staff, parts, known, purchase, dream, clock
):
    other = {
        "name": "Bergamot & Sons",
        "email": "sales@bergamot.example",
        "address": {"line1": "Via 1", "city": "Reggio", "country": "IT"},
    }
    other_id = (await staff.post_json(SUPPLIERS, other)).json()["id"]
    bought = {}
    for sku, supplier, currency in (("AA-50", other_id, "EUR"), ("BB-50", None, "GBP")):
        async with parts.database.unit_of_work() as session:
            variant = await put_on_shelf(session, sku, bottles=0, currency=currency)
            changes = [90, *[-1] * 88]
            await live_through(
                session, variant.id, changes, clock.now().date(), first_order=1000 * len(sku)
            )
            bought[sku] = variant.id
        lines = [{"variant_id": variant.id, "ordered": 1, "unit_cost_minor": 500}]
        await purchase(
            lines=lines, currency=currency, **({"supplier_id": supplier} if supplier else {})
        )
    await dream(known, *bought.values())
    found = [(one["supplier"], one["currency"]) for one in await _proposed(staff)]

    assert found == [("Bergamot & Sons", "EUR"), ("Grasse Oils", "EUR"), ("Grasse Oils", "GBP")]


async def test_a_cost_is_what_that_supplier_was_paid_else_the_average_else_staff_are_asked(
    staff, parts, known, purchase, dream, clock
):
    free = [{"variant_id": known, "ordered": 1, "unit_cost_minor": 0}]
    async with parts.database.unit_of_work() as session:
        costly = (await put_on_shelf(session, "AA-50", bottles=0, cost_minor=700)).id
        puzzling = (await put_on_shelf(session, "BB-50", bottles=0)).id
        for place, one in enumerate((costly, puzzling)):
            first = 1000 * (place + 1)
            sales = [90, *[-1] * 88]
            await live_through(session, one, sales, clock.now().date(), first_order=first)
    # Neither what is only written down nor what was called off was ever paid.
    for state in ("DRAFT", "CANCELLED"):
        moves = () if state == "DRAFT" else (state,)
        lines = [
            {"variant_id": one, "ordered": 1, "unit_cost_minor": 1} for one in (costly, puzzling)
        ]
        await purchase(*moves, lines=lines)
    await purchase(lines=free)
    await dream(known, costly, puzzling)

    (basket,) = await _proposed(staff)
    costs = {one["variant_id"]: one["unit_cost_minor"] for one in basket["needs"]}
    preview = words_of(await staff.get("/admin/forecast/drafts"))
    (order_id,) = (await staff.post_json(DRAFTS, {})).json()["purchase_orders"]
    order = (await staff.get(f"{ORDERS}/{order_id}")).json()
    page = f"/admin/purchase-orders/{order_id}"
    typed = (await staff.get(f"{page}/draft")).text
    move = {"to": "PENDING", "version": str(order["version"])}
    unseen = await staff.post_form(f"{page}/move", move, form_at=page)
    by_program = await staff.post_json(f"{ORDERS}/{order_id}/moves", move)
    seen = await staff.post_form(f"{page}/move", move | {"costs_seen": "yes"}, form_at=page)

    assert costs == {known: 1300, costly: 700, puzzling: None}
    assert "Not known" in preview
    assert "Nobody knows yet what some of these bottles cost." in words_of(unseen)
    assert "BB-50 " in typed
    assert "0.00" not in typed.split("BB-50", 1)[1].split("</textarea>", 1)[0]
    assert (by_program.status_code, by_program.json()["code"]) == (422, "purchase_cost_unknown")
    assert seen.headers["location"] == f"{page}?done=saved"
    assert (await staff.get(f"{ORDERS}/{order_id}")).json()["state"] == "PENDING"
