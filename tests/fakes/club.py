"""A member who subscribes in a test's shop, and the days that pass."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cloud.inventory import service as inventory
from cloud.inventory.service import StockLine
from cloud.payments import service as payments
from cloud.subscriptions import repository, service
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import SKU, Market

PLACE = "/api/v1/me/subscriptions"
PASSWORD = "correct horse battery staple"


@dataclass
class Club:
    """The shop of one test and its subscriber, who has an address and a card."""

    market: Market
    client: CloudClient
    user_id: int
    variant_id: int

    async def asked(self, **facts: Any) -> dict[str, Any]:
        """Return what a member would send to subscribe, at today's price."""
        wanted = {"variant_id": self.variant_id, "quantity": 1, "frequency": "MONTHLY"} | facts
        quote = await self.client.post_json(
            f"{PLACE}/quote", {name: wanted[name] for name in ("variant_id", "quantity")}
        )
        return {"seen_total_minor": quote.json()["total_minor"]} | wanted

    async def subscribe(self, **facts: Any) -> int:
        """Subscribe, and let what follows be done; return the subscription's id."""
        made = await self.client.post_json(PLACE, await self.asked(**facts))
        assert made.status_code == 201, made.text
        await self.turn()
        return int(made.json()["id"])

    async def turn(self) -> None:
        """Do what is due of subscriptions and their charges now, and none of the shop's rest."""
        parts = self.market.parts
        async with parts.database.unit_of_work() as session:
            paused = await repository.is_shop_paused(session)
            now = self.market.clock.now()
            due = await repository.due_ids(session, now, is_shop_paused=paused, limit=100)
        for subscription_id in due:
            async with parts.database.unit_of_work() as session:
                await service.attend(session, parts.subscriptions, subscription_id, now)
        open_charges = "SELECT id FROM payments WHERE status = 'pending' AND kind = 'charge'"
        for row in await self.market.rows(open_charges):
            await payments.charge_saved_card(
                parts.database, parts.gateway, row.id, self.market.clock
            )

    async def skip(self, subscription_id: int) -> dict[str, Any]:
        """Leave the next parcel of a subscription out; return it as it stands then."""
        number = (await self.view(subscription_id))["next_number"]
        return await self.does(subscription_id, "skip", number=number)

    async def does(self, subscription_id: int, deed: str, **facts: Any) -> dict[str, Any]:
        """Do something to a subscription over the API; return it as it stands then."""
        answer = await self.client.post_json(f"{PLACE}/{subscription_id}/{deed}", facts)
        if answer.status_code == 401:
            # Away for longer than a session lasts.
            sign_in = {"email": "customer@example.org", "password": PASSWORD}
            await self.client.post_json("/api/v1/auth/sign-in", sign_in)
            answer = await self.client.post_json(f"{PLACE}/{subscription_id}/{deed}", facts)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def view(self, subscription_id: int) -> dict[str, Any]:
        """Return a subscription as its owner sees it."""
        async with self.market.database.unit_of_work() as session:
            now = self.market.clock.now()
            found = await service.get_view(session, subscription_id, self.user_id, now)
        return found.model_dump(mode="json")

    async def goes_to(self, day: str, time: str = "12:00") -> None:
        """Let it be a day, by the clock of UTC, and do what is due."""
        now = self.market.clock.now()
        await self.market.clock.advance(datetime.fromisoformat(f"{day}T{time}+00:00") - now)
        await self.turn()

    async def lives_until(self, day: str) -> None:
        """Let day after day pass, doing what is due on each, up to and with a day."""
        end = datetime.fromisoformat(f"{day}T12:00+00:00")
        while self.market.clock.now() < end:
            await self.market.clock.advance(timedelta(days=1))
            await self.turn()

    async def cards_fail(self) -> None:
        """Let every saved card of the member be refused from now on."""
        await self.market.run("UPDATE saved_cards SET removed_at = now(), is_default = false")
        await self.market.give_card(self.user_id, "pm_card_chargeCustomerFail")

    async def card_works(self) -> int:
        """Give the member a card that works, and return its id."""
        await self.market.run("UPDATE saved_cards SET removed_at = now(), is_default = false")
        await self.market.give_card(self.user_id)
        return int(await self.market.scalar("SELECT max(id) FROM saved_cards"))

    async def hold_all(self, *, is_held: bool) -> None:
        """Let all bottles be set aside for somebody else, or free again."""
        holder, now = "somebody", self.market.clock.now()
        async with self.market.database.unit_of_work() as session:
            if not is_held:
                await inventory.release(session, holder)
                return
            left = await inventory.available(session, self.variant_id, now)
            lines = [StockLine(self.variant_id, left)]
            await inventory.reserve(session, holder, lines, timedelta(days=90), now)

    async def told(self) -> list[str]:
        """Return the steps of all subscriptions' histories, oldest first."""
        rows = await self.market.rows("SELECT what FROM subscription_history ORDER BY id")
        return [row.what for row in rows]

    async def paid_days(self) -> list[str]:
        """Return the days on which parcels were charged, in order."""
        rows = await self.market.rows(
            "SELECT paid_at FROM subscription_cycles WHERE status = 'PAID' ORDER BY number"
        )
        return [row.paid_at.date().isoformat() for row in rows]


async def open_club(market: Market, customer: CloudClient, *, sku: str | None = SKU) -> Club:
    """Return the club of a shop and a signed-in member; `sku` None takes any bottle there is."""
    user_id = await market.user_id()
    await market.give_address(user_id)
    await market.give_card(user_id)
    query = "SELECT id FROM variants WHERE is_active AND sku = coalesce(:sku, sku) ORDER BY id"
    variant_id = int(await market.scalar(query, sku=sku))
    return Club(market, customer, user_id, variant_id)
