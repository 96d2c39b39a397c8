"""The page's addresses, bound: sign-in before anything, the form's token before any change."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web

from scentd.api.access import NOBODY, Caller, CallerKind
from scentd.api.errors import BodyTooLarge, SignInNeeded
from scentd.api.page import (
    cartridge,
    dates,
    devices,
    home,
    presence,
    rules,
    safety,
    scenes,
    schedule,
    settings,
    sign_in,
    status,
    stream,
    week,
)
from scentd.api.page.assets import Assets
from scentd.api.page.rendering import Renderer
from scentd.api.page.visit import Form, Page, Visit, no_form, redirect
from scentd.api.routes import CALLER, MAX_BODY_BYTES, Desk, check_csrf
from scentd.model.errors import ScentdError

PAGES: tuple[Page, ...] = (
    *sign_in.PAGES,
    *home.PAGES,
    *schedule.PAGES,
    *dates.PAGES,
    *week.PAGES,
    *rules.PAGES,
    *scenes.PAGES,
    *devices.PAGES,
    *cartridge.PAGES,
    *presence.PAGES,
    *safety.PAGES,
    *settings.PAGES,
    *status.PAGES,
    *stream.PAGES,
)


class Site:
    """All pages over one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._assets = Assets()
        self._renderer = Renderer(self._assets)

    def routes(self) -> list[web.RouteDef]:
        """Give what aiohttp must know."""
        bound = [web.route(page.method, page.path, self._bind(page)) for page in PAGES]
        return [*bound, web.get("/static/{name}", self._assets.serve)]

    def error(self, request: web.Request, error: ScentdError, status: HTTPStatus) -> web.Response:
        """Say on a page what went wrong; who must sign in first is led there and back."""
        caller: Caller = request.get(CALLER, NOBODY)
        if isinstance(error, SignInNeeded) and request.method == "GET":
            return redirect(f"/sign-in?next={quote(request.path_qs, safe='')}")
        visit = Visit(self._desk, self._renderer, request, caller)
        return visit.page(
            "error.html",
            {
                "error": visit.refusal(error),
                "number": status.value,
            },
            at="",
            status=status,
        )

    def _bind(self, page: Page) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            caller = request[CALLER]
            is_member = caller.kind is CallerKind.MEMBER
            if not (page.is_public or is_member):
                raise SignInNeeded
            form = await _read_form(request) if request.method == "POST" else no_form()
            if is_member and request.method == "POST":
                check_csrf(caller, form.get("csrf", "") or request.headers.get("X-CSRF-Token", ""))
            return await page.handler(Visit(self._desk, self._renderer, request, caller, form))

        return answer


async def _read_form(request: web.Request) -> Form:
    try:
        posted = await request.post()
    except web.HTTPRequestEntityTooLarge as error:
        raise BodyTooLarge(MAX_BODY_BYTES) from error
    return posted  # type: ignore[return-value]  # only text fields: no form of ours sends a file
