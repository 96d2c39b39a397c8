"""Settings and health as a browser without JavaScript uses them."""

import re

import pytest

from scentd.api.access import Scope
from scentd.api.errors import NoCloud
from tests.fakes.browser import sign_in
from tests.fakes.reading import text_of


async def test_the_household_is_set_on_the_page(member, rig):
    await member.submit(
        "/settings/household",
        name="Cabin",
        zone="America/New_York",
        latitude="40.7",
        longitude="-74",
        language="en",
    )

    household = rig.house.household.household
    assert (household.name, household.zone) == ("Cabin", "America/New_York")
    assert (household.latitude, household.longitude) == (40.7, -74.0)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "zone": "Europe/Berlin"},
        {"name": "x", "zone": "Mars/Olympus"},
        {"name": "x", "zone": "Europe/Berlin", "latitude": "91", "longitude": "0"},
        {"name": "x", "zone": "Europe/Berlin", "latitude": "1"},
    ],
)
async def test_a_household_that_cannot_be_is_refused(member, rig, fields):
    status, page = await member.submit("/settings/household", **fields)

    assert status == 422
    assert 'role="alert"' in page
    assert rig.house.household.household.name == "Lindenweg 4"


async def test_the_pin_is_set_by_typing_it_twice(member, rig):
    _, page = await member.read("/")
    assert "No household PIN is set yet" in page

    differ, _ = await member.submit("/settings/pin", pin="482915", again="482916")
    unfit, _ = await member.submit("/settings/pin", pin="111111", again="111111")
    _, page = await member.submit("/settings/pin", pin="482915", again="482915")

    assert (differ, unfit) == (422, 422)
    assert "PIN saved." in page
    _, page = await member.read("/")
    assert "No household PIN is set yet" not in page


async def test_a_token_is_shown_once_and_revoked(member, rig):
    _, page = await member.submit(
        "/settings/tokens", name="Wall panel", days="30", scopes=["read", "control"]
    )
    (secret,) = re.findall(r"scl_[\w-]+", page)
    _, again = await member.read("/settings")

    caller = await rig.house.access.who_has_token(secret, "127.0.0.1")
    assert caller.scopes == {Scope.READ, Scope.CONTROL}
    assert secret not in again
    assert "Wall panel" in again

    await member.submit(f"/settings/tokens/{caller.reference}/revoke")
    assert await rig.house.access.tokens() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "days": "30", "scopes": ["read"]},
        {"name": "x", "days": "30"},
        {"name": "x", "days": "9", "scopes": ["read"]},
    ],
)
async def test_a_token_for_nothing_is_refused(member, rig, fields):
    status, _ = await member.submit("/settings/tokens", **fields)

    assert status == 422
    assert await rig.house.access.tokens() == []


async def test_other_browsers_are_signed_out_from_the_page(member, base, rig, open_browser):
    async with open_browser(base) as other:
        await sign_in(rig, other)
        await member.submit("/settings/sessions/end")
        _, page = await other.read("/")

    assert "<h1>Sign in</h1>" in page


async def test_pairing_shows_code_words_and_qr(member, rig):
    rig.cloud.paired = rig.cloud.connected = False
    _, before = await member.read("/settings")
    _, page = await member.submit("/settings/pairing")

    assert "Start pairing" in before
    words = text_of(page)
    assert "BDFG-HJKM" in words
    assert "amber · river · candle · north" in words
    assert 'class="qr" viewBox="0 0 ' in page


async def test_a_cloud_that_cannot_be_reached_is_explained_when_pairing(member, rig):
    rig.cloud.paired = False
    rig.cloud.refusal = NoCloud()

    status, page = await member.submit("/settings/pairing")

    assert status == 422
    assert "without a cloud" in page


async def test_health_is_told_in_words_with_the_next_step(member, rig):
    _, well = await member.read("/status")
    rig.lose_broker("connection refused")
    _, page = await member.read("/status")

    assert "All is well." in well
    words = text_of(page)
    assert "Something needs you." in words
    assert "The broker cannot be reached: connection refused." in words
    assert "The hub keeps trying." in words


async def test_the_colours_are_kept_by_the_browser(member):
    _, page = await member.submit("/theme", theme="dark", back="/status")

    assert 'data-theme="dark"' in page
    assert "<h1>Health</h1>" in page
    _, page = await member.submit("/theme", theme="none", back="/status")
    assert 'data-theme="dark"' in page


async def test_the_account_is_left_on_the_page(member, rig):
    _, before = await member.read("/settings")
    _, after = await member.submit("/settings/pairing/leave")

    assert "belongs to the household “Lindenweg”" in before
    assert "belongs to no account any more" in after
    assert not rig.cloud.paired
