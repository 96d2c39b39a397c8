"""Firms that buy: with a VAT number in force in another country of the EU they pay no tax here."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import update

from cloud.accounts.vat_numbers import VatNumber
from cloud.checkout.vies import Verdict, ViesRegister
from cloud.settings import CloudSettings
from cloud.site.models import SiteSettings
from tests.fakes import vies as register
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import ADDRESS, Market
from tests.fakes.shopping import words_of
from tests.fakes.site import a_site, stored
from tests.fakes.vies import FakeVies

pytestmark = pytest.mark.needs_postgres

FRENCH = "FR40303265045"
GERMAN = "DE136695976"
IN_FRANCE = ADDRESS.model_dump() | {"country": "FR"}


@pytest.fixture
async def vies() -> AsyncIterator[FakeVies]:
    """The register, which knows two numbers."""
    async with register.running() as vies:
        vies.in_force = {FRENCH, GERMAN}
        yield vies


@pytest.fixture
def settings(settings: CloudSettings, vies: FakeVies) -> CloudSettings:
    """The settings of a shop that asks the register of these tests."""
    return CloudSettings(**settings.model_dump() | {"vies_url": vies.url})


@pytest.fixture
async def shop(market: Market) -> Market:
    """A shop in Germany that delivers to France, with one bottle for 28.90 EUR."""
    async with market.database.unit_of_work() as session:
        await session.execute(update(SiteSettings).values(stored(a_site())))
    return market


async def fill_cart(market: Market, client: CloudClient, quantity: int = 2) -> None:
    variant_id = await market.scalar("SELECT id FROM variants")
    answer = await client.post_json(
        "/api/v1/cart/items", {"variant_id": variant_id, "quantity": quantity}
    )
    assert answer.status_code == 200, answer.text


async def quote(market: Market, client: CloudClient, **changes: Any) -> dict[str, Any]:
    variant_id = await market.scalar("SELECT id FROM variants")
    wish = {"lines": [{"variant_id": variant_id, "quantity": 2}], "country": "FR"}
    answer = await client.post_json("/api/v1/quotes", wish | changes)
    body: dict[str, Any] = answer.json()
    return body


async def place(client: CloudClient, total: int, **changes: Any) -> Any:
    form = {
        "email": "buyer@firm.example",
        "shipping_address": IN_FRANCE,
        "seen_total_minor": total,
        "company": "Fleur SARL",
        "vat_number": "fr 40 303 265 045",
    }
    return await client.post_json("/api/v1/checkout", form | changes)


async def test_a_firm_elsewhere_in_the_union_pays_no_tax_and_its_papers_say_why(
    shop: Market, client: CloudClient, staff: CloudClient
) -> None:
    await fill_cart(shop, client)
    quoted = await quote(shop, client, vat_number=FRENCH)
    # 28.90 without the 20 % of France is 24.08, 4.90 is 4.08.
    assert quoted["total"]["minor"] == 2 * 2408 + 408
    assert quoted["is_reverse_charge"]

    placed = await place(client, 2 * 2408 + 408)
    assert placed.status_code == 201, placed.text
    shop.stripe.pay(placed.json()["url"].rsplit("/", 1)[-1])
    await shop.settle()

    order = (await shop.rows("SELECT * FROM orders"))[0]
    assert (order.tax_minor, order.total_minor, order.is_reverse_charge) == (0, 5224, True)
    assert (order.company, order.vat_number) == ("Fleur SARL", FRENCH)
    path = f"/api/v1/staff/orders/{order.number}"
    refunded = await staff.post_json(f"{path}/refunds", {"lines": {str(await item(shop)): 1}})
    assert refunded.json()[0]["amount_minor"] == 2408, refunded.text
    await shop.settle()
    papers = [one.paper for one in await shop.rows("SELECT paper FROM invoices ORDER BY id")]
    assert len(papers) == 2
    for paper in papers:
        assert "Reverse charge" in paper["notes"][0]
        assert {"Fleur SARL", f"VAT number {FRENCH}"} <= set(paper["buyer"])
        assert [row[2] for row in paper["taxes"]] == ["€0.00"]


async def item(market: Market) -> int:
    return int(await market.scalar("SELECT id FROM order_items"))


@pytest.mark.parametrize(
    ("country", "number"), [("DE", FRENCH), ("FR", GERMAN), ("FR", "")], ids=str
)
async def test_a_parcel_at_home_a_firm_of_here_and_people_bear_tax(
    shop: Market, client: CloudClient, country: str, number: str
) -> None:
    quoted = await quote(shop, client, country=country, vat_number=number)

    assert quoted["total"]["minor"] == 2 * 2890 + 490
    assert quoted["tax"]["minor"] > 0
    assert not quoted["is_reverse_charge"]


async def test_a_number_out_of_force_is_refused_in_words(
    shop: Market, client: CloudClient, vies: FakeVies
) -> None:
    vies.in_force.clear()
    await fill_cart(shop, client)

    refused = await place(client, 6270)

    assert (refused.status_code, refused.json()["code"]) == (422, "vat_number_unknown")
    assert await shop.scalar("SELECT count(*) FROM orders") == 0


async def test_a_wrong_check_digit_asks_nobody(
    shop: Market, client: CloudClient, vies: FakeVies
) -> None:
    await fill_cart(shop, client)

    refused = await place(client, 6270, vat_number="FR40303265046")

    assert refused.json()["code"] == "vat_number_wrong"
    assert vies.asked == []


@pytest.mark.parametrize("trouble", ["MS_UNAVAILABLE", "garbage"])
async def test_when_the_register_is_silent_tax_is_charged_and_the_order_tells(
    shop: Market, client: CloudClient, vies: FakeVies, trouble: str
) -> None:
    vies.trouble = trouble
    await fill_cart(shop, client)

    placed = await place(client, 2 * 2890 + 490)

    assert placed.status_code == 201, placed.text
    order = (await shop.rows("SELECT * FROM orders"))[0]
    assert (order.is_reverse_charge, order.vat_number) == (False, FRENCH)
    assert order.vat_confirmed_at is None
    assert order.tax_minor > 0


async def test_a_number_is_asked_for_once_a_day(
    shop: Market, client: CloudClient, vies: FakeVies
) -> None:
    await quote(shop, client, vat_number=FRENCH)
    await quote(shop, client, vat_number=FRENCH)
    assert len(vies.asked) == 1

    await shop.clock.advance(86_401)
    await quote(shop, client, vat_number=FRENCH)

    assert len(vies.asked) == 2


async def test_an_order_of_people_asks_nobody_and_reads_no_check(
    shop: Market, client: CloudClient, vies: FakeVies
) -> None:
    await fill_cart(shop, client)

    placed = await place(client, 2 * 2890 + 490, company="", vat_number="")

    assert placed.status_code == 201, placed.text
    assert vies.asked == []
    assert await shop.scalar("SELECT count(*) FROM vat_checks") == 0


async def test_the_same_cart_with_another_firm_is_another_order(
    shop: Market, client: CloudClient
) -> None:
    await fill_cart(shop, client)
    first = (await place(client, 5224)).json()["order_number"]
    again = (await place(client, 5224)).json()["order_number"]

    other = (await place(client, 5224, company="Autre SARL")).json()["order_number"]

    assert first == again != other


async def test_the_page_of_checkout_takes_the_firm_and_shows_what_it_pays(
    shop: Market, client: CloudClient
) -> None:
    await fill_cart(shop, client)
    fields = {**IN_FRANCE, "email": "buyer@firm.example", "seen_total_minor": "0", "act": "price"}
    del fields["phone"], fields["region"]

    shown = await client.post_form(
        "/checkout", {**fields, "company": "Fleur SARL", "vat_number": FRENCH}
    )
    wrong = await client.post_form("/checkout", {**fields, "company": "", "vat_number": "FR1"})

    assert "€52.24" in words_of(shown)
    assert f"Reverse charge: your company {FRENCH}" in words_of(shown)
    assert "no VAT number of a country" in words_of(wrong)
    assert "€62.70" in words_of(wrong)


async def test_the_database_refuses_tax_on_a_reverse_charge(
    shop: Market, client: CloudClient
) -> None:
    await fill_cart(shop, client)
    await place(client, 6270, company="", vat_number="")

    with pytest.raises(Exception, match="reverse_charge"):
        await shop.run("UPDATE orders SET is_reverse_charge = true")


@pytest.mark.parametrize(
    ("number", "verdict"),
    [(VatNumber("FR", "40303265045"), Verdict.VALID), (VatNumber("FR", "1"), Verdict.INVALID)],
)
async def test_the_client_says_what_the_register_says(
    vies: FakeVies, number: VatNumber, verdict: Verdict
) -> None:
    client = ViesRegister(vies.url)

    said = await client.look_up(number)
    await client.close()

    assert said is verdict


async def test_greek_numbers_are_asked_for_as_the_register_names_them(vies: FakeVies) -> None:
    client = ViesRegister(vies.url)

    await client.look_up(VatNumber("GR", "094259216"))
    await client.close()

    assert vies.asked == ["EL094259216"]


@pytest.mark.parametrize(("trouble", "status"), [("", 500), ("MS_MAX_CONCURRENT_REQ", 200)])
async def test_whatever_goes_wrong_there_is_silence(
    vies: FakeVies, trouble: str, status: int
) -> None:
    vies.trouble, vies.status = trouble, status
    client = ViesRegister(vies.url)
    deaf = ViesRegister("http://127.0.0.1:9/rest-api")
    nobody = ViesRegister("")

    said = [await one.look_up(VatNumber("FR", "40303265045")) for one in (client, deaf, nobody)]
    await client.close()
    await deaf.close()

    assert said == [Verdict.SILENT] * 3
