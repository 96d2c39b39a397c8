"""What staff see of sold cards and may do with them, over HTTP and on their pages."""

from datetime import timedelta

import pytest

from tests.fakes.presents import buy_gift, mails_to

pytestmark = pytest.mark.needs_postgres

CARDS = "/api/v1/staff/gift-cards"


@pytest.fixture
async def planned(market, buying):
    """The id of a sold card that goes out in a month."""
    day = (market.clock.now() + timedelta(days=30)).date()
    await buy_gift(market, buying, deliver_on=day.isoformat())
    return await market.scalar("SELECT id FROM gift_cards")


async def test_a_wrong_address_is_mended_before_the_card_goes_and_not_after(
    market, staff, planned, mailbox
):
    path = f"{CARDS}/{planned}"

    changed = await staff.put_json(f"{path}/recipient", {"email": "anna@example.org"})
    sent = await staff.post_json(f"{path}/send", {})
    late = await staff.put_json(f"{path}/recipient", {"email": "late@example.org"})
    await market.settle()

    assert changed.json()["sold"]["recipient_email"] == "anna@example.org"
    assert (sent.json()["sold"]["state"], sent.json()["sold"]["sendings"]) == ("sent", 1)
    assert (late.status_code, late.json()["code"]) == (409, "gift_already_sent")
    assert len(mails_to(mailbox, "anna@example.org")) == 1
    assert mails_to(mailbox, "ana@example.org") == []
    noted = await market.rows(
        "SELECT action, before, after FROM audit_entries WHERE subject = 'gift_cards' ORDER BY id"
    )
    assert [one.action for one in noted] == ["change", "send"]
    assert "@" not in f"{noted[0].before}{noted[0].after}"


async def test_a_card_is_sent_again_with_the_same_code(market, buying, staff, mailbox):
    await buy_gift(market, buying)
    card_id = await market.scalar("SELECT id FROM gift_cards")

    await staff.post_json(f"{CARDS}/{card_id}/send", {})
    await market.settle()

    first, again = mails_to(mailbox, "ana@example.org")
    assert first.text == again.text


async def test_cards_are_listed_issued_and_disabled(market, staff):
    issued = await staff.post_json(CARDS, {"amount_minor": 1500, "note": "sorry"})
    card_id = issued.json()["id"]
    listed = await staff.get(CARDS)
    blocked = await staff.put_json(f"{CARDS}/{card_id}/blocked", {"is_blocked": True})
    sent = await staff.post_json(f"{CARDS}/{card_id}/send", {})

    assert issued.status_code == 201
    assert issued.json()["code"][-4:] == issued.json()["ending"]
    assert [one["id"] for one in listed.json()["gift_cards"]] == [card_id]
    assert "code" not in listed.json()["gift_cards"][0]
    assert (blocked.json()["is_blocked"], blocked.json()["sold"]) == (True, None)
    assert sent.json()["code"] == "gift_not_found"


async def test_staff_pages_show_a_sold_card_and_its_order_without_the_code(market, staff, planned):
    number = await market.scalar("SELECT number FROM orders")
    ending = await market.scalar("SELECT ending FROM gift_cards")

    card = await staff.get(f"/admin/gift-cards/{planned}")
    order = await staff.get(f"/admin/orders/{number}")
    await staff.post_form(
        f"/admin/gift-cards/{planned}/recipient",
        {"recipient_email": "anna@example.org", "version": "1"},
    )
    sent = await staff.post_form(f"/admin/gift-cards/{planned}/send", {})

    assert "Send it now" in card.text
    assert f"Gift card ending in {ending}" in order.text
    assert sent.status_code == 303
    assert await market.scalar("SELECT recipient_email FROM sold_gifts") == "anna@example.org"
    assert await market.scalar("SELECT sendings FROM sold_gifts") == 1


async def test_what_is_on_offer_is_set_in_the_settings(market, admin, client):
    version = await market.scalar("SELECT version FROM site_settings")
    wish = {
        "is_on_sale": "yes",
        "amounts": "20 40,50",
        "least": "20",
        "most": "80",
        "version": str(version),
    }

    wrong = await admin.post_form("/admin/settings/gift-cards", wish | {"amounts": "5"})
    saved = await admin.post_form("/admin/settings/gift-cards", wish)
    offers = (await client.get("/api/v1/gift-cards/offers")).json()

    assert wrong.status_code == 422
    assert saved.status_code == 303
    assert offers["amounts_minor"] == [2000, 4050]
    assert (offers["is_free_amount"], offers["most_minor"]) == (False, 8000)
