"""Promotions and gift cards where the buyer pays in another currency."""

import pytest
from sqlalchemy import text

from cloud.discounts.models import PromotionKind
from tests.fakes.promotions import give_card, promote

pytestmark = pytest.mark.needs_postgres

DOLLARS = '[{"currency": "USD", "rate": "1.1", "rate_as_of": "2026-11-20", "ending": "00"}]'


@pytest.fixture
async def offered(market):
    async with market.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE site_settings SET currencies = CAST(:offered AS jsonb)"),
            {"offered": DOLLARS},
        )


async def _quote(client, bottle, code, currency="USD", quantity=1):
    lines = [{"variant_id": bottle, "quantity": quantity}]
    wish = {"lines": lines, "country": "DE", "codes": [code], "currency": currency}
    answer = await client.post_json("/api/v1/quotes", wish)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.usefixtures("offered")
async def test_a_gift_card_pays_in_its_own_currency_alone(market, client, bottle):
    async with market.database.unit_of_work() as session:
        card = await give_card(session, 1000, market.clock.now())

    dollars = await _quote(client, bottle, card.code)
    euros = await _quote(client, bottle, card.code, "EUR")

    assert dollars["gift_card"]["minor"] == 0
    assert [one["why"] for one in dollars["refusals"]] == ["other_currency"]
    assert euros["gift_card"]["minor"] == 1000


@pytest.mark.usefixtures("offered")
async def test_a_fixed_discount_and_its_minimum_are_converted(market, client, bottle):
    """5.00 EUR are $5.50, rounded up to $6.00; from 30.00 EUR on is from $33.00 on."""
    async with market.database.unit_of_work() as session:
        await promote(session, "FIVE", kind=PromotionKind.AMOUNT, off_minor=500, from_minor=3000)

    one = await _quote(client, bottle, "FIVE")
    two = await _quote(client, bottle, "FIVE", quantity=2)

    assert one["subtotal"] == {"minor": 3200, "currency": "USD"}
    assert [refusal["why"] for refusal in one["refusals"]] == ["minimum_not_reached"]
    assert two["discount"] == {"minor": 600, "currency": "USD"}
    assert two["total"]["minor"] == 6400 - 600 + two["shipping"]["minor"]


@pytest.mark.usefixtures("offered")
async def test_an_amount_entered_for_the_currency_wins(market, client, bottle):
    async with market.database.unit_of_work() as session:
        promotion = await promote(session, "FIVE", kind=PromotionKind.AMOUNT, off_minor=500)
        await session.execute(
            text(
                "INSERT INTO promotion_amounts (promotion_id, currency, off_minor)"
                " VALUES (:id, 'USD', 777)"
            ),
            {"id": promotion.id},
        )

    assert (await _quote(client, bottle, "FIVE"))["discount"]["minor"] == 777
