"""Suggestions come from the quiz, from purchases, and from what runs: that only with consent."""

import pytest
from sqlalchemy import text

from cloud.foundation.identity import Role
from cloud.recommendations.service.learning import learn
from cloud.recommendations.service.suggesting import suggest
from cloud.recommendations.service.use_reading import read_use
from tests.cloud.recommendations.answering import take
from tests.fakes.hub import cartridge
from tests.fakes.shopping import buy, put_in_cart

pytestmark = pytest.mark.needs_postgres

OF_USE = ("use_consents", "scent_uses", "use_marks")


@pytest.fixture
async def user_id(customer, market):
    return await market.user_id()


async def count(market, table):
    return await market.scalar(f"SELECT count(*) FROM {table}")


async def work(market, step, **values):
    async with market.database.unit_of_work() as session:
        return await step(session, market.clock.now(), **values)


async def suggested(client):
    return (await client.get("/api/v1/me/suggestions?limit=24")).json()["picks"]


async def runs(market, user_id, sku="EUCMNT-30"):
    """Let a diffuser at home run 12 of 20 millilitres."""
    home = await market.open_home(user_id)
    for remaining_ul in (20_000, 15_000, 8_000):
        now = market.clock.now()
        body = cartridge(at=now, remaining_ul=remaining_ul, sku=sku)
        await home.says("cartridge.level", body)
    return home


async def test_what_was_bought_is_learnt_from_and_suggested_from(
    market, customer, sign_in_as, user_id
):
    other = await sign_in_as(Role.CUSTOMER, "other@example.org")
    for buyer in (customer, other):
        await put_in_cart(market, buyer, "LAVFLD-30", 1)
        await buy(market, buyer, "CEDBER-30")
    await work(market, learn)
    await work(market, suggest, most=10)

    beside = (await customer.get("/api/v1/products/1/goes-with")).json()["picks"]
    page = (await customer.get("/products/cedar-bergamot")).text
    await customer.post_form("/cart/lines", {"variant_id": "1"}, form_at="/products/cedar-bergamot")
    cart = (await customer.get("/cart")).text
    found = await suggested(customer)

    assert [(one["slug"], one["reasons"]) for one in beside] == [
        ("lavender-field", ["Homes that have Cedar & Bergamot often take this one too."])
    ]
    assert "Homes that have Cedar &amp; Bergamot often take this one too." in page
    assert "Goes with what is in your cart" in cart
    assert not {"cedar-bergamot", "lavender-field"} & {one["slug"] for one in found}
    assert any(
        "It is close to Cedar & Bergamot, which you bought." in one["reasons"] for one in found
    )
    assert await work(market, suggest, most=10) == 0
    assert "For you" in (await customer.get("/account")).text
    assert "which you bought" in (await customer.get("/")).text


async def test_what_is_alike_is_learnt_from_the_scents_and_says_how(market, customer):
    await work(market, learn)
    await work(market, learn)

    alike = (await customer.get("/api/v1/products/1/alike")).json()["picks"]

    assert len(alike) == 4
    assert all(len(one["reasons"]) == 1 for one in alike)
    assert "Close to it" in (await customer.get("/products/cedar-bergamot")).text


async def test_a_finished_quiz_is_suggested_from_a_minute_later(market, customer):
    picks = (await take(customer)).json()["picks"]
    assert await suggested(customer) == []

    await work(market, suggest, most=10)

    assert {one["product_id"] for one in picks} <= {
        one["product_id"] for one in await suggested(customer)
    }


async def test_nothing_of_use_is_read_without_consent(market, customer, user_id):
    await work(market, learn)
    await runs(market, user_id)

    read = await work(market, read_use, most=10)

    assert read == 0
    assert [await count(market, table) for table in OF_USE] == [0, 0, 0]
    assert (await customer.get("/api/v1/me/use-consent")).json() == {"given_at": None}


async def test_with_consent_what_runs_is_counted_once_however_often_it_is_read(
    market, customer, user_id
):
    await customer.put_json("/api/v1/me/use-consent", {"is_given": True})
    await runs(market, user_id)

    await work(market, read_use, most=10)
    await market.run("UPDATE use_marks SET seq = 0")
    await work(market, read_use, most=10)

    assert await market.rows(
        "SELECT p.slug, u.most_ul, u.least_ul FROM scent_uses u JOIN products p"
        " ON p.id = u.product_id"
    ) == [("eucalyptus-mint", 20_000, 8_000)]


async def test_after_consent_is_taken_back_nothing_of_use_remains(market, customer, user_id):
    await work(market, learn)
    await customer.post_form(
        "/account/suggestions/use", {"act": "give"}, form_at="/account/suggestions"
    )
    await runs(market, user_id)
    await work(market, read_use, most=10)
    await work(market, suggest, most=10)
    reasons = [reason for one in await suggested(customer) for reason in one["reasons"]]
    assert "It is close to Eucalyptus Mint, which runs in your home." in reasons

    await customer.post_form(
        "/account/suggestions/use", {"act": "withdraw"}, form_at="/account/suggestions"
    )

    assert [await count(market, table) for table in (*OF_USE, "suggestions")] == [0, 0, 0, 0]
    await work(market, read_use, most=10)
    await work(market, learn)
    await work(market, suggest, most=10)
    assert [await count(market, table) for table in (*OF_USE, "suggestions")] == [0, 0, 0, 0]


async def test_whoever_leaves_a_home_leaves_what_ran_there(market, customer, user_id):
    await customer.put_json("/api/v1/me/use-consent", {"is_given": True})
    await runs(market, user_id)
    await work(market, read_use, most=10)

    await market.run("DELETE FROM household_members")
    await work(market, read_use, most=10)

    assert await count(market, "scent_uses") == 0


async def test_all_of_it_is_handed_out_and_goes_with_the_account(market, customer, user_id, parts):
    await take(customer)
    await customer.put_json("/api/v1/me/use-consent", {"is_given": True})
    await runs(market, user_id)
    await work(market, read_use, most=10)
    await work(market, suggest, most=10)
    values = {"user_id": user_id, "email": "customer@example.org", "now": market.clock.now()}
    held = {}
    async with parts.database.unit_of_work() as session:
        for records in parts.privacy.records:
            for name, query in records.held.items():
                held[name] = list(await session.scalars(query, values))

    (quiz,) = held["quiz"]
    assert len(quiz["answers"]) == 8
    assert held["suggestions"]
    assert [one["product"] for one in held["scent_use"]] == ["Eucalyptus Mint"]
    assert len(held["use_consent"]) == 1

    async with parts.database.unit_of_work() as session:
        await session.execute(text("DELETE FROM quiz_runs WHERE user_id = :id"), {"id": user_id})
    assert await count(market, "quiz_answers") == await count(market, "quiz_picks") == 0
