"""What staff do all day, by hand in a real browser: tell people, look after them, share work."""

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import expect

from cloud.foundation.identity import Role
from tests.cloud.conftest import SignInAs
from tests.cloud.storefront.browser.walk import Walk
from tests.fakes.cloud_client import CloudClient
from tests.fakes.lived_in import move_in
from tests.fakes.market import Market

pytestmark = [
    pytest.mark.needs_postgres,
    pytest.mark.needs_browser,
    pytest.mark.timeout(300),
]

DoJobs = Callable[[], Awaitable[None]]


async def test_staff_write_a_campaign_members_hear_of_it_and_a_stuck_mail_goes_again(
    market: Market, walk: Walk, admin: CloudClient, customer: CloudClient, do_jobs: DoJobs
) -> None:
    page = walk.page
    # Nobody is told at an address that is not proven.
    await market.run("UPDATE users SET email_verified_at = created_at")
    await walk.become(customer)
    # Somebody has a page of the shop open meanwhile; its clock is moved by hand.
    reader = await walk.context.new_page()
    await reader.clock.install()
    await reader.goto(f"{walk.shop_url}/account/notifications")
    await expect(reader.locator("[data-bell]")).to_contain_text("1 unread")

    await walk.become(admin)
    await walk.look(walk_no_campaigns="/admin/campaigns")
    await walk.go("/admin/campaigns/new")
    await page.get_by_label("What it is").select_option("SYSTEM_ANNOUNCEMENT")
    await page.get_by_label("Where the button leads").fill("/products")
    for part, words in {
        "title": "We move on Monday",
        "message": "Parcels leave a day later.\n\nNothing else changes.",
        "button": "See what is new",
    }.items():
        for field in await page.locator(f"[name^={part}_]").all():
            await field.fill(words)
    await walk.press("Save the draft")
    await walk.says("It is created.")
    draft = page.url.partition("?")[0].removeprefix(walk.shop_url)
    await walk.press("Mail it to me in every language")
    await walk.says("It is for 2 members")
    await walk.look(walk_campaign_draft=draft)
    await walk.press("Send or schedule")
    await walk.says("0 of 2 members told")
    await do_jobs()
    await walk.says("2 of 2 members told")
    await walk.look(walk_campaign_sent=draft, walk_campaigns="/admin/campaigns")

    # A mail was half-way when its worker ended.
    await market.run("UPDATE outgoing_mails SET stage = 'claimed', sent_at = NULL")
    await walk.look(walk_mails_stuck="/admin/mails")
    await walk.press(re.compile("^Send again ?: We move on Monday"))
    await walk.says("It is sent again.")
    await do_jobs()
    await walk.go("/admin/mails")
    await expect(page.locator(".pill.good")).to_have_count(1)

    await walk.become(customer)
    await reader.clock.fast_forward(16_000)
    await expect(reader.locator("[data-bell]")).to_contain_text("2 unread")
    await expect(reader.get_by_role("link", name="We move on Monday")).to_be_visible()
    await reader.close()
    await walk.look(walk_notices="/account/notifications")
    await walk.press(re.compile("^Mark as read"))
    await expect(page.locator("[data-bell]")).to_contain_text("1 unread")
    offers = page.get_by_role("checkbox", name=re.compile("[Oo]ffers.*by mail"))
    await walk.look(walk_preferences="/account/notifications/preferences")
    was_on = await offers.is_checked()
    await offers.set_checked(not was_on)
    await page.locator("main").get_by_role("button", name="Save").click()
    await walk.says("It is saved.")
    assert await offers.is_checked() is not was_on
    assert walk.wrong == []


async def test_staff_share_the_work_and_what_a_role_may_counts_at_once(
    walk: Walk, market: Market, admin: CloudClient, sign_in_as: SignInAs
) -> None:
    page = walk.page
    clerk = await sign_in_as(Role.MANAGER, "clerk@example.org")
    clerk_id = await market.user_id("clerk@example.org")
    await walk.become(admin)
    await walk.go("/admin/roles/new")
    await page.get_by_label("Name").fill("Packer")
    await page.get_by_label("What these people do").fill("Packs parcels")
    await page.get_by_label("orders: view", exact=True).check()
    await walk.press("Save")
    await walk.says("It is created.")
    await page.get_by_role("link", name="Packer").click()
    role = page.url.partition("?")[0].removeprefix(walk.shop_url)
    await walk.go(f"/admin/staff/{clerk_id}")
    await page.get_by_label("Role").select_option("Packer")
    await walk.press("Save")
    await walk.says("It is saved.")
    await walk.go("/admin/staff")
    await page.get_by_label("E-mail address").fill("new@example.org")
    await walk.press("Invite")
    await walk.says("new@example.org")
    await walk.look(
        walk_roles="/admin/roles",
        walk_role=role,
        walk_staff="/admin/staff",
        walk_colleague=f"/admin/staff/{clerk_id}",
        walk_audit="/admin/audit",
    )

    await walk.become(clerk)
    await walk.go("/admin/orders")
    await expect(page.get_by_role("heading", name="Orders", exact=True)).to_be_visible()
    await walk.look(walk_packer_start="/admin", walk_packer_refused="/admin/customers")
    await walk.become(admin)
    await walk.go(role)
    await page.get_by_label("orders: view", exact=True).uncheck()
    await page.get_by_label("stock: view", exact=True).check()
    await walk.press("Save")
    await walk.says("It is saved.")
    await walk.become(clerk)
    answer = await page.goto(f"{walk.shop_url}/admin/orders")
    assert answer is not None
    assert answer.status == 403
    await walk.go("/admin/stock")
    await expect(page.get_by_role("heading", name="Stock", exact=True)).to_be_visible()
    assert walk.wrong == []


async def test_staff_revoke_a_hub_hand_out_what_is_held_and_forget_a_person(
    walk: Walk,
    market: Market,
    admin: CloudClient,
    customer: CloudClient,
    do_jobs: DoJobs,
    tmp_path: Path,
) -> None:
    page, user_id = walk.page, await market.user_id()
    await market.give_address(user_id)
    hub = (await move_in(market, user_id)).key.hub_id
    await walk.become(admin)
    await walk.go(f"/admin/hubs/{hub}")
    await page.get_by_label("Reason that staff will read").fill("The card was copied")
    await page.get_by_label("Type the hub's number to confirm").fill(f"{hub}0")
    await walk.press(re.compile("^Revoke"))
    await walk.says("This is not the number of that hub.")
    await expect(page.get_by_label("Reason that staff will read")).to_have_value(
        "The card was copied"
    )
    await page.get_by_label("Type the hub's number to confirm").fill(str(hub))
    await walk.press(re.compile("^Revoke"))
    await walk.says("The hub's key is worth nothing from now on.")
    await walk.look(walk_hub_revoked=f"/admin/hubs/{hub}", walk_hubs="/admin/hubs")

    person = f"/admin/customers/{user_id}"
    await walk.go(person)
    await walk.press("Write the file")
    await walk.says("The file is being written")
    await do_jobs()
    await walk.go(person)
    async with page.expect_download() as coming:
        await walk.press("Download the file")
    await (await coming.value).save_as(tmp_path / "held.json")
    held = json.loads((tmp_path / "held.json").read_text("utf-8"))
    assert "customer@example.org" in json.dumps(held)
    await walk.look(walk_person=person)
    await page.get_by_label("Type their e-mail address to confirm").fill("somebody@example.org")
    await walk.press("Forget them for good")
    await expect(page.get_by_role("alert").first).to_be_visible()
    await page.get_by_label("Type their e-mail address to confirm").fill("customer@example.org")
    await walk.press("Forget them for good")
    await do_jobs()
    await walk.look(walk_person_forgotten=person)
    await expect(
        page.get_by_role("heading", name=f"Forgotten person no. {user_id}")
    ).to_be_visible()
    await expect(page.locator("main")).not_to_contain_text("customer@example.org")
    assert await market.scalar("SELECT erased_at FROM users WHERE id = :id", id=user_id)
    await walk.become(customer)
    await walk.go("/account")
    assert "/sign-in" in page.url
    assert walk.wrong == []
