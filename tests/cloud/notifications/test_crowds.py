"""Crowds: a fall of a price, a bottle that is back, a campaign: whom it concerns hears once."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud.catalogue.jobs import tell_published
from cloud.foundation.events import emit
from cloud.foundation.jobs import PeriodicRun
from cloud.hubs.events import AutomationsRan
from cloud.inventory.events import StockCameBack
from cloud.wishlists.prices import watch_prices
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres

TITLES = "SELECT title FROM notifications WHERE kind = :kind ORDER BY id"


async def look(market: Market) -> None:
    async with market.database.unit_of_work() as session:
        await watch_prices(session, market.clock.now())
    await market.do_jobs()


async def price(market: Market, variant_id: int, minor: int) -> None:
    async with market.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE variants SET price_minor = :minor WHERE id = :id"),
            {"minor": minor, "id": variant_id},
        )


async def test_a_fall_of_the_price_is_told_once_and_a_small_one_when_it_adds_up(
    market: Market, customer: CloudClient
) -> None:
    async with market.database.unit_of_work() as session:
        variant = await put_on_shelf(session, "WISH-1", bottles=3, price_minor=2000)
    await customer.post_json("/api/v1/wishlist", {"product_id": variant.product_id})
    told = []
    for minor in (2000, 1960, 1900, 1900, 2100, 1900):
        await price(market, variant.id, minor)
        await look(market)
        told.append(len(await market.rows(TITLES, kind="PRICE_DROP")))

    assert told == [0, 0, 1, 1, 1, 2]

    # A price of the time when nobody wished for it is none that anybody knows of.
    (wish,) = (await customer.get("/api/v1/wishlist")).json()["wishes"]
    await customer.remove(f"/api/v1/wishlist/{wish['id']}")
    await look(market)
    marks = await market.scalar("SELECT count(*) FROM price_marks")
    await customer.post_json("/api/v1/wishlist", {"product_id": variant.product_id})
    again = []
    for minor in (1000, 900):
        market.clock.step(timedelta(minutes=5))
        await price(market, variant.id, minor)
        await look(market)
        again.append(len(await market.rows(TITLES, kind="PRICE_DROP")))

    assert marks == 0
    assert again == [2, 3]


async def test_an_address_hears_once_and_only_after_its_owner_said_yes(
    market: Market, client: CloudClient, mailbox: Mailbox
) -> None:
    async with market.database.unit_of_work() as session:
        variant = await put_on_shelf(session, "WISH-2", bottles=3)
    ask = {"product_id": str(variant.product_id), "email": "someone@example.org"}

    async def comes_back() -> list[str]:
        async with market.database.unit_of_work() as session:
            await emit(session, StockCameBack(variant.id, 3, market.clock.now()))
        await market.do_jobs()
        return [one.subject for one in mailbox.mails if one.recipient == ask["email"]]

    for _ in range(2):
        await client.post_form("/tell-me", ask, form_at="/sign-in")
    assert len(await comes_back()) == 1
    link = re.search(r"/tell-me/\S+", mailbox.mails[-1].text)
    assert link is not None
    await client.get(link[0])
    assert len(await comes_back()) == 1
    await client.post_form(link[0], {})

    for _ in range(2):
        subjects = await comes_back()
    assert len(subjects) == 2
    assert "is back" in subjects[1]
    assert await market.scalar("SELECT count(*) FROM restock_wishes") == 0


async def test_a_scent_put_out_a_minute_ago_is_told_once_though_a_look_was_since(
    market: Market, customer: CloudClient
) -> None:
    async with market.database.unit_of_work() as session:
        variant = await put_on_shelf(session, "NEW-1", bottles=3)
    await market.run(
        "INSERT INTO notification_preferences (user_id, topic, channel, is_wanted)"
        " SELECT id, 'new_scents', channel, true FROM users, unnest(ARRAY['app', 'mail']) channel"
    )
    looked_at = market.clock.now()
    # A form says minutes, and what it says is stored some time after it was sent.
    await market.run(
        "UPDATE products SET published_at = :at WHERE id = :id",
        at=looked_at - timedelta(minutes=1),
        id=variant.product_id,
    )

    for _ in range(3):
        since, looked_at = looked_at, looked_at + timedelta(minutes=5)
        async with market.database.unit_of_work() as session:
            await tell_published(session, PeriodicRun(now=looked_at, since=since))
        await market.do_jobs()

    assert len(await market.rows(TITLES, kind="NEW_PRODUCT")) == 1


async def test_a_campaign_reaches_everybody_once_and_mails_those_who_want_it(
    market: Market, customer: CloudClient, admin: CloudClient, mailbox: Mailbox
) -> None:
    async with market.database.unit_of_work() as session:
        await session.execute(text("UPDATE users SET email_verified_at = now()"))
    said = {"topic": "offers", "channel": "mail", "is_wanted": True}
    await customer.patch_json("/api/v1/me/notifications/preferences", {"changes": [said]})
    draft = {"kind": "PROMOTIONAL_OFFER", "audience": "everybody", "link": "/products"}
    words = {"title_en": "Ten percent off", "message_en": "This week.", "button_en": "Look"}

    made = await admin.post_form("/admin/campaigns/new", draft | words)
    page = made.headers["location"].partition("?")[0]
    await admin.post_form(f"{page}/test", {}, form_at=page)
    await admin.post_form(f"{page}/send", {"send_at": ""}, form_at=page)
    await market.settle()

    got = [one.recipient for one in mailbox.mails if one.subject == "Ten percent off"]
    assert sorted(got) == ["admin@example.org", "customer@example.org"]
    row = (await market.rows("SELECT stage, counted, told FROM campaigns"))[0]
    assert tuple(row) == ("sent", 2, 2)
    assert "2 of 2 members told" in (await admin.get(page)).text


async def test_a_campaign_is_shown_in_the_order_of_the_shops_languages(
    market: Market, admin: CloudClient
) -> None:
    async def speak(*languages: str) -> None:
        said = json.dumps(languages)
        await market.run("UPDATE site_settings SET languages = :said ::jsonb", said=said)

    async def shown(page: str) -> list[str]:
        return re.findall(r'<article class="note" lang="(..)"', (await admin.get(page)).text)

    await speak("en", "de")
    draft = {"kind": "PROMOTIONAL_OFFER", "audience": "everybody", "link": "/products"}
    for language in ("de", "en"):
        draft |= {f"{part}_{language}": f"In {language}" for part in ("title", "message", "button")}
    made = await admin.post_form("/admin/campaigns/new", draft)
    page = made.headers["location"].partition("?")[0]
    told = await shown(page)
    await speak("es", "en")

    assert told == ["en", "de"]
    assert await shown(page) == ["en", "de"]
    assert "In en" in (await admin.get("/admin/campaigns?lang=es")).text


async def test_rules_that_run_are_one_line_a_day(market: Market, customer: CloudClient) -> None:
    user_id = await market.user_id()
    async with market.database.unit_of_work() as session:
        home = await session.scalar(
            text("INSERT INTO households (name) VALUES ('Lindenweg') RETURNING id")
        )
        await session.execute(
            text(
                "INSERT INTO household_members (household_id, user_id, role) "
                "VALUES (:home, :user_id, 'OWNER')"
            ),
            {"home": home, "user_id": user_id},
        )

    async def run(**counts: int) -> None:
        async with market.database.unit_of_work() as session:
            await emit(session, AutomationsRan(home, 1, counts, market.clock.now()))
        market.clock.step(timedelta(minutes=1))

    async def hear(*, wanted: bool) -> None:
        said = {"topic": "home_life", "channel": "app", "is_wanted": wanted}
        await customer.patch_json("/api/v1/me/notifications/preferences", {"changes": [said]})

    await run(Evening=2)
    await hear(wanted=False)
    await run(Evening=5)
    await hear(wanted=True)
    await run(Evening=1, Away=1)
    rows = await market.rows(
        "SELECT message FROM notifications WHERE kind = 'SMART_HOME_AUTOMATION_TRIGGERED'"
    )
    assert [row.message for row in rows] == [
        "Evening (3 \N{MULTIPLICATION SIGN}), Away (1 \N{MULTIPLICATION SIGN})"
    ]
