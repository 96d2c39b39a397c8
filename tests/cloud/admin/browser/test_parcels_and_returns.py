"""Parcels leave together, a return is paid back, news and work that failed go out again."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import expect

from cloud.checkout import service as checkout
from cloud.settings import CloudSettings
from tests.cloud.storefront.browser.walk import Walk
from tests.fakes.cloud_client import CloudClient
from tests.fakes.hook_receiver import HookReceiver, receiving
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market, Place
from tests.fakes.stripe.faults import Fault

pytestmark = [
    pytest.mark.needs_postgres,
    pytest.mark.needs_browser,
    pytest.mark.timeout(300),
]


@pytest.fixture
def settings(settings: CloudSettings) -> CloudSettings:
    """The application's settings, with receivers of webhooks on loopback allowed."""
    return settings.model_copy(update={"webhook_private_hosts": True})


@pytest.fixture
async def receiver() -> AsyncIterator[HookReceiver]:
    """Another program, which is told of parcels; at first it says that it is gone."""
    async with receiving() as receiver:
        receiver.status = 410
        yield receiver


async def test_parcels_leave_together_a_return_is_paid_back_and_what_failed_goes_again(
    market: Market,
    place: Place,
    walk: Walk,
    admin: CloudClient,
    customer: CloudClient,
    receiver: HookReceiver,
    mailbox: Mailbox,
) -> None:
    numbers = await _paid_orders(market, place, 3)
    await walk.become(admin)
    await _tell_another_program(walk, receiver.url)

    await _send_together(walk, admin, numbers)
    sent = await market.rows("SELECT number, status FROM orders ORDER BY id")
    stands = dict(zip(numbers, ("SHIPPED", "SHIPPED", "ON_HOLD"), strict=True))
    assert {row.number: row.status for row in sent} == stands
    await market.settle()
    assert sum("is on its way" in mail.subject for mail in mailbox.mails) == 2

    await _resend_news(walk, market, receiver)
    assert len(receiver.received) == 4
    assert await _noted(market, "webhooks") == ["make", "resend", "change", "resend"]

    await _arrive(walk, numbers[0])
    await walk.become(customer)
    await _ask_to_send_back(walk, numbers[0])
    await walk.become(admin)
    await _take_in(walk)
    assert await market.on_hand() == 10 - 6 + 1

    market.stripe.faults.order(Fault("error", path="/v1/refunds"))
    await walk.press("Refund")
    await walk.says("The money is on its way back.")
    # Its last try.
    await market.run("UPDATE procrastinate_jobs SET attempts = 99 WHERE task_name = 'refunds.send'")
    await market.settle()
    assert await market.scalar("SELECT stage FROM refunds") == "pending"
    await _try_failed_work_again(walk, market)
    await walk.go(f"/admin/orders/{numbers[0]}")
    await walk.says("All refunded")
    await expect(walk.page.get_by_role("link", name=re.compile("^Add bottles"))).to_have_count(0)
    refund = await market.rows("SELECT stage, amount_minor FROM refunds")
    assert [tuple(row) for row in refund] == [("succeeded", 5780)]
    assert any("€57.80 of order" in mail.subject for mail in mailbox.mails)
    assert walk.wrong == []


async def _paid_orders(market: Market, place: Place, count: int) -> list[str]:
    """Let the customer pay orders of two bottles each, and return their numbers."""
    parts = market.parts
    ids = [await place(2, user_id=await market.user_id()) for _ in range(count)]
    for order_id in ids:
        url = await checkout.pay_by_page(
            parts.database, parts.gateway, market.clock, parts.links, order_id
        )
        market.stripe.pay(url.rsplit("/", 1)[-1])
    await market.settle()
    return [(await market.view(order_id)).number for order_id in ids]


async def _tell_another_program(walk: Walk, url: str) -> None:
    page = walk.page
    await walk.go("/admin/webhooks")
    await page.get_by_role("link", name="New webhook").click()
    await page.get_by_label("Address").fill(url)
    await page.get_by_label("What it is for").fill("Warehouse")
    await page.get_by_label("A parcel left").check()
    await walk.press("Save")
    await walk.says("whsec_")
    await page.get_by_role("link", name="I have it").click()


async def _send_together(walk: Walk, colleague: CloudClient, numbers: list[str]) -> None:
    """Tick three orders by the keyboard; a colleague holds the last back before they are sent."""
    page, held = walk.page, numbers[-1]
    await walk.go("/admin/orders")
    for number in numbers:
        await page.get_by_label(f"Choose {number}").focus()
        await page.keyboard.press("Space")
    one = f"/admin/orders/{held}"
    await colleague.post_form(f"{one}/status", {"to": "ON_HOLD"}, form_at=one)
    await page.get_by_label("Carrier").fill("DPD")
    await page.keyboard.press("Enter")
    await walk.says(f"Not sent Order {held} is on hold.")
    await expect(page.get_by_role("link", name="Print", exact=True)).to_have_count(2)
    await walk.see("walk-sent")


async def _resend_news(walk: Walk, market: Market, receiver: HookReceiver) -> None:
    """Resend one delivery while nothing is sent there, then all, when the other program is back."""
    page = walk.page
    await walk.go("/admin/webhooks")
    await page.get_by_role("link", name="Warehouse").click()
    await walk.says("It answered that it is gone")
    await page.locator("#log th a").first.click()
    await walk.press("Send again")
    await walk.says("The webhook is not active")
    await walk.see("walk-webhook-delivery")
    await market.settle()
    receiver.status = 200
    await page.get_by_role("main").get_by_role("link", name="Settings").click()
    await page.get_by_label("Active").check()
    await walk.press("Save")
    await expect(page.locator("#log .pill.bad")).to_have_text("Given up")
    await walk.press("Resend what was given up")
    await walk.says("It is sent again.")
    await market.clock.advance(timedelta(seconds=10))
    await market.settle()
    await page.reload()
    await expect(page.locator("#log .pill.good")).to_have_count(2)
    await page.locator("#log th a").first.click()
    await walk.says("heard")


async def _arrive(walk: Walk, number: str) -> None:
    await walk.go(f"/admin/orders/{number}")
    await walk.press("It arrived")
    await walk.says("Delivered")


async def _ask_to_send_back(walk: Walk, number: str) -> None:
    page = walk.page
    await walk.go(f"/account/orders/{number}")
    await page.get_by_role("link", name="Send something back").click()
    await page.get_by_label("How many, at most 2").fill("2")
    await page.get_by_label("Why").select_option("It leaks")
    await page.get_by_label("Anything we should know").fill("One of them, on the table.")
    await walk.press("Ask to send it back")
    await walk.says("We have your wish and will answer soon.")


async def _take_in(walk: Walk) -> None:
    """Approve the return that waits, and record that one of its two bottles can be sold again."""
    page = walk.page
    await walk.go("/admin")
    await page.get_by_role("link", name=re.compile("Returns to decide")).click()
    await page.get_by_role("link", name=re.compile("^RT-")).click()
    await walk.says("It leaks")
    await walk.says("· the customer")
    await page.get_by_label("What the customer should know").fill("Please wrap it well.")
    await page.get_by_label("Address of the label").fill("https://labels.example/1.pdf")
    await walk.press("Approve")
    await walk.says("The return is approved and the customer is told.")
    await walk.see("walk-return-approved")
    await page.get_by_label("Of these back to stock").fill("1")
    await page.get_by_label("Condition").select_option("Opened")
    await walk.press("Record what came")
    await walk.says("What came is recorded.")


async def _try_failed_work_again(walk: Walk, market: Market) -> None:
    page = walk.page
    await walk.go("/admin")
    await page.get_by_role("link", name=re.compile("Background work that failed")).click()
    await walk.says("The payment provider does not answer just now.")
    await walk.press(re.compile("^Try now"))
    await walk.says("The job is tried again now.")
    await market.settle()
    await page.reload()
    await walk.says("Nothing stands here")


async def _noted(market: Market, subject: str) -> list[str]:
    rows = await market.rows(
        "SELECT action FROM audit_entries WHERE subject = :subject ORDER BY id", subject=subject
    )
    return [row.action for row in rows]
