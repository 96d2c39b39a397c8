from contextlib import asynccontextmanager

import pytest

from scentd.api.server import ApiServer
from scentd.api.settings import ApiSettings
from tests.fakes.clock import ManualClock
from tests.fakes.furniture import furnish
from tests.fakes.house import open_rig
from tests.fakes.parts import FRIDAY_EVENING
from tests.fakes.story import tell_story


@pytest.fixture
async def rig(tmp_path):
    """The house of four rooms after a day that left some traces."""
    async with open_rig(tmp_path / "hub.db", ManualClock(FRIDAY_EVENING)) as rig:
        await furnish(rig)
        await rig.people()
        await tell_story(rig)
        yield rig


@asynccontextmanager
async def serving(rig, port=0):
    server = ApiServer(ApiSettings(host="127.0.0.1", port=port), rig.house)
    await server.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        await server.stop()


@pytest.fixture
def serve():
    """Serve a house; gives the address."""
    return serving


@pytest.fixture
async def base(rig):
    async with serving(rig) as address:
        yield address


@pytest.fixture
def sign_in(rig):
    """Sign a browser page in with a one-time link, as a person does."""

    async def enter(page, base):
        await page.goto(f"{base}/welcome/{await rig.house.access.new_link()}")
        await page.get_by_role("button", name="Sign this browser in").click()
        await page.get_by_role("heading", name="This week").wait_for()

    return enter


@pytest.fixture
async def page(browser_context, base, sign_in):
    """A signed-in page at home."""
    browser_context.set_default_timeout(30_000)
    page = await browser_context.new_page()
    await sign_in(page, base)
    return page
