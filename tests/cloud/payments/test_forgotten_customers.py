"""An erased person is forgotten by the payment provider too."""

from typing import Any

import pytest

from cloud.accounts.kinds import LinkPurpose
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market

pytestmark = pytest.mark.needs_postgres


async def erase(market: Market, client: CloudClient) -> None:
    """Use a mailed link that deletes one's account."""
    email = str((await client.get("/api/v1/me")).json()["email"])
    async with market.database.unit_of_work() as session:
        user = await market.parts.desk.users.find_by_email(session, email)
        assert user is not None
        token = await market.parts.desk.links.mint(
            session, LinkPurpose.ERASE_ACCOUNT, user_id=user.id, email=email
        )
    assert (await client.post_form(f"/link/{token}", {})).status_code == 200


async def test_customer_and_cards_of_an_erased_person_are_deleted_at_the_provider(
    market: Market, customer: CloudClient
) -> None:
    method_id = await market.give_card(await market.user_id())

    await erase(market, customer)
    await market.settle()

    assert market.stripe.count("customer") == 0
    assert market.stripe.account.objects[method_id]["customer"] is None
    kept = "SELECT count(*) FROM payment_customers WHERE provider_customer_id IS NOT NULL"
    assert await market.scalar(kept) == 0


@pytest.mark.parametrize("fault", ["error", "rate_limit", "reset", "error_after", "reset_after"])
async def test_the_provider_is_asked_again_until_the_customer_is_gone(
    market: Market, customer: CloudClient, fault: Any
) -> None:
    await market.give_card(await market.user_id())
    market.stripe.order(fault, method="DELETE", path="/v1/customers")

    await erase(market, customer)
    await market.settle()
    tries = await market.scalar(
        "SELECT attempts FROM procrastinate_jobs WHERE task_name = 'payments.forget_customer'"
    )
    await market.run("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    await market.settle()

    # On a machine with much to do the next try may have come in the meantime.
    assert tries >= 1
    assert market.stripe.count("customer") == 0
    ended = "SELECT status FROM procrastinate_jobs WHERE task_name = 'payments.forget_customer'"
    assert await market.scalar(ended) == "succeeded"
