"""The webhook's door: who may knock, what is stored, and that nothing else counts."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from cloud.checkout import service as checkout
from cloud.payments import service as payments
from cloud.payments.errors import BadSignature
from cloud.payments.stripe_gateway import StripeGateway, StripeSettings
from tests.fakes.clock import ManualClock
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market, Place
from tests.fakes.stripe.payment_intents import new_intent
from tests.fakes.stripe.server import WEBHOOK_SECRET
from tests.fakes.stripe.webhooks import sign

pytestmark = pytest.mark.needs_postgres


def an_event(market: Market, **changes: Any) -> bytes:
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "customer.created",
        "created": int(market.clock.now().timestamp()),
        "data": {"object": {"id": "cus_1"}},
        **changes,
    }
    return json.dumps(event).encode()


def header(market: Market, body: bytes, secret: str = WEBHOOK_SECRET, age_s: int = 0) -> str:
    stamp = int(market.clock.now().timestamp()) - age_s
    return f"t={stamp},v1={sign(secret, stamp, body.decode())}"


async def send(client: CloudClient, body: bytes, signature: str | None) -> tuple[int, str]:
    headers = {"content-type": "application/json"}
    if signature is not None:
        headers["stripe-signature"] = signature
    answer = await client.post("/webhooks/stripe", content=body, headers=headers)
    return answer.status_code, answer.json().get("code", "")


async def test_r09_a_signed_event_is_stored_once_however_often_it_comes(
    market: Market, client: CloudClient
) -> None:
    body = an_event(market)

    answers = await asyncio.gather(*(send(client, body, header(market, body)) for _ in range(5)))

    assert {status for status, _ in answers} == {200}
    assert await market.scalar("SELECT count(*) FROM payment_events") == 1
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'payments.apply_event'"
    assert await market.scalar(jobs) == 1


@pytest.mark.parametrize("trick", ["none", "wrong", "old", "future", "appended stamp", "garbage"])
async def test_r12_a_bad_signature_is_refused_in_words(
    market: Market, client: CloudClient, trick: str
) -> None:
    body = an_event(market)
    signature = {
        "none": None,
        "wrong": header(market, body, "whsec_other"),
        "old": header(market, body, age_s=301),
        "future": header(market, body, age_s=-301),
        "appended stamp": header(market, body, age_s=900)
        + f",t={int(market.clock.now().timestamp())}",
        "garbage": "t=now,v1=,,==",
    }[trick]

    assert await send(client, body, signature) == (400, "webhook_signature_invalid")
    assert await market.scalar("SELECT count(*) FROM payment_events") == 0


async def test_r12_while_the_secret_is_replaced_the_old_and_the_new_one_count(
    market: Market, clock: ManualClock
) -> None:
    gateway = StripeGateway(StripeSettings("sk_test_x", ("whsec_new", "whsec_old")))
    body = an_event(market)

    for secret in ("whsec_new", "whsec_old"):
        notice = gateway.read_webhook(body, header(market, body, secret), clock.now())
        assert notice.event_id == "evt_1"
    with pytest.raises(BadSignature):
        gateway.read_webhook(body, header(market, body), clock.now())
    await gateway.close()


async def test_r09_a_webhook_told_again_days_later_changes_nothing(
    market: Market, place: Place, mailbox: Mailbox
) -> None:
    order_id = await place(1)
    state = await checkout.pay_by_intent(
        market.database, market.parts.gateway, market.clock, order_id
    )
    assert state is not None
    market.stripe.confirm(state.intent_id)
    await market.settle()
    before = await market.view(order_id)

    await market.clock.advance(timedelta(days=3))
    for event in market.stripe.account.all("event"):
        market.stripe.webhooks.resend(event)
    await market.settle()

    assert (await market.view(order_id)).history == before.history
    assert len([mail for mail in mailbox.mails if "is confirmed" in mail.subject]) == 1
    assert await market.on_hand() == 9


async def test_a_changed_body_is_refused(market: Market, client: CloudClient) -> None:
    body = an_event(market)
    signature = header(market, body)

    assert (await send(client, body.replace(b"evt_1", b"evt_2"), signature))[0] == 400


async def test_bytes_that_are_no_text_are_refused(market: Market, client: CloudClient) -> None:
    assert await send(client, b"\xff\xfe", "t=1,v1=0") == (400, "webhook_signature_invalid")


@pytest.mark.parametrize("body", [b"[]", b"{}", b"no json", b'{"id":1,"data":3}', b"NaN"])
async def test_a_signed_body_that_is_no_event_is_refused(
    market: Market, client: CloudClient, body: bytes
) -> None:
    assert await send(client, body, header(market, body)) == (400, "webhook_malformed")


async def test_r12_a_megabyte_is_refused(market: Market, client: CloudClient) -> None:
    body = an_event(market, padding="x" * 1_000_000)

    assert (await send(client, body, header(market, body)))[0] == 413


async def test_r11_events_that_are_not_ours_are_worked_off_quietly(
    market: Market, client: CloudClient
) -> None:
    kinds = ["payment_intent.succeeded", "invoice.paid", "checkout.session.completed", "nonsense"]
    for number, kind in enumerate(kinds):
        body = an_event(market, id=f"evt_{number}", type=kind)
        await send(client, body, header(market, body))

    await market.settle()

    unworked = "SELECT count(*) FROM payment_events WHERE processed_at IS NULL"
    assert await market.scalar(unworked) == 0


async def test_r11_an_event_of_an_unknown_payment_of_ours_is_kept_for_later(
    market: Market, client: CloudClient
) -> None:
    stripe = market.stripe.account
    intent = new_intent(stripe, amount=100, currency="eur", customer=None)
    intent["metadata"] = {"scent_reference": "of a row that is not there"}
    body = an_event(market, type="payment_intent.created", data={"object": {"id": intent["id"]}})
    await send(client, body, header(market, body))

    await market.do_jobs()

    assert await market.scalar("SELECT processed_at FROM payment_events") is None
    status = "SELECT status FROM procrastinate_jobs WHERE task_name = 'payments.apply_event'"
    assert await market.scalar(status) == "todo"


async def test_a_lost_webhook_is_caught_up_with_within_the_hour(
    market: Market, place: Place
) -> None:
    parts = market.parts
    await market.do_jobs()
    order_id = await place(1)
    url = await checkout.pay_by_page(
        parts.database, parts.gateway, market.clock, parts.links, order_id
    )
    market.stripe.webhooks.set(drop=1.0)
    market.stripe.pay(url.rsplit("/", 1)[-1])
    market.stripe.webhooks.set(drop=0.0)

    # The order itself waits for 36 minutes only, so it is looked at before the hour is over.
    await payments.catch_up(
        parts.database, parts.gateway, market.clock.now() - timedelta(minutes=1), market.clock
    )
    await market.do_jobs()

    assert (await market.view(order_id)).status == "PAID"
