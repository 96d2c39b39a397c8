"""The staff's further work on orders and returns, through the pages' forms."""

import re

import pytest

from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM, Actor, ActorKind
from cloud.orders.schemas import NewShipment
from cloud.returns import service as returns
from cloud.returns.schemas import ReturnLineRequest, ReturnRequest
from tests.cloud.admin.test_orders import line_of, number_of, paid_order
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market, Place
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
async def page(market: Market, place: Place) -> str:
    """The page of a paid order of three bottles, 86.70 EUR and free delivery."""
    return f"/admin/orders/{await paid_order(market, place)}"


async def test_notes_tags_and_the_address_are_kept_and_shown(staff: CloudClient, page: str) -> None:
    steps = {
        "notes": {"note": "Gift, no bill", "is_for_customer": ""},
        "tags": {"tags": "Gift, fragile", "version": "1"},
        "address": {
            "recipient": "Ada Example",
            "line1": "Ulmenweg 9",
            "postcode": "10115",
            "city": "Berlin",
            "country": "DE",
            "version": "2",
        },
        "status": {"to": "ON_HOLD"},
    }
    for name, fields in steps.items():
        answer = await staff.post_form(f"{page}/{name}", fields, form_at=page)
        assert answer.status_code == 303, words_of(answer)

    after = words_of(await staff.get(page))
    for words in ("Gift, no bill", "fragile", "Ulmenweg 9", "On hold", "Internal note"):
        assert words in after


async def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(
    staff: CloudClient, page: str
) -> None:
    long = await staff.post_form(f"{page}/notes", {"note": "x" * 2001}, form_at=page)
    place = {"line1": "Here 1", "postcode": "1", "city": "B", "country": "DE"}
    nobody = {**place, "recipient": "", "version": "1"}
    address = await staff.post_form(f"{page}/address", nobody, form_at=page)

    assert (long.status_code, address.status_code) == (422, 422)
    assert 'value="Here 1"' in address.text


async def test_a_refund_chooses_bottles_and_says_what_is_left(
    staff: CloudClient, market: Market, page: str
) -> None:
    item = (await line_of(market, number_of(page))).removeprefix("line-")

    await staff.post_form(f"{page}/refund", {f"refund-{item}": "2"}, form_at=page)
    await market.settle()
    too_many = await staff.post_form(f"{page}/refund", {f"refund-{item}": "2"}, form_at=page)
    nonsense = await staff.post_form(f"{page}/refund", {f"refund-{item}": "two"}, form_at=page)

    assert "Given back €57.80" in words_of(too_many)
    assert "€28.90 is left" in words_of(too_many)
    assert (too_many.status_code, nonsense.status_code) == (422, 422)
    assert market.stripe.count("refund", amount=5_780) == 1


async def test_the_papers_of_an_order_are_fetched_from_its_page(
    staff: CloudClient, page: str
) -> None:
    shown = await staff.get(page)

    found = re.search(rf'href="({page}/papers/[^"]+)"', shown.text)
    assert found
    invoice = await staff.get(found[1])
    slip = await staff.get(f"{page}/packing-slip")
    assert invoice.content.startswith(b"%PDF-")
    assert slip.content.startswith(b"%PDF-")
    assert (await staff.get(f"{page}/papers/INV1-1")).status_code == 404


async def test_a_mail_is_sent_again_and_only_one_about_this_order(
    staff: CloudClient, market: Market, page: str, mailbox: Mailbox
) -> None:
    before = len(mailbox.mails)
    mail = await market.scalar("SELECT max(notification_id) FROM outgoing_mails")

    again = await staff.post_form(f"{page}/resend", {"mail_id": str(mail)}, form_at=page)
    foreign = await staff.post_form(f"{page}/resend", {"mail_id": "999"}, form_at=page)
    await market.settle()

    assert (again.status_code, foreign.status_code) == (303, 404)
    assert len(mailbox.mails) == before + 1


async def test_chosen_orders_are_sent_together_and_each_is_answered(
    staff: CloudClient, market: Market, place: Place, page: str
) -> None:
    unpaid = (await market.view(await place(1))).number
    queue = await staff.get("/admin/orders")
    token = re.search(r'name="csrf_token" value="([^"]+)"', queue.text)
    assert token
    numbers = [number_of(page), unpaid]

    answer = await staff.post(
        "/admin/orders/fulfil",
        data={"csrf_token": token[1], "carrier": "DHL", "number": numbers},
    )
    nothing = await staff.post_form("/admin/orders/fulfil", {}, form_at="/admin/orders")

    assert f"{numbers[0]} Sent Print" in words_of(answer)
    assert "Not sent" in words_of(answer)
    assert "No order was chosen" in words_of(nothing)


async def test_a_view_is_kept_with_its_columns_and_forgotten(staff: CloudClient, page: str) -> None:
    fields = {"name": "Mine", "queue": "all", "q": "guest", "tag": "", "source": "shop"}

    kept = await staff.post_form(
        "/admin/order-views", {**fields, "columns": "money"}, form_at="/admin/orders"
    )
    shown = await staff.get(kept.headers["location"])
    view = re.search(r'name="filter_id" value="(\d+)"', shown.text)
    assert view
    await staff.post_form(
        "/admin/order-views/forget", {"filter_id": view[1]}, form_at="/admin/orders"
    )

    assert "Money received" in words_of(shown)
    assert "Mine" in words_of(shown)
    assert "Mine" not in words_of(await staff.get("/admin/orders"))


async def test_the_queue_is_written_out(staff: CloudClient, page: str) -> None:
    answer = await staff.get("/admin/orders.csv?queue=open")

    assert number_of(page) in answer.text
    assert number_of(page) not in (await staff.get("/admin/orders.csv?queue=waiting")).text


async def ask_for_return(market: Market, number: str) -> str:
    """Let an order arrive and its buyer ask to send a bottle back; return the return's page."""
    now = market.clock.now()
    async with market.database.unit_of_work() as session:
        order = await orders.view_by_number(session, number)
        parcel = NewShipment(carrier="DHL")
        await orders.ship(session, order.id, parcel, actor=SYSTEM, now=now)
        await orders.mark_delivered(session, order.id, actor=SYSTEM, now=now)
        asked = ReturnRequest(lines={order.items[0].id: ReturnLineRequest(quantity=2)})
        guest = Actor(ActorKind.CUSTOMER)
        made = await returns.ask(session, order.id, asked, actor=guest, now=now)
    return f"/admin/returns/{made}"


async def test_a_return_is_decided_received_and_paid_back_on_its_page(
    staff: CloudClient, market: Market, page: str
) -> None:
    back = await ask_for_return(market, number_of(page))
    item = (await line_of(market, number_of(page))).removeprefix("line-")
    assert number_of(back) in (await staff.get("/admin/returns")).text

    steps: tuple[tuple[str, dict[str, str]], ...] = (
        ("approve", {"answer": "Send it", "label_url": "https://labels.test/1"}),
        ("receive", {f"received-{item}": "2", f"restocked-{item}": "1"}),
        ("refund", {"amount": "50"}),
    )
    for name, fields in steps:
        answer = await staff.post_form(f"{back}/{name}", fields, form_at=back)
        assert answer.status_code == 303, words_of(answer)
    await market.settle()

    assert "Money given back" in words_of(await staff.get(back))
    assert "Returned" in words_of(await staff.get(page))
    assert market.stripe.count("refund", amount=5_000) == 1
    assert await market.on_hand() == 8


async def test_a_return_that_cannot_be_so_is_refused_with_words(
    staff: CloudClient, market: Market, page: str
) -> None:
    back = await ask_for_return(market, number_of(page))

    bad_label = {"answer": "", "label_url": "javascript:alert(1)"}
    answers = [
        await staff.post_form(f"{back}/approve", bad_label, form_at=back),
        await staff.post_form(f"{back}/refuse", {"answer": ""}, form_at=back),
    ]
    early = await staff.post_form(f"{back}/close", {"comment": "x"}, form_at=back)

    assert [answer.status_code for answer in answers] == [422, 422]
    assert early.status_code == 409
    assert "So this step is not possible" in words_of(early)
