from contextlib import asynccontextmanager

import aiohttp
import pytest

from scentd.api.access import Scope
from scentd.api.server import ApiServer
from scentd.api.settings import ApiSettings
from tests.fakes.browser import Client, browser, sign_in
from tests.fakes.clock import ManualClock
from tests.fakes.furniture import furnish
from tests.fakes.house import open_rig
from tests.fakes.parts import FRIDAY_EVENING


@pytest.fixture
def clock():
    return ManualClock(FRIDAY_EVENING)


@pytest.fixture
async def empty_rig(tmp_path, clock):
    """A house with nothing in it."""
    async with open_rig(tmp_path / "hub.db", clock) as rig:
        yield rig


@pytest.fixture
async def rig(empty_rig):
    """The house of four rooms."""
    await furnish(empty_rig)
    return empty_rig


@pytest.fixture
def serve():
    """Serve a house on a free port; gives the server's base address."""

    @asynccontextmanager
    async def _serve(rig, **settings):
        server = ApiServer(ApiSettings(host="127.0.0.1", port=0, **settings), rig.house)
        await server.start()
        try:
            yield f"http://127.0.0.1:{server.port}"
        finally:
            await server.stop()

    return _serve


@pytest.fixture
async def base(rig, serve):
    async with serve(rig) as address:
        yield address


@pytest.fixture
async def nobody(base):
    """A client that has shown nothing."""
    async with browser(base) as session:
        yield session


@pytest.fixture
async def member(rig, base):
    """A signed-in browser; `member.csrf` is what its forms carry."""
    async with browser(base) as session:
        await sign_in(rig, session)
        yield session


@pytest.fixture
async def program(rig, base):
    """Make a client with an access token of these scopes."""
    opened = []

    async def make(*scopes: Scope):
        made = await rig.house.access.new_token("panel", frozenset(scopes))
        session = aiohttp.ClientSession(
            base,
            headers={"Authorization": f"Bearer {made.secret}"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        opened.append(session)
        return Client(session)

    yield make
    for session in opened:
        await session.close()


@pytest.fixture
def open_browser():
    """Open a client that keeps its cookies, at some address."""
    return browser
