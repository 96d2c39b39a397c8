"""From the shelf to a paid order, over pages and forms alone."""

import pytest
from sqlalchemy import text

from cloud.foundation.identity import Role
from tests.cloud.conftest import SignInAs
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.shopping import (
    CEDAR,
    FORM,
    buy,
    check_out,
    pay_and_return,
    payment_session,
    put_in_cart,
    seen_total,
    variant_of,
    words_of,
)

pytestmark = pytest.mark.needs_postgres


async def set_price(market: Market, minor: int) -> None:
    async with market.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE variants SET price_minor = :p WHERE sku = :sku"),
            {"p": minor, "sku": CEDAR},
        )


async def leave_on_shelf(market: Market, bottles: int) -> None:
    async with market.database.unit_of_work() as session:
        await session.execute(
            text(
                "UPDATE stock_levels SET on_hand = :n FROM variants"
                " WHERE variants.id = variant_id AND sku = :sku"
            ),
            {"n": bottles, "sku": CEDAR},
        )


async def test_an_empty_cart_says_what_to_do(client: CloudClient, market: Market) -> None:
    cart = await client.get("/cart")
    checkout = await client.get("/checkout")

    assert "Your cart is empty" in words_of(cart)
    assert 'href="/products"' in cart.text
    assert checkout.headers["location"] == "/cart"


async def test_a_guest_buys_and_sees_the_order_by_its_key(
    client: CloudClient, market: Market
) -> None:
    added = await put_in_cart(market, client, bottles=2)
    cart = await client.get(added.headers["location"])
    order = await pay_and_return(market, client, await check_out(client))

    assert "Cedar & Bergamot 50 ml" in words_of(cart)
    assert "€57.80" in words_of(cart)
    assert order.url.path.startswith("/orders/")
    assert "Paid" in words_of(order)
    assert "Lindenweg 7" in words_of(order)
    assert "Germany" in words_of(order)
    await market.settle()
    assert "Your cart is empty" in words_of(await client.get("/cart"))
    assert (await client.get(order.url.path)).status_code == 404


async def test_a_member_buys_and_finds_the_order_in_the_list(
    customer: CloudClient, market: Market
) -> None:
    number = await buy(market, customer)

    listed = words_of(await customer.get("/account/orders"))
    shown = words_of(await customer.get(f"/account/orders/{number}"))

    assert number in listed
    assert "€32.80" in listed
    assert "Cancel this order" in shown


async def test_the_confirmation_of_a_members_order_goes_to_their_own_address(
    customer: CloudClient, market: Market
) -> None:
    await put_in_cart(market, customer)

    form = await customer.get("/checkout")
    await check_out(customer, email="somebody@else.example")

    main, _, _ = form.text.partition("<footer")
    assert 'name="email"' not in main
    assert await market.scalar("SELECT email FROM orders") == "customer@example.org"


@pytest.mark.parametrize(("ticked", "cards"), [("", 0), ("yes", 1)])
async def test_a_card_is_kept_only_when_its_owner_says_so(
    customer: CloudClient, market: Market, ticked: str, cards: int
) -> None:
    await put_in_cart(market, customer)

    await pay_and_return(market, customer, await check_out(customer, keep_card=ticked))
    await market.settle()

    assert await market.scalar("SELECT count(*) FROM saved_cards") == cards


async def test_the_way_of_delivery_that_was_chosen_is_paid_and_taken(
    client: CloudClient, market: Market
) -> None:
    await put_in_cart(market, client)
    quick = {**FORM, "shipping_method": "express"}

    unseen = await check_out(client, **quick)
    priced = await client.post_form("/checkout", {**quick, "act": "price", "seen_total_minor": "0"})
    answer = await client.post_form(
        "/checkout", {**quick, "seen_total_minor": seen_total(priced.text)}
    )

    assert unseen.status_code == 409
    assert seen_total(unseen.text) == seen_total(priced.text) == "4080"
    assert 'value="express" checked' in priced.text
    assert answer.status_code == 303
    ordered = await market.rows("SELECT shipping_method, total_minor FROM orders")
    assert ordered == [("express", 4080)]


async def test_a_way_that_does_not_go_to_another_country_gives_place_to_one_that_does(
    client: CloudClient, market: Market
) -> None:
    await put_in_cart(market, client)

    priced = await client.post_form(
        "/checkout",
        {
            **FORM,
            "country": "AT",
            "shipping_method": "express",
            "act": "price",
            "seen_total_minor": "0",
        },
    )

    assert priced.status_code == 200
    assert "Delivery (Europe)" in words_of(priced)
    assert 'name="shipping_method"' not in priced.text


async def test_a_missing_field_is_marked_and_every_word_is_kept(
    client: CloudClient, market: Market
) -> None:
    await put_in_cart(market, client)

    for field in ("email", "recipient", "line1", "postcode", "city"):
        for value in ("", "   "):
            answer = await check_out(client, **{"note": "ring twice", field: value})

            assert answer.status_code == 422
            assert answer.text.count('aria-invalid="true"') == 1
            assert 'aria-invalid="true"' in answer.text.split(f'id="{field}"')[1].split(">")[0]
            kept = {**FORM, "note": "ring twice"}
            for name in {"email", "recipient", "line1", "postcode", "city", "note"} - {field}:
                assert f'value="{kept[name]}"' in answer.text
    assert await market.scalar("SELECT count(*) FROM orders") == 0


async def test_a_text_that_is_too_long_is_marked_and_kept(
    client: CloudClient, market: Market
) -> None:
    await put_in_cart(market, client)

    answer = await check_out(client, note="x" * 1500)

    assert answer.status_code == 422
    assert "x" * 1500 in answer.text
    assert 'aria-invalid="true"' in answer.text.split('id="note"')[1].split(">")[0]


async def test_a_price_that_changed_is_shown_anew_before_anything_is_ordered(
    client: CloudClient, market: Market
) -> None:
    await put_in_cart(market, client)
    total = seen_total((await client.get("/checkout")).text)
    await set_price(market, 3_390)

    cart = await client.get("/cart")
    answer = await check_out(client, seen_total_minor=total)

    assert "New price since you chose it" in words_of(cart)
    assert answer.status_code == 409
    assert "The total changed" in words_of(answer)
    assert "Order and pay €37.80" in words_of(answer)
    assert await market.scalar("SELECT count(*) FROM orders") == 0
    again = await check_out(client)
    assert payment_session(again)


async def test_another_country_shows_its_own_total_first(
    client: CloudClient, market: Market
) -> None:
    await put_in_cart(market, client)

    answer = await check_out(client, country="FR")

    assert answer.status_code == 409
    assert "Order and pay €37.80" in words_of(answer)
    assert '<option value="FR" selected>' in answer.text


async def test_a_country_without_delivery_can_be_changed_on_the_same_page(
    client: CloudClient, market: Market
) -> None:
    await put_in_cart(market, client)

    answer = await check_out(client, country="AQ")
    mended = await client.post_form("/checkout", {**FORM, "seen_total_minor": "0"})

    assert answer.status_code == 422
    assert "Show the total" in words_of(answer)
    assert "Order and pay €32.80" in words_of(mended)


async def test_a_bottle_that_sold_out_meanwhile_is_said_in_the_cart_and_at_checkout(
    client: CloudClient, market: Market
) -> None:
    await put_in_cart(market, client, bottles=2)
    await leave_on_shelf(market, 0)

    cart = await client.get("/cart")
    answer = await check_out(client)

    assert "Sold out" in words_of(cart)
    assert "To checkout" not in words_of(cart)
    assert answer.status_code == 409
    assert await market.scalar("SELECT count(*) FROM orders") == 0


async def test_the_cart_says_how_many_are_left(client: CloudClient, market: Market) -> None:
    await put_in_cart(market, client, bottles=3)
    await leave_on_shelf(market, 1)

    assert "Only 1 left" in words_of(await client.get("/cart"))


async def test_the_number_of_bottles_changes_and_a_line_goes(
    client: CloudClient, market: Market
) -> None:
    await put_in_cart(market, client)
    line = f"/cart/lines/{await variant_of(market, CEDAR)}"

    await client.post_form(line, {"quantity": "4"}, form_at="/cart")
    four = words_of(await client.get("/cart"))
    await client.post_form(line, {"quantity": "0"}, form_at="/cart")
    none = words_of(await client.get("/cart"))

    assert "€115.60" in four
    assert "Your cart is empty" in none


async def test_too_many_bottles_are_refused_in_words(client: CloudClient, market: Market) -> None:
    await put_in_cart(market, client, bottles=60)

    answer = await put_in_cart(market, client, bottles=60)

    assert answer.status_code == 422
    assert "at most" in words_of(answer)


async def test_the_order_button_pressed_twice_leads_to_the_same_order(
    client: CloudClient, market: Market
) -> None:
    await put_in_cart(market, client)

    first = await check_out(client)
    second = await check_out(client)

    assert first.headers["location"] == second.headers["location"]
    assert await market.scalar("SELECT count(*) FROM orders") == 1


async def test_a_payment_provider_that_is_away_is_said_and_the_words_are_kept(
    client: CloudClient, market: Market
) -> None:
    await put_in_cart(market, client)
    market.stripe.order("reset", path="/v1/checkout/sessions", times=9)

    answer = await check_out(client)
    market.stripe.faults.clear()
    again = await check_out(client)

    assert answer.status_code == 503
    assert 'value="Lindenweg 7"' in answer.text
    assert payment_session(again)
    assert await market.scalar("SELECT count(*) FROM orders") == 1


async def test_somebody_who_left_the_payment_page_can_pay_from_the_order(
    customer: CloudClient, market: Market
) -> None:
    await put_in_cart(market, customer)
    await check_out(customer)
    number = await market.scalar("SELECT number FROM orders")
    page = f"/account/orders/{number}"

    waiting = await customer.get(page)
    order = await pay_and_return(
        market, customer, await customer.post_form(f"{page}/pay", {}, form_at=page)
    )

    assert "waits for its payment" in words_of(waiting)
    assert "waits for its payment" not in words_of(order)


async def test_a_guest_can_pay_from_the_order_too(client: CloudClient, market: Market) -> None:
    await put_in_cart(market, client)
    await check_out(client)
    number = str(await market.scalar("SELECT number FROM orders"))
    key = market.parts.links.key_of(number)
    page = f"/orders/{number}?key={key}"

    waiting = await client.get(page)
    without = await client.post_form(f"/orders/{number}/pay", {}, form_at=page)
    answer = await client.post_form(f"/orders/{number}/pay", {"key": key}, form_at=page)

    assert "Pay now" in words_of(waiting)
    assert without.status_code == 404
    assert "Paid" in words_of(await pay_and_return(market, client, answer))


async def test_an_order_that_was_paid_meanwhile_says_so_instead_of_taking_money_again(
    customer: CloudClient, market: Market
) -> None:
    number = await buy(market, customer)
    page = f"/account/orders/{number}"

    answer = await customer.post_form(f"{page}/pay", {}, form_at=page)

    assert answer.status_code == 409
    assert "does not wait for a payment" in words_of(answer)
    assert "What you ordered" in words_of(answer)


async def test_a_member_cancels_and_the_money_goes_back(
    customer: CloudClient, market: Market
) -> None:
    number = await buy(market, customer)
    page = f"/account/orders/{number}"

    await customer.post_form(f"{page}/cancel", {}, form_at=page)
    await market.settle()
    after = words_of(await customer.get(page))

    assert "cancelled" in after.lower()
    assert "Given back €32.80" in after
    assert "Cancel this order" not in after


async def test_nobody_sees_or_touches_the_order_of_somebody_else(
    customer: CloudClient, market: Market, sign_in_as: SignInAs
) -> None:
    number = await buy(market, customer)
    other = await sign_in_as(Role.CUSTOMER, "other@example.org")

    answers = [
        await other.get(f"/account/orders/{number}"),
        await other.post_form(f"/account/orders/{number}/cancel", {}, form_at="/cart"),
        await other.post_form(f"/account/orders/{number}/pay", {}, form_at="/sign-up"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_a_return_with_a_made_up_session_goes_back_to_the_cart(
    client: CloudClient, market: Market
) -> None:
    answer = await client.get("/checkout/return", params={"session": "cs_test_invented"})

    assert answer.headers["location"] == "/cart"
