"""News reaches another program signed and once, and waits for one that is away."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from cloud.webhooks.kinds import NewsKind
from cloud.webhooks.service.telling import tell

pytestmark = pytest.mark.needs_postgres

API = "/api/v1/staff/webhooks"
ALL_KINDS = ["order.placed", "order.paid", "order.cancelled"]


@pytest.fixture
async def webhook(admin, receiver):
    wish = {"url": receiver.url, "kinds": ALL_KINDS}
    answer = await admin.post_json(API, wish)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _is_signed(received, secret):
    content = b".".join(
        (
            received.headers["webhook-id"].encode(),
            received.headers["webhook-timestamp"].encode(),
            received.body,
        )
    )
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in received.headers["webhook-signature"].split(" ")


async def _log(admin, webhook):
    return (await admin.get(f"{API}/{webhook['id']}/deliveries")).json()["deliveries"]


async def test_an_order_is_told_signed_and_whole(market, place, webhook, receiver):
    order_id = await place()
    await market.do_jobs()

    (received,) = receiver.received
    told = json.loads(received.body)
    assert told["type"] == "order.placed"
    assert told["data"]["order"]["number"] == (await market.view(order_id)).number
    assert _is_signed(received, webhook["secret"])
    assert not _is_signed(received, "whsec_" + base64.b64encode(b"other").decode())


async def test_a_kind_that_was_not_asked_for_is_not_told(market, admin, place, receiver):
    await admin.post_json(API, {"url": receiver.url, "kinds": ["order.shipped"]})

    await place()
    await market.do_jobs()

    assert receiver.received == []


async def test_a_receiver_that_is_away_is_told_when_it_is_back(
    market, place, admin, webhook, receiver, clock
):
    receiver.status = 503
    await place()
    await market.do_jobs()
    clock.step(timedelta(seconds=6))
    await market.do_jobs()
    assert len(receiver.received) == 2

    receiver.status = 204
    clock.step(timedelta(minutes=6))
    await market.do_jobs()

    (line,) = await _log(admin, webhook)
    assert (line["state"], line["tries"]) == ("arrived", 3)
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1
    whole = (await admin.get(f"{API}/deliveries/{line['id']}")).json()
    assert [one["status"] for one in whole["tries"]] == [503, 503, 204]
    assert whole["tries"][0]["answer"] == "heard"


async def test_after_three_days_of_failures_it_stops_and_staff_are_told(
    market, place, admin, webhook, receiver, clock
):
    receiver.status = 500
    await place()
    for _ in range(10):
        await market.do_jobs()
        clock.step(timedelta(hours=25))

    (line,) = await _log(admin, webhook)
    assert (line["state"], line["tries"]) == ("given_up", 10)
    found = (await admin.get(f"{API}/{webhook['id']}")).json()
    assert (found["is_active"], found["stopped_because"]) == (False, "three_days_of_failures")
    assert await market.scalar(
        "SELECT count(*) FROM notifications WHERE kind = 'ADMIN_ALERT' AND title LIKE '%webhook%'"
    )


async def test_an_endpoint_that_says_gone_is_never_called_again(
    market, place, admin, webhook, receiver
):
    receiver.status = 410
    await place()
    await market.do_jobs()
    await place()
    await market.do_jobs()

    assert len(receiver.received) == 1
    assert (await admin.get(f"{API}/{webhook['id']}")).json()["stopped_because"] == "gone"


async def test_what_was_given_up_is_sent_again_on_demand(market, place, admin, webhook, receiver):
    receiver.status = 410
    await place()
    await market.do_jobs()
    receiver.status = 200
    now = (await admin.get(f"{API}/{webhook['id']}")).json()
    change = {"url": receiver.url, "kinds": ALL_KINDS, "version": now["version"]}
    assert (await admin.put_json(f"{API}/{webhook['id']}", change)).status_code == 200

    answer = await admin.post_json(f"{API}/{webhook['id']}/resend")
    await market.do_jobs()

    assert answer.json() == {"deliveries": 1}
    assert [line["state"] for line in await _log(admin, webhook)] == ["arrived"]


async def test_a_redirect_is_a_failure_and_not_followed(market, place, admin, webhook, receiver):
    receiver.status = 302
    await place()
    await market.do_jobs()

    (line,) = await _log(admin, webhook)
    assert (line["state"], line["last_status"]) == ("waiting", 302)


async def test_a_worker_killed_while_sending_leaves_the_delivery_to_the_next(
    market, place, webhook, receiver, clock
):
    await place()
    # What its claim leaves behind.
    await market.run(
        "UPDATE webhook_deliveries SET tries = 1, next_try_at = :at",
        at=clock.now() + timedelta(minutes=1),
    )
    await market.do_jobs()
    assert receiver.received == []

    clock.step(timedelta(minutes=2))
    await market.do_jobs()

    assert len(receiver.received) == 1


async def test_a_changed_secret_signs_beside_the_former_for_a_day(
    market, place, admin, webhook, receiver, clock
):
    new = (await admin.post_json(f"{API}/{webhook['id']}/secret")).json()["secret"]
    await place()
    await market.do_jobs()
    clock.step(timedelta(hours=25))
    await place()
    await market.do_jobs()

    overlapping, after = receiver.received
    assert _is_signed(overlapping, webhook["secret"])
    assert _is_signed(overlapping, new)
    assert _is_signed(after, new)
    assert not _is_signed(after, webhook["secret"])


async def test_secrets_are_sealed_and_not_shown_again(market, admin, webhook):
    stored = await market.scalar("SELECT secret FROM webhook_endpoints")

    assert webhook["secret"].encode() not in stored
    assert (await admin.get(f"{API}/{webhook['id']}")).json()["secret"] is None


async def test_an_order_that_is_rolled_back_is_not_told(market, webhook, receiver, clock):
    async def fail():
        async with market.database.unit_of_work() as session:
            await tell(session, NewsKind.ORDER_PLACED, {}, clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    await market.do_jobs()

    assert receiver.received == []


async def test_a_ping_is_logged_with_its_body(market, admin, webhook, receiver):
    await admin.post_json(f"{API}/{webhook['id']}/ping")
    await market.do_jobs()

    assert json.loads(receiver.received[0].body)["type"] == "ping"


async def test_the_second_of_two_changes_is_told_so(admin, webhook, receiver):
    change = {"url": receiver.url, "kinds": ["order.paid"], "version": webhook["version"]}
    first = await admin.put_json(f"{API}/{webhook['id']}", change)
    second = await admin.put_json(f"{API}/{webhook['id']}", change | {"kinds": ["order.failed"]})

    assert first.status_code == 200
    assert (second.status_code, second.json()["code"]) == (412, "changed_meanwhile")
    assert second.json()["current"]["kinds"] == ["order.paid"]


async def test_every_change_stands_in_the_audit(market, admin, webhook):
    await admin.remove(f"{API}/{webhook['id']}")

    actions = await market.rows(
        "SELECT action FROM audit_entries WHERE subject = 'webhooks' ORDER BY id"
    )
    assert [row.action for row in actions] == ["make", "remove"]
