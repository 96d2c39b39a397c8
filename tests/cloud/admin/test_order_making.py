"""Orders that staff make, money by bank transfer, and what is taken out before it leaves."""

import asyncio
import re

import pytest

from cloud.foundation.identity import Role
from cloud.foundation.permits import ORDERS_CREATE
from tests.cloud.admin.test_orders import line_of, number_of, paid_order
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market, Place
from tests.fakes.shopping import ADDRESS, words_of

pytestmark = pytest.mark.needs_postgres

NEW = "/admin/orders/new"
WISH = {
    **ADDRESS,
    "email": "Grandma@example.org",
    "sku-0": "cedber-50",
    "bottles-0": "2",
    "keep_days": "7",
}


_HIDDEN = re.compile(r'name="(seen_total_minor|form_key)" value="([^"]+)"')


async def price(staff: CloudClient, **changed: str) -> dict[str, str]:
    """Let the form be priced, and return what its second page sends."""
    wish = {**WISH, **changed}
    priced = await staff.post_form(NEW, wish)
    assert priced.status_code == 200, words_of(priced)
    return {**wish, **dict(_HIDDEN.findall(priced.text))}


async def make(staff: CloudClient, **changed: str) -> str:
    """Make an order as staff do, and return its page."""
    wish = await price(staff, **changed)
    placed = await staff.post_form(f"{NEW}/place", wish, form_at=NEW)
    assert placed.status_code == 303, words_of(placed)
    return placed.headers["location"].partition("?")[0]


async def test_an_order_is_priced_placed_and_its_buyer_gets_the_way_to_pay(
    staff: CloudClient, client: CloudClient, market: Market, mailbox: Mailbox
) -> None:
    page = await make(staff)
    await market.settle()

    mail = next(one for one in mailbox.mails if "ready to be paid" in one.subject)
    link = re.search(r"/orders/SC-\d+\?key=[\w-]+", mail.text)
    assert link
    shown = words_of(await client.get(link[0]))
    own = words_of(await staff.get(page))
    assert mail.recipient == "grandma@example.org"
    assert "Awaiting payment" in shown
    assert "a member of staff" in own
    assert "grandma@example.org" in own
    assert await market.scalar("SELECT sum(quantity) FROM stock_reservations") == 2
    assert await market.on_hand() == 10


async def test_what_cannot_be_made_is_said_and_what_was_typed_stays(
    staff: CloudClient, market: Market
) -> None:
    for changed, words in (
        ({"sku-0": "NOPE-1"}, "no bottle with the SKU NOPE-1"),
        ({"sku-0": ""}, "A field is missing"),
        ({"email": "nobody"}, "A field is missing"),
        ({"bottles-0": "many"}, "is no number of bottles"),
        ({"postcode": ""}, "A field is missing"),
    ):
        answer = await staff.post_form(NEW, {**WISH, **changed})

        assert answer.status_code == 422
        assert words in words_of(answer)
        assert 'value="Lindenweg 7"' in answer.text
    dear = await staff.post_form(f"{NEW}/place", {**WISH, "seen_total_minor": "1"}, form_at=NEW)
    assert dear.status_code == 409
    assert await market.scalar("SELECT count(*) FROM orders") == 0


async def test_a_transfer_pays_an_order_once_and_only_by_who_may_say_so(
    staff: CloudClient, admin: CloudClient, market: Market, mailbox: Mailbox
) -> None:
    page = await make(staff)
    fields = {"reference": "Statement 12"}
    by_manager = await staff.post_form(f"{page}/transfer", fields, form_at=page)
    paid = await admin.post_form(f"{page}/transfer", fields, form_at=page)
    again = await admin.post_form(f"{page}/transfer", fields, form_at=NEW)
    await market.settle()

    after = words_of(await admin.get(page))
    assert (by_manager.status_code, paid.status_code, again.status_code) == (403, 303, 409)
    assert "Money received" in after
    assert "INV2026" in after
    assert await market.on_hand() == 8
    await admin.post_form(f"{page}/cancel", {"reason": "changed mind"}, form_at=page)
    await market.settle()
    assert await market.on_hand() == 10
    assert any("back by bank transfer" in one.subject for one in mailbox.mails) or (
        await market.scalar("SELECT count(*) FROM notifications WHERE title LIKE '%transfer%'") > 0
    )


async def test_bottles_are_taken_out_before_they_leave_and_their_money_goes_back(
    staff: CloudClient, market: Market, place: Place
) -> None:
    page = f"/admin/orders/{await paid_order(market, place)}"
    number = number_of(page)
    item = (await line_of(market, number)).removeprefix("line-")
    every = await staff.post_form(
        f"{page}/take-out", {f"out-{item}": "3", "version": "1"}, form_at=page
    )
    some = await staff.post_form(
        f"{page}/take-out", {f"out-{item}": "1", "version": "1"}, form_at=page
    )
    late = await staff.post_form(
        f"{page}/take-out", {f"out-{item}": "1", "version": "1"}, form_at=page
    )
    await market.settle()
    shown = words_of(await staff.get(page))
    too_many = await staff.post_form(
        f"{page}/ship", {"carrier": "DHL", f"line-{item}": "3"}, form_at=page
    )
    await staff.post_form(f"{page}/ship", {"carrier": "DHL", f"line-{item}": "2"}, form_at=page)
    gone = await staff.post_form(
        f"{page}/take-out", {f"out-{item}": "1", "version": "2"}, form_at=page
    )

    assert "not all of them" in words_of(every)
    assert some.status_code == 303
    assert late.status_code == 412
    assert "CEDBER-50: 2" in words_of(late)
    assert "1 taken out" in shown
    assert "Given back €28.90" in shown
    assert await market.on_hand() == 8
    assert too_many.status_code == 422
    assert "Shipped" in words_of(await staff.get(page))
    assert gone.status_code == 409
    assert "a parcel has left" in words_of(gone)


async def test_bottles_are_added_by_an_order_that_is_packed_with_it(
    staff: CloudClient, market: Market, place: Place
) -> None:
    number = await paid_order(market, place, 1)
    form = await staff.get(f"{NEW}?adds_to={number}")

    added = await make(staff, adds_to=number, email="guest@example.org")

    assert 'value="Lindenweg 7"' in form.text
    assert number in words_of(await staff.get(added))
    assert number_of(added) in words_of(await staff.get(f"/admin/orders/{number}"))


async def test_a_second_tab_with_an_orders_tags_or_address_sees_both_and_loses_nothing(
    staff: CloudClient, market: Market, place: Place
) -> None:
    page = f"/admin/orders/{await paid_order(market, place, 1)}"
    place_now = {**ADDRESS, "region": "", "phone": "", "version": "1"}

    for act, mine, theirs, said in (
        ("tags", {"tags": "mine"}, {"tags": "theirs"}, "theirs"),
        (
            "address",
            {**place_now, "line1": "Mine 1"},
            {**place_now, "line1": "Theirs 2"},
            "Theirs 2",
        ),
    ):
        version = str(await market.scalar("SELECT version FROM orders"))
        seen = {"version": version}
        await staff.post_form(f"{page}/{act}", {**theirs, **seen}, form_at=page)
        late = await staff.post_form(f"{page}/{act}", {**mine, **seen}, form_at=page)
        now = re.search(r'name="version" value="(\d+)"', late.text)
        assert now
        again = await staff.post_form(f"{page}/{act}", {**mine, "version": now[1]}, form_at=page)

        assert late.status_code == 412
        assert said in words_of(late)
        assert f'value="{mine.get("line1") or "mine"}"' in late.text
        assert again.status_code == 303


async def test_whoever_may_only_make_orders_is_shown_no_address_of_others(
    staff: CloudClient, market: Market, place: Place, sign_in_as
) -> None:
    number = await paid_order(market, place, 1)
    maker = await sign_in_as(Role.MANAGER, "maker@example.org")
    await market.run(
        "WITH made AS (INSERT INTO role_definitions (name, description, version) "
        "VALUES ('Maker', '', 1) RETURNING id), "
        "may AS (INSERT INTO role_permits (role_definition_id, permit) "
        "SELECT id, :permit FROM made) "
        "UPDATE users SET role_definition_id = (SELECT id FROM made) "
        "WHERE email = 'maker@example.org'",
        permit=str(ORDERS_CREATE),
    )

    form = await maker.get(f"{NEW}?adds_to={number}")

    assert form.status_code == 200
    assert 'value="Lindenweg 7"' not in form.text


async def test_a_form_that_is_sent_twice_at_once_and_later_makes_one_order(
    staff: CloudClient, market: Market, mailbox: Mailbox
) -> None:
    wish = await price(staff)

    async def send() -> str:
        answer = await staff.post_form(f"{NEW}/place", wish, form_at=NEW)
        return str(answer.headers["location"])

    at_once = await asyncio.gather(send(), send())
    later = await send()
    other = await make(staff)
    await market.settle()

    assert len({*at_once, later}) == 1
    assert not later.startswith(other)
    assert await market.scalar("SELECT count(*) FROM orders") == 2
    assert sum("ready to be paid" in one.subject for one in mailbox.mails) == 2


async def test_bottles_are_added_to_an_open_order_of_the_same_buyer_and_place_alone(
    staff: CloudClient, market: Market, place: Place
) -> None:
    number = await paid_order(market, place, 1)
    right = {"adds_to": number, "email": "guest@example.org"}

    async def placed(**changed: str) -> tuple[int, str]:
        wish = {**await price(staff), **right, **changed}
        answer = await staff.post_form(f"{NEW}/place", wish, form_at=NEW)
        return answer.status_code, words_of(answer)

    of_another = await placed(email="grandma@example.org")
    elsewhere = await placed(line1="Lindenweg 8")
    to_nothing = await placed(adds_to="SC-1")
    page = f"/admin/orders/{number}"
    await staff.post_form(f"{page}/ship", {"carrier": "DHL"}, form_at=page)
    too_late = await placed()

    assert (of_another[0], elsewhere[0], to_nothing[0], too_late[0]) == (409, 409, 404, 409)
    assert "was bought by somebody else" in of_another[1]
    assert "goes to another address" in elsewhere[1]
    assert "is packed with nothing more" in too_late[1]
    assert await market.scalar("SELECT count(*) FROM orders") == 1
