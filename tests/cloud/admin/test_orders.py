"""The staff's queue and order page: send, take back, give back, each through its service."""

import pytest
from sqlalchemy import text

from cloud.checkout import service as checkout
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market, Place
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres

NO_AMOUNTS = ("a lot", "1.234", "-5", "0", "", "NaN")


async def paid_order(market: Market, place: Place, bottles: int = 3) -> str:
    """Return the number of an order that a guest has paid."""
    order_id = await place(bottles)
    parts = market.parts
    url = await checkout.pay_by_page(
        parts.database, parts.gateway, market.clock, parts.links, order_id
    )
    market.stripe.pay(url.rsplit("/", 1)[-1])
    await market.settle()
    return (await market.view(order_id)).number


async def line_of(market: Market, number: str) -> str:
    query = (
        "SELECT item.id FROM order_items item JOIN orders ON orders.id = order_id"
        " WHERE number = :number"
    )
    return f"line-{await market.scalar(query, number=number)}"


@pytest.fixture
async def page(market: Market, place: Place) -> str:
    """The page of a paid order of three bottles, 86.70 EUR and free delivery."""
    return f"/admin/orders/{await paid_order(market, place)}"


def number_of(page: str) -> str:
    return page.rsplit("/", 1)[-1]


async def test_the_queue_shows_what_is_to_be_sent_and_counts_the_rest(
    staff: CloudClient, market: Market, place: Place
) -> None:
    await place(1)
    number = await paid_order(market, place)

    start = words_of(await staff.get("/admin"))
    queue = await staff.get("/admin/orders")
    waiting = words_of(await staff.get("/admin/orders?queue=waiting"))

    assert "1 Orders to send" in start
    assert "To send 1" in words_of(queue)
    assert "Awaiting payment 1" in words_of(queue)
    assert "All 2" in words_of(queue)
    assert queue.text.count("/admin/orders/SC-") == 1
    assert number in queue.text
    assert number not in waiting


async def test_an_unknown_queue_shows_the_work_to_do(staff: CloudClient, page: str) -> None:
    assert number_of(page) in (await staff.get("/admin/orders?queue=invented")).text


async def test_the_search_finds_by_number_address_and_name_in_all_queues(
    staff: CloudClient, page: str
) -> None:
    for words in (number_of(page)[-4:], "GUEST@example", "ada ex"):
        found = await staff.get("/admin/orders", params={"q": words})

        assert number_of(page) in found.text
    nothing = await staff.get("/admin/orders", params={"q": "50%_nobody"})
    assert "No order matches “50%_nobody”" in words_of(nothing)


async def test_the_queue_is_walked_page_by_page(
    staff: CloudClient, market: Market, place: Place
) -> None:
    first = await place(1)
    async with market.database.unit_of_work() as session:
        await session.execute(text(_COPIES), {"id": first})

    newest = await staff.get("/admin/orders?queue=all&q=guest")
    address = newest.text.split('">Older orders')[0].rpartition('href="')[2]
    older = await staff.get(address.replace("&amp;", "&"))

    assert newest.text.count('scope="row"') == 50
    assert older.text.count('scope="row"') == 5
    assert "Older orders" not in older.text


async def test_an_order_is_sent_whole_and_arrives(
    staff: CloudClient, market: Market, page: str
) -> None:
    line = await line_of(market, number_of(page))
    answer = await staff.post_form(
        f"{page}/ship", {"carrier": "DHL", "tracking": "00340", line: "3"}, form_at=page
    )
    sent = await staff.get(answer.headers["location"])
    parcel = await market.scalar("SELECT id FROM shipments")
    done = await staff.post_form(f"{page}/delivered", {"shipment_id": str(parcel)}, form_at=page)
    arrived = words_of(await staff.get(done.headers["location"]))

    assert "The parcel is recorded" in words_of(sent)
    assert "DHL 00340" in words_of(sent)
    assert "Mark as shipped" not in words_of(sent)
    assert "Delivered" in arrived
    assert "It arrived" not in arrived


async def test_an_order_is_sent_in_two_parcels(
    staff: CloudClient, market: Market, page: str
) -> None:
    line = await line_of(market, number_of(page))

    await staff.post_form(f"{page}/ship", {"carrier": "DHL", line: "1"}, form_at=page)
    half = await staff.get(page)
    await staff.post_form(f"{page}/ship", {"carrier": "DPD", line: "2"}, form_at=page)

    assert 'max="2"' in half.text
    assert "Being packed" in words_of(half)
    assert "Mark as shipped" not in words_of(await staff.get(page))
    assert await market.scalar("SELECT count(*) FROM shipments") == 2


async def test_a_parcel_that_cannot_be_is_refused_and_the_words_are_kept(
    staff: CloudClient, market: Market, page: str
) -> None:
    line = await line_of(market, number_of(page))

    for changed, words in (
        ({line: "0"}, "Nothing is in this parcel"),
        ({line: "many"}, "is no number of bottles"),
        ({line: "-1"}, "is no number of bottles"),
        ({line: "4"}, "between 1 and 3"),
        ({"carrier": "  "}, "carrier is missing"),
        ({"tracking": "x" * 90}, "tracking is missing or too long"),
    ):
        asked = {"carrier": "Pigeon", "tracking": "T-1", line: "1", **changed}
        answer = await staff.post_form(f"{page}/ship", asked, form_at=page)

        assert answer.status_code == 422
        assert words in words_of(answer)
        assert f'value="{asked["tracking"]}"' in answer.text
    assert await market.scalar("SELECT count(*) FROM shipments") == 0


async def test_a_paid_order_is_cancelled_and_the_customer_reads_why(
    staff: CloudClient, market: Market, page: str
) -> None:
    await staff.post_form(f"{page}/cancel", {"reason": "broken glass"}, form_at=page)
    await market.settle()

    after = words_of(await staff.get(page))
    assert "Cancelled" in after
    assert "broken glass" in after
    assert market.stripe.count("refund", amount=8_670) == 1
    assert await market.on_hand() == 10


async def test_a_sent_order_cannot_be_cancelled(
    staff: CloudClient, market: Market, page: str
) -> None:
    line = await line_of(market, number_of(page))
    await staff.post_form(f"{page}/ship", {"carrier": "DHL", line: "3"}, form_at=page)

    answer = await staff.post_form(f"{page}/cancel", {"reason": "late"}, form_at=page)

    assert answer.status_code == 409
    assert "is on its way. So it cannot be cancelled" in words_of(answer)


async def test_parts_of_the_money_go_back_one_after_another(
    staff: CloudClient, market: Market, page: str
) -> None:
    for typed in ("10", "12,50", " 0.01 "):
        fields = {"amount": typed, "reason": "late"}
        answer = await staff.post_form(f"{page}/refund", fields, form_at=page)
        await market.settle()

        after = words_of(await staff.get(answer.headers["location"]))
        assert "The money is on its way back" in after

    assert "Given back €22.51" in after
    assert [market.stripe.count("refund", amount=minor) for minor in (1_000, 1_250, 1)] == [1, 1, 1]
    assert await market.on_hand() == 7


async def test_all_the_money_goes_back_and_the_bottles_return_to_the_shelf(
    staff: CloudClient, market: Market, page: str
) -> None:
    item = (await line_of(market, number_of(page))).removeprefix("line-")
    fields = {f"refund-{item}": "3", f"restock-{item}": "3"}
    await staff.post_form(f"{page}/refund", fields, form_at=page)
    await market.settle()

    after = words_of(await staff.get(page))
    assert "Refunded" in after
    assert "Given back €86.70" in after
    assert await market.on_hand() == 10


async def test_an_amount_that_cannot_be_is_marked_and_kept(
    staff: CloudClient, market: Market, page: str
) -> None:
    for typed, words in (
        ("86.71", "Only 86.70 EUR is left"),
        ("9" * 300, "86.70 EUR is left"),
        *((nonsense, "is no amount in EUR") for nonsense in NO_AMOUNTS),
    ):
        fields = {"amount": typed, "reason": "because"}
        answer = await staff.post_form(f"{page}/refund", fields, form_at=page)

        field = answer.text.split('id="amount"')[1].split(">")[0]
        assert answer.status_code == 422
        assert words in words_of(answer)
        assert f'value="{typed}"' in field
        assert 'aria-invalid="true"' in field
        assert 'value="because"' in answer.text
    assert await market.scalar("SELECT count(*) FROM refunds") == 0


async def test_an_unknown_order_is_a_page_with_words(staff: CloudClient) -> None:
    for answer in (
        await staff.get("/admin/orders/SC-1"),
        await staff.post_form(
            "/admin/orders/SC-1/refund", {"amount": "1"}, form_at="/admin/orders"
        ),
        await staff.post_form("/admin/orders/SC-1/ship", {"carrier": "x"}, form_at="/admin/orders"),
    ):
        assert answer.status_code == 404
        assert 'class="brand"' in answer.text


_COPIES = """
    INSERT INTO orders
    SELECT (jsonb_populate_record(orders, jsonb_build_object(
        'id', orders.id + n, 'number', 'SC-C' || n, 'cart_id', null))).*
    FROM orders, generate_series(1, 54) n WHERE orders.id = :id
"""
