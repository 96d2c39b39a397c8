"""The staff's pages about homes and about what runs short."""

import pytest
from sqlalchemy import text

from tests.fakes.cloud_client import CloudClient
from tests.fakes.lived_in import move_in, run_low
from tests.fakes.market import Home, Market
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
async def home(customer: CloudClient, market: Market) -> Home:
    """The customer's home with a diffuser that is about to run low."""
    user_id = await market.user_id()
    await market.give_address(user_id)
    home = await move_in(market, user_id, [("bath", "Bathroom", "CEDBER-50", 9_000, 9)])
    await run_low(home, ("bath", "Bathroom", "CEDBER-50", 0, 0))
    return home


def revocation(home: Home) -> dict[str, str]:
    return {"reason": "stolen", "confirmation": str(home.key.hub_id)}


async def test_no_hub_is_said_in_words(staff: CloudClient) -> None:
    assert "No hub is connected yet" in words_of(await staff.get("/admin/hubs"))


async def test_hubs_show_when_they_were_last_heard(staff: CloudClient, home: Home) -> None:
    listed = words_of(await staff.get("/admin/hubs"))
    page = words_of(await staff.get(f"/admin/hubs/{home.key.hub_id}"))

    assert "customer@example.org" in listed
    assert "Online" in page
    assert "Revoke this hub" not in page


async def test_an_admin_revokes_a_hub_and_it_may_not_speak_any_more(
    admin: CloudClient, home: Home, market: Market
) -> None:
    page = f"/admin/hubs/{home.key.hub_id}"
    offered = await admin.get(page)
    unsure = await admin.post_form(
        f"{page}/revoke", {"reason": "stolen", "confirmation": "yes"}, form_at=page
    )
    still = await market.scalar("SELECT revoked_at FROM hubs")
    await admin.post_form(f"{page}/revoke", revocation(home), form_at=page)
    after = words_of(await admin.get(page))

    assert "Revoke Hub" in offered.text
    assert "Bathroom" in words_of(offered)
    assert "8 %" in words_of(offered)
    assert unsure.status_code == 422
    assert still is None
    assert "Revoked" in words_of(await admin.get("/admin/hubs?state=revoked"))
    assert "stolen" in after
    assert await market.scalar("SELECT revoked_at FROM hubs") is not None


async def test_a_refill_from_a_home_stands_out_in_the_queue(
    staff: CloudClient, customer: CloudClient, home: Home, market: Market
) -> None:
    await market.give_card(await market.user_id())
    page = f"/account/reorders/{await market.scalar('SELECT id FROM reorders')}"
    total = str(await market.scalar("SELECT total_minor FROM reorders"))
    await customer.post_form(f"{page}/confirm", {"seen_total_minor": total}, form_at=page)
    await market.settle()

    assert "Home device" in words_of(await staff.get("/admin/orders"))


async def test_stock_shows_what_can_still_be_sold(staff: CloudClient, market: Market) -> None:
    stocked = words_of(await staff.get("/admin/stock?state=low"))
    async with market.database.unit_of_work() as session:
        await session.execute(text("UPDATE stock_levels SET on_hand = 2"))
    scarce = words_of(await staff.get("/admin/stock?state=low"))

    assert "CEDBER-50" not in stocked
    assert "CEDBER-50" in scarce
