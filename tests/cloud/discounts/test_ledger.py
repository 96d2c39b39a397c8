"""The gift cards' ledger under many hands: sums are balances, and no unit is spent twice."""

import asyncio
import random

import pytest

from cloud.discounts.errors import DiscountGone, NotOnCard
from cloud.discounts.service import (
    Quoted,
    can_settle,
    correct,
    credit_back,
    get_card,
    history,
    issue,
    list_unexplained,
    paid_by_cards,
    redeem,
    release,
    settle,
)
from cloud.discounts.terms import Shopper
from cloud.foundation.money import Money
from cloud.pricing.quotes import GiftCardFunds, price
from tests.fakes.offers import an_offer
from tests.fakes.site import a_site

pytestmark = pytest.mark.needs_postgres

EVA = Shopper(email="eva@example.org")


def _quoted(funds):
    return Quoted(price([(an_offer(4000), 1)], a_site(), "DE", gift_cards=funds))


class Town:
    """Cards and people who spend from them, each step a transaction of its own."""

    def __init__(self, database, clock, cards):
        self.database, self.clock, self.cards = database, clock, cards
        self.until = clock.now().replace(year=clock.now().year + 1)

    async def live(self, order_id, dice):
        """Lead one order through a life that dice decide."""
        wish = [
            GiftCardFunds(card, "ABCD", Money(dice.randint(1, 3000), "EUR"))
            for card in dice.sample(self.cards, dice.randint(1, len(self.cards)))
        ]
        now = self.clock.now()
        try:
            async with self.database.unit_of_work() as session:
                await redeem(session, order_id, _quoted(wish), EVA, now, hold_until=self.until)
        except DiscountGone:
            return
        if dice.random() < 0.3:
            async with self.database.unit_of_work() as session:
                await release(session, order_id, now)
        async with self.database.unit_of_work() as session:
            if not await can_settle(session, order_id, "EUR", now):
                return
            await settle(session, order_id, now)
        for _ in range(dice.randint(0, 2)):
            async with self.database.unit_of_work() as session:
                paid = await paid_by_cards(session, order_id)
                await credit_back(session, order_id, Money(dice.randint(0, paid), "EUR"), now)

    async def tamper(self, dice):
        """Let staff take from or add to a card."""
        try:
            async with self.database.unit_of_work() as session:
                delta = dice.randint(-2000, 1000)
                await correct(session, dice.choice(self.cards), delta, "why", self.clock.now())
        except NotOnCard:
            pass


@pytest.fixture
async def town(database, clock):
    """Three cards of 50 EUR."""
    async with database.unit_of_work() as session:
        issued = [
            await issue(session, Money(5000, "EUR"), clock.now(), issued_by=None) for _ in range(3)
        ]
    return Town(database, clock, [one.card.id for one in issued])


@pytest.mark.parametrize("seed", range(3))
async def test_random_histories_at_the_same_time_add_up_to_the_balances(town, seed, is_long_run):
    dice = random.Random(seed)
    count = 300 if is_long_run else 25
    orders = [town.live(number, random.Random(dice.random())) for number in range(1, count)]
    others = [town.tamper(random.Random(dice.random())) for _ in range(count // 5)]

    # As many at once as there are connections: more would wait for one, and be turned away.
    at_once = asyncio.Semaphore(20)

    async def in_turn(life):
        async with at_once:
            await life

    await asyncio.gather(*(in_turn(life) for life in (*orders, *others)))

    async with town.database.unit_of_work() as session:
        assert await list_unexplained(session) == []
        for card in town.cards:
            entries = list(reversed(await history(session, card)))
            running = 0
            for entry in entries:
                running += entry.delta_minor
                assert entry.balance_after_minor == running >= 0


async def test_settling_twice_spends_once_and_a_refund_never_passes_what_was_paid(town):
    now = town.clock.now()
    funds = [GiftCardFunds(town.cards[0], "ABCD", Money(3000, "EUR"))]
    async with town.database.unit_of_work() as session:
        await redeem(session, 1, _quoted(funds), EVA, now, hold_until=town.until)
    for _ in range(2):
        async with town.database.unit_of_work() as session:
            assert await can_settle(session, 1, "EUR", now)
            await settle(session, 1, now)

    async with town.database.unit_of_work() as session:
        await credit_back(session, 1, Money(1000, "EUR"), now)
    with pytest.raises(NotOnCard):
        async with town.database.unit_of_work() as session:
            await credit_back(session, 1, Money(2001, "EUR"), now)

    async with town.database.unit_of_work() as session:
        assert await paid_by_cards(session, 1) == 2000
        assert [entry.delta_minor for entry in await history(session, town.cards[0])] == [
            1000,
            -3000,
            5000,
        ]


async def test_what_an_unpaid_order_holds_cannot_be_taken_off_the_card(town):
    now = town.clock.now()
    funds = [GiftCardFunds(town.cards[0], "ABCD", Money(3000, "EUR"))]
    async with town.database.unit_of_work() as session:
        await redeem(session, 1, _quoted(funds), EVA, now, hold_until=town.until)

    with pytest.raises(NotOnCard):
        async with town.database.unit_of_work() as session:
            await correct(session, town.cards[0], -2001, "why", now)


async def test_a_card_that_expired_meanwhile_can_be_spent_again_when_money_comes_back(town):
    now = town.clock.now()
    funds = [GiftCardFunds(town.cards[0], "ABCD", Money(3000, "EUR"))]
    async with town.database.unit_of_work() as session:
        await redeem(session, 1, _quoted(funds), EVA, now, hold_until=town.until)
        await can_settle(session, 1, "EUR", now)
        await settle(session, 1, now)
    await town.clock.advance(3600)
    later = town.clock.now()
    async with town.database.unit_of_work() as session:
        card = await get_card(session, town.cards[0])
        card.expires_at = later

    async with town.database.unit_of_work() as session:
        await credit_back(session, 1, Money(500, "EUR"), later)

    async with town.database.unit_of_work() as session:
        card = await get_card(session, town.cards[0])
        assert card.expires_at is not None
        assert card.expires_at > later
