"""The member's pages about their home: what runs low, yes and no, and what may happen by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud.foundation.identity import Role
from tests.cloud.conftest import SignInAs
from tests.fakes.cloud_client import CloudClient
from tests.fakes.lived_in import move_in, run_low
from tests.fakes.market import Home, Market
from tests.fakes.shopping import ADDRESS, pay_and_return, seen_total, words_of

pytestmark = pytest.mark.needs_postgres

TOTAL = "€27.80"


@pytest.fixture
async def home(customer: CloudClient, market: Market) -> Home:
    """The customer's home, its three diffusers and an address."""
    user_id = await market.user_id()
    await market.give_address(user_id)
    return await move_in(market, user_id)


@pytest.fixture
async def refill(home: Home) -> str:
    """The page of a refill that waits for an answer."""
    return f"/account/reorders/{await run_low(home)}"


async def say_yes(member: CloudClient, page: str, **fields: str) -> object:
    """Send the form of the refill's page as it is shown."""
    total = seen_total((await member.get(page)).text)
    return await member.post_form(
        f"{page}/confirm", {"seen_total_minor": total, **fields}, form_at=page
    )


async def orders(market: Market) -> int:
    return int(await market.scalar("SELECT count(*) FROM orders"))


async def test_an_account_without_a_hub_says_how_to_connect_one(customer: CloudClient) -> None:
    page = words_of(await customer.get("/account"))

    assert "No hub is connected yet" in page
    assert "Say where to" in page


async def test_the_home_shows_hub_levels_and_what_each_slot_does(
    home: Home, customer: CloudClient
) -> None:
    page = words_of(await customer.get("/account"))

    for words in ("Bathroom", "Eucalyptus Mint", "12 %", "62 %", "6 weeks", "over a year"):
        assert words in page
    assert "Asks you first" in page


async def test_a_hub_is_online_until_it_falls_silent(
    refill: str, customer: CloudClient, market: Market
) -> None:
    speaking = words_of(await customer.get("/account"))
    await market.clock.advance(timedelta(hours=1))
    silent = words_of(await customer.get("/account"))

    assert "Hub: online" in speaking
    assert "Hub: last heard" in silent


async def test_the_moment_of_order_names_bottle_total_delivery_address_and_card(
    refill: str, customer: CloudClient, market: Market
) -> None:
    await market.give_card(await market.user_id())

    page = words_of(await customer.get(refill))

    for words in (
        "Eucalyptus Mint, 50 ml",
        "Bottles 1 for €23.90",
        "Delivery €3.90",
        f"To pay, VAT included {TOTAL}",
        "At your door about",
        "Goes to Ada Example, Lindenweg 7, Berlin",
        "Paid with Visa •••• 4242",
        f"Order now and pay {TOTAL}",
        "8 % left",
    ):
        assert words in page


async def test_a_yes_with_a_saved_card_is_paid_without_another_page(
    refill: str, customer: CloudClient, market: Market
) -> None:
    await market.give_card(await market.user_id())

    answer = await say_yes(customer, refill)
    await market.settle()

    assert "Paid" in words_of(await customer.get(answer.headers["location"]))
    assert "Paid, being packed" in words_of(await customer.get("/account"))


async def test_a_double_tap_makes_one_order(
    refill: str, customer: CloudClient, market: Market
) -> None:
    await market.give_card(await market.user_id())
    total = seen_total((await customer.get(refill)).text)

    answers = [
        await customer.post_form(
            f"{refill}/confirm", {"seen_total_minor": total}, form_at="/account/address"
        )
        for _ in range(2)
    ]
    await market.settle()

    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert await orders(market) == 1
    assert market.stripe.count("payment_intent") == 1


@pytest.mark.parametrize(("ticked", "cards"), [("", 0), ("yes", 1)])
async def test_a_yes_without_a_card_leads_over_the_payment_page(
    refill: str, customer: CloudClient, market: Market, ticked: str, cards: int
) -> None:
    order = await pay_and_return(
        market, customer, await say_yes(customer, refill, keep_card=ticked)
    )
    await market.settle()

    assert "Paid" in words_of(order)
    assert await market.scalar("SELECT count(*) FROM saved_cards") == cards


async def test_a_total_that_changed_is_shown_anew_and_can_then_be_confirmed(
    refill: str, customer: CloudClient, market: Market
) -> None:
    total = seen_total((await customer.get(refill)).text)
    async with market.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE variants SET price_minor = 2590 WHERE sku = 'EUCMNT-50'")
        )

    answer = await customer.post_form(
        f"{refill}/confirm", {"seen_total_minor": total}, form_at=refill
    )
    ordered_before = await orders(market)
    again = await say_yes(customer, refill)

    assert answer.status_code == 409
    assert "The total changed" in words_of(answer)
    assert "Order now and pay €29.80" in words_of(answer)
    assert ordered_before == 0
    assert again.status_code == 303


async def test_a_no_ends_the_proposal(refill: str, customer: CloudClient, market: Market) -> None:
    await customer.post_form(f"{refill}/decline", {}, form_at=refill)

    assert "You said no" in words_of(await customer.get(refill))
    assert "Review and order" not in words_of(await customer.get("/account"))
    late = await customer.post_form(
        f"{refill}/confirm", {"seen_total_minor": "2780"}, form_at="/account/address"
    )
    assert late.status_code == 409
    assert await orders(market) == 0


async def test_an_ordered_refill_is_called_off_and_the_money_goes_back(
    refill: str, customer: CloudClient, market: Market
) -> None:
    await market.give_card(await market.user_id())
    await say_yes(customer, refill)
    await market.settle()

    await customer.post_form(f"{refill}/cancel", {}, form_at=refill)
    await market.settle()

    assert "Cancelled" in words_of(await customer.get(refill))
    assert market.stripe.count("refund", amount=2_780) == 1


async def test_a_guest_of_the_household_sees_the_refill_but_cannot_order_it(
    refill: str, home: Home, market: Market, sign_in_as: SignInAs
) -> None:
    guest = await sign_in_as(Role.CUSTOMER, "guest@example.org")
    async with market.database.unit_of_work() as session:
        await session.execute(
            text(
                "INSERT INTO household_members (household_id, user_id, role)"
                " VALUES (:household, :user, 'GUEST')"
            ),
            {
                "household": home.key.household_id,
                "user": await market.user_id("guest@example.org"),
            },
        )

    page = await guest.get(refill)
    answer = await guest.post_form(
        f"{refill}/confirm", {"seen_total_minor": "2780"}, form_at="/account/address"
    )

    assert "Eucalyptus Mint" in words_of(page)
    assert "Order now" not in words_of(page)
    assert answer.status_code == 403
    assert "Only an adult member" in words_of(answer)
    assert await orders(market) == 0


async def test_a_stranger_learns_nothing_of_refill_and_slot(
    refill: str, home: Home, sign_in_as: SignInAs
) -> None:
    stranger = await sign_in_as(Role.CUSTOMER, "stranger@example.org")

    assert (await stranger.get(refill)).status_code == 404
    assert (await stranger.get(f"/account/slots/{await home.slot_id()}")).status_code == 404


async def test_without_an_address_the_refill_asks_for_one_and_comes_back(
    customer: CloudClient, market: Market
) -> None:
    home = await move_in(market, await market.user_id())
    page = f"/account/reorders/{await run_low(home)}"

    asked = await customer.get(page)
    wrong = await customer.post_form("/account/address", {**ADDRESS, "city": " ", "next": page})
    kept = await customer.post_form("/account/address", {**ADDRESS, "next": page})

    assert f'href="/account/address?next={page}"' in asked.text
    assert wrong.status_code == 422
    assert 'value="Lindenweg 7"' in wrong.text
    assert kept.headers["location"] == page
    assert "Goes to Ada Example, Lindenweg 7, Berlin" in words_of(await customer.get(page))


async def test_the_address_never_leads_off_the_site(customer: CloudClient) -> None:
    answer = await customer.post_form(
        "/account/address", {**ADDRESS, "next": "//elsewhere.example"}
    )

    assert answer.headers["location"] == "/account"


async def test_a_slot_becomes_automatic_then_asks_then_is_off(
    home: Home, customer: CloudClient, market: Market
) -> None:
    await market.give_card(await market.user_id())
    page = f"/account/slots/{await home.slot_id()}"
    total = seen_total((await customer.get(page)).text)

    terms = words_of(await customer.get(page))
    await customer.post_form(
        f"{page}/automatic",
        {"seen_total_minor": total, "max_total_minor": total},
        form_at=page,
    )
    automatic = words_of(await customer.get(page))
    await customer.post_form(f"{page}/mode", {"mode": "ask"}, form_at=page)
    ask = words_of(await customer.get(page))
    await customer.post_form(f"{page}/mode", {"mode": "off"}, form_at=page)
    off = words_of(await customer.get(page))

    assert f"To pay each time {TOTAL}" in terms
    assert "Paid with Visa •••• 4242" in terms
    assert "Agree: order with obligation to pay" in terms
    assert "Now: Ordered by itself" in automatic
    assert f"At most {TOTAL}" in automatic
    assert "Now: Asks you first" in ask
    assert "Now: Off" in off


async def test_automatic_refills_need_a_saved_card_and_say_so_without_being_an_error(
    home: Home, customer: CloudClient
) -> None:
    page = f"/account/slots/{await home.slot_id()}"

    shown = await customer.get(page)
    total = seen_total(shown.text)
    answer = await customer.post_form(
        f"{page}/automatic", {"seen_total_minor": total, "max_total_minor": total}, form_at=page
    )

    assert shown.status_code == 200
    assert "Save a card first" in words_of(shown)
    assert answer.status_code == 422
    assert "Automatic refills need a saved card" in words_of(answer)


async def test_a_slot_page_without_an_address_offers_to_write_one(
    customer: CloudClient, market: Market
) -> None:
    home = await move_in(market, await market.user_id())

    page = await customer.get(f"/account/slots/{await home.slot_id()}")

    assert page.status_code == 200
    assert "Say where to" in words_of(page)


async def test_news_are_told_once_and_marked_read(refill: str, customer: CloudClient) -> None:
    before = words_of(await customer.get("/account/notifications"))
    await customer.post_form("/account/notifications/read", {}, form_at="/account/notifications")
    after = words_of(await customer.get("/account/notifications"))

    assert "Eucalyptus Mint is running low" in before
    assert "New" in before.split("running low")[0]
    assert "Mark all as read" not in after


async def test_cards_are_saved_on_the_providers_page_chosen_and_removed(
    customer: CloudClient, market: Market
) -> None:
    user_id = await market.user_id()
    empty = words_of(await customer.get("/account/cards"))

    page = await customer.post_form("/account/cards/new", {}, form_at="/account/cards")
    market.stripe.pay(page.headers["location"].rsplit("/", 1)[-1])
    await market.settle()
    saved = words_of(await customer.get("/account/cards?saved=1"))
    await market.give_card(user_id, "pm_card_mastercard")
    second = await market.scalar("SELECT max(id) FROM saved_cards")
    fields = {"card_id": str(second)}
    await customer.post_form("/account/cards/default", fields, form_at="/account/cards")
    chosen = words_of(await customer.get("/account/cards"))
    await customer.post_form("/account/cards/remove", fields, form_at="/account/cards")
    left = words_of(await customer.get("/account/cards"))

    assert "No card is saved" in empty
    assert "Visa •••• 4242 Used for refills" in saved
    assert "Mastercard •••• 4444 Used for refills" in chosen
    assert "Mastercard" not in left
    assert "Visa •••• 4242 Used for refills" in left
