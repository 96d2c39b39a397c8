"""The one listening port: builds the application from its rows and serves it until cancelled."""

import asyncio
import errno
import logging
from collections.abc import Sequence
from functools import cache

from aiohttp import web

from scentd.api import (
    asks,
    cartridges,
    diffusers,
    events,
    health,
    household,
    members,
    presence,
    reorders,
    rules,
    safety,
    scenes,
    schedules,
    sync,
    tokens,
    voice,
    zones,
)
from scentd.api.access import Scope
from scentd.api.errors import PortTaken
from scentd.api.guard import Guard, answer_errors, set_headers
from scentd.api.house import House
from scentd.api.listeners import who_listens
from scentd.api.live import Live
from scentd.api.openapi import describe
from scentd.api.page import site
from scentd.api.routes import MAX_BODY_BYTES, Call, Desk, Route, bind, route
from scentd.api.settings import ApiSettings
from scentd.api.words import Languages

_log = logging.getLogger(__name__)

STOP_WITHIN_S = 0.4
"""How long open requests may take to end when the hub stops; streams are ended at once."""


NOUNS: tuple[Route, ...] = (
    *household.ROUTES,
    *members.ROUTES,
    *zones.ROUTES,
    *presence.ROUTES,
    *diffusers.ROUTES,
    *cartridges.ROUTES,
    *reorders.ROUTES,
    *asks.ROUTES,
    *schedules.ROUTES,
    *scenes.ROUTES,
    *rules.ROUTES,
    *safety.ROUTES,
    *voice.ROUTES,
    *events.ROUTES,
    *sync.ROUTES,
    *health.ROUTES,
    *tokens.ROUTES,
)


def api_routes(version: str) -> tuple[Route, ...]:
    """Give every row of the API, the description of them all among them."""

    @cache
    def description() -> dict[str, object]:
        return describe(rows, version)

    async def get_openapi(_: Call[None]) -> dict[str, object]:
        """Give this description."""
        return description()

    openapi = route(
        "GET", "/api/v1/openapi.json", Scope.READ, get_openapi, answers=dict[str, object]
    )
    rows = (*NOUNS, openapi)
    return rows


class ApiServer:
    """Serve the page and the API of one house."""

    def __init__(self, settings: ApiSettings, house: House) -> None:
        self._settings = settings
        self._house = house
        self._runner: web.AppRunner | None = None
        self._live = Live(house.bus, house.activity, house.presses, house.schedules, house.rules)

    @property
    def port(self) -> int:
        """The port listened on; the setting's before `start`."""
        addresses: Sequence[tuple[str, int]] = self._runner.addresses if self._runner else ()
        return addresses[0][1] if addresses else self._settings.port

    async def start(self) -> None:
        """Listen; a second call does nothing. Raises PortTaken."""
        if self._runner is not None:
            return
        runner = web.AppRunner(
            self._application(),
            handle_signals=False,
            access_log=None,
            shutdown_timeout=STOP_WITHIN_S,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, self._settings.host, self._settings.port).start()
        except OSError as error:
            await runner.cleanup()
            if error.errno != errno.EADDRINUSE:
                raise
            pid, program = await asyncio.to_thread(who_listens, self._settings.port)
            raise PortTaken(self._settings.host, self._settings.port, pid, program) from error
        self._runner = runner
        self._live.start()
        _log.info("page and API on port %d", self.port)

    async def run(self) -> None:
        """Serve until cancelled, then end every stream and let go of the port."""
        try:
            await self.start()
            await asyncio.Event().wait()
        finally:
            await self.stop()

    async def stop(self) -> None:
        """End every stream and let go of the port; a second call does nothing."""
        runner, self._runner = self._runner, None
        if runner is not None:
            self._live.stop()
            await runner.cleanup()

    def _application(self) -> web.Application:
        desk = Desk(self._house, self._live, Languages.load())
        pages = site.Site(desk)
        app = web.Application(
            middlewares=[
                answer_errors(pages.error, desk.refusal),
                Guard(self._settings, self._house.access).let_in,
            ],
            client_max_size=MAX_BODY_BYTES,
        )
        app.on_response_prepare.append(set_headers)
        for row in api_routes(self._house.version):
            app.router.add_route(row.method, row.path, bind(row, desk))
        app.add_routes(pages.routes())
        return app
