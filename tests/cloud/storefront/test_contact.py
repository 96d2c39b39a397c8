"""The shop's imprint says what staff entered, and every page leads there."""

import pytest
from sqlalchemy import update

from cloud.site.models import SiteSettings
from cloud.site.presence import Contacts, SocialLink
from cloud.site.schemas import StoreAddress
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres


async def test_the_imprint_names_the_seller_and_every_page_leads_there(
    market: Market, client: CloudClient
) -> None:
    address = StoreAddress(
        company="Duft & Co. GmbH", line1="Am Markt 1", postcode="10115", city="Berlin",
        tax_number="DE136695976",
    )  # fmt: skip
    contacts = Contacts(phone="+49 30 1234", hours="Monday to Friday")
    link = SocialLink(name="Mastodon", url="https://social.test/@duft")
    async with market.database.unit_of_work() as session:
        await session.execute(
            update(SiteSettings).values(
                store_address=address.model_dump(),
                contacts=contacts.model_dump(),
                social_links=[link.model_dump()],
                support_email="help@duft.test",
            )
        )

    page = await client.get("/contact")

    words = words_of(page)
    for fact in ("Duft & Co. GmbH", "Am Markt 1", "10115 Berlin", "VAT number DE136695976"):
        assert fact in words
    for fact in ('"tel:+49301234"', '"mailto:help@duft.test"', '"https://social.test/@duft"'):
        assert fact in page.text
    assert 'href="/contact"' in (await client.get("/")).text


async def test_a_shop_that_entered_nothing_still_has_an_imprint(
    market: Market, client: CloudClient
) -> None:
    page = await client.get("/contact")

    assert page.status_code == 200
    assert "Germany" in words_of(page)
