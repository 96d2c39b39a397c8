"""The shop's pages of gift cards, as a browser without scripts uses them."""

import pytest

from tests.fakes.presents import FOR_ANA, buy_gift, code_in, mails_to

pytestmark = pytest.mark.needs_postgres

FORM = {**FOR_ANA, "amount": "5000", "whom": "other"}
del FORM["amount_minor"]


async def test_a_gift_card_is_bought_on_the_pages_without_an_address(market, client):
    offer = await client.get("/gift-cards")
    put = await client.post_form("/gift-cards", FORM)
    cart = await client.get("/cart")
    checkout = await client.get("/checkout")

    assert "Another amount" in offer.text
    assert (put.status_code, put.headers["location"]) == (303, "/cart")
    assert "For Ana" in cart.text
    assert 'name="by_mail"' in checkout.text
    assert 'name="line1"' not in checkout.text

    placed = await client.post_form(
        "/checkout",
        {"email": "guest@example.org", "by_mail": "yes", "seen_total_minor": "5000"},
    )

    assert placed.status_code == 303
    assert await market.scalar("SELECT sold_cards_minor FROM orders") == 5000


async def test_an_amount_of_ones_own_is_read_with_a_comma_and_shown_on_the_card(client):
    typed = FORM | {"amount": "other", "other": "33,50", "act": "price"}

    shown = await client.post_form("/gift-cards", typed)

    assert "33.50" in shown.text
    assert "for Ana" in shown.text


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "other", "other": "a lot"},
        {"amount": "other", "other": "9" * 40},
        {"amount": "9" * 18},
        {"recipient_email": "nowhere"},
        {"deliver_on": "tomorrow"},
        {"recipient_name": ""},
    ],
)
async def test_what_is_wrong_is_said_in_words_and_nothing_typed_is_lost(client, changes):
    refused = await client.post_form("/gift-cards", FORM | changes)

    assert refused.status_code == 422
    assert "Happy birthday!" in refused.text
    assert 'role="alert"' in refused.text


async def test_a_card_for_oneself_shows_its_code_in_the_order_and_one_for_others_does_not(
    market, buying, mailbox
):
    own = await buy_gift(market, buying, is_for_self=True)
    other = await buy_gift(market, buying)
    links = market.parts.links
    own_page = await buying.client.get(f"/orders/{own}?key={links.key_of(own)}")
    other_page = await buying.client.get(f"/orders/{other}?key={links.key_of(other)}")

    own_mail = next(
        one for one in mails_to(mailbox, "guest@example.org") if "gift card of" in one.subject
    )
    assert code_in(own_mail.text) in own_page.text
    [mail] = mails_to(mailbox, "ana@example.org")
    assert code_in(mail.text) not in other_page.text
    assert "It went out on" in other_page.text


async def test_what_is_left_is_told_by_code_until_somebody_guesses(market, buying, mailbox):
    await buy_gift(market, buying)
    [mail] = mails_to(mailbox, "ana@example.org")
    client = buying.client

    right = await client.post_form("/gift-cards/balance", {"code": code_in(mail.text)})
    answers = [
        (await client.post_form("/gift-cards/balance", {"code": "0000-0000-0000-0000"})).status_code
        for _ in range(30)
    ]

    assert "50.00" in right.text
    assert answers[0] == 422
    assert answers[-1] == 429
