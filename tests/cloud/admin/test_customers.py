"""What staff see of a customer and do with them: tags, notes, points, block, export, erasure."""

import json
from datetime import timedelta

import pytest

from tests.cloud.conftest import PASSWORD
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.shopping import buy, words_of

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
async def page(market: Market, customer: CloudClient) -> str:
    """The page of a customer with an address and a paid order."""
    user_id = await market.user_id()
    await market.give_address(user_id)
    await buy(market, customer, bottles=2)
    return f"/admin/customers/{user_id}"


async def test_a_customer_is_found_and_shown_with_what_every_feature_holds(
    staff: CloudClient, page: str
) -> None:
    listed = await staff.get("/admin/customers?q=CUSTOMER@")
    nobody = words_of(await staff.get("/admin/customers?q=nobody"))
    shown = words_of(await staff.get(page))

    assert f'href="{page}"' in listed.text
    assert "manager@example.org" not in listed.text.split("<table")[1]
    assert "Nothing matches" in nobody
    for words in ("customer@example.org", "SC-1", "Lindenweg 7", "Can be spent", "No hub"):
        assert words in shown
    # Handing out and forgetting are not the daily work.
    assert "Forget this person" not in shown
    assert "Everything held on them" not in shown


async def test_tags_and_notes_are_kept_and_a_second_tab_overwrites_nothing(
    staff: CloudClient, page: str
) -> None:
    first = {"tags": "VIP, likes  cedar", "version": "1"}
    saved = await staff.post_form(f"{page}/tags", first, form_at=page)
    late = await staff.post_form(f"{page}/tags", {"tags": "trouble", "version": "1"}, form_at=page)
    await staff.post_form(f"{page}/notes", {"note": "Called about a leak."}, form_at=page)
    empty = await staff.post_form(f"{page}/notes", {"note": "  "}, form_at=page)
    shown = words_of(await staff.get(page))

    assert saved.status_code == 303
    assert late.status_code == 412
    assert "Now it says: likes cedar, vip" in words_of(late)
    assert 'value="trouble"' in late.text
    assert empty.status_code == 422
    assert "likes cedar vip" in shown
    assert "Called about a leak." in shown
    assert "customer@example.org" in words_of(await staff.get("/admin/customers?state=tagged"))


async def test_points_are_given_with_a_reason(
    staff: CloudClient, page: str, market: Market
) -> None:
    fields = {"points_wanted": "50", "reason": "a late parcel"}
    await staff.post_form(f"{page}/points", fields, form_at=page)
    too_many = await staff.post_form(
        f"{page}/points", {"points_wanted": "-900000", "reason": "x"}, form_at=page
    )

    assert "+50 a late parcel" in words_of(await staff.get(page))
    assert too_many.status_code == 422


async def test_a_blocked_customer_is_out_at_once_and_stays_out(
    staff: CloudClient, customer: CloudClient, client: CloudClient, page: str
) -> None:
    before = await customer.get("/account/orders")
    await staff.post_form(f"{page}/block", {"reason": "fraud"}, form_at=page)
    during = await customer.get("/account/orders", headers={"accept": "text/html"})
    secrets = {"email": "customer@example.org", "password": PASSWORD}
    refused = await client.post_json("/api/v1/auth/sign-in", secrets)
    await staff.post_form(f"{page}/unblock", {}, form_at=page)
    again = await client.post_json("/api/v1/auth/sign-in", secrets)

    assert (before.status_code, during.status_code) == (200, 303)
    assert refused.json()["code"] == "account_blocked"
    assert again.status_code == 200


async def test_a_member_of_staff_cannot_be_blocked(
    staff: CloudClient, admin: CloudClient, market: Market
) -> None:
    page = f"/admin/customers/{await market.user_id('admin@example.org')}"

    answer = await staff.post_form(f"{page}/block", {"reason": "coup"}, form_at=page)

    assert answer.status_code == 422
    assert (await admin.get("/admin")).status_code == 200


async def test_a_file_is_written_and_taken_and_the_audit_knows_by_whom(
    admin: CloudClient, page: str, market: Market
) -> None:
    await admin.post_form(f"{page}/notes", {"note": "Be kind."}, form_at=page)
    await admin.post_form(f"{page}/export", {}, form_at=page)
    writing = words_of(await admin.get(page))
    await market.settle()
    ready = words_of(await admin.get(page))
    taken = await admin.post_form(f"{page}/export.json", {}, form_at=page)

    held = json.loads(taken.text)
    acts = await market.rows("SELECT action FROM audit_entries WHERE subject = 'customers'")
    assert "The file is being written" in writing
    assert "Download the file" in ready
    assert held["notes_of_staff"][0]["body"] == "Be kind."
    assert "search_text" not in held["account"][0]
    assert [row.action for row in acts] == ["note", "export", "download"]


async def test_forgetting_needs_the_address_typed_and_waits_for_open_orders(
    admin: CloudClient, page: str, market: Market
) -> None:
    wrong = await admin.post_form(f"{page}/erase", {"confirmation": "me@x.org"}, form_at=page)
    yes = {"confirmation": "Customer@example.org"}
    waits = await admin.post_form(f"{page}/erase", yes, form_at=page)
    waiting = words_of(await admin.get(waits.headers["location"]))

    assert wrong.status_code == 422
    assert "not the address of that account" in words_of(wrong)
    assert "still open" in waiting
    await market.run("UPDATE orders SET status = 'COMPLETED'")
    await market.clock.advance(timedelta(hours=2))
    await market.settle()
    gone = words_of(await admin.get(page))
    assert "Erased" in gone
    assert "Lindenweg" not in gone
