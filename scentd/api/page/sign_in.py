"""Coming in and going out: the one-time link, the household's PIN, and the colours."""

from http import HTTPStatus

from aiohttp import web

from scentd.api.access import CallerKind
from scentd.api.callers import cookie_name, peer_of
from scentd.api.errors import PinWrong, SignInNeeded, TooManyTries, status_of
from scentd.api.page.visit import THEME_COOKIE, THEMES, Page, Visit, redirect

COOKIE_S = 365 * 24 * 3600
"""The browser may keep the cookie; the hub itself ends the session sooner (session_days)."""


async def show_welcome(visit: Visit) -> web.Response:
    """Ask before using the link up: a preview or a scanner that follows links uses nothing."""
    secret = visit.request.match_info["secret"]
    if visit.caller.kind is CallerKind.MEMBER:
        return redirect("/")
    good = await visit.house.access.is_link(secret)
    status = HTTPStatus.OK if good else HTTPStatus.GONE
    return visit.page(
        "welcome.html",
        {
            "is_good": good,
        },
        at="",
        status=status,
    )


async def enter_by_link(visit: Visit) -> web.Response:
    """Use the link up and sign this browser in."""
    secret = visit.request.match_info["secret"]
    session = await visit.house.access.enter_by_link(secret, peer_of(visit.request), _agent(visit))
    return _signed_in(visit, session, "/")


async def show_sign_in(visit: Visit) -> web.Response:
    """Ask for the PIN, or say how to get a link."""
    return await _sign_in_page(visit, HTTPStatus.OK, "", visit.request.query.get("next", "/"))


async def enter_by_pin(visit: Visit) -> web.Response:
    """Sign this browser in with the household's PIN."""
    address = visit.form.get("next", "/")
    try:
        session = await visit.house.access.enter_by_pin(
            visit.form.get("pin", ""), peer_of(visit.request), _agent(visit)
        )
    except (PinWrong, TooManyTries) as error:
        said = str(visit.refusal(error))
        return await _sign_in_page(visit, status_of(error), said, address)
    return _signed_in(visit, session, address)


async def leave(visit: Visit) -> web.Response:
    """Sign this browser out."""
    if visit.caller.kind is not CallerKind.MEMBER:
        raise SignInNeeded
    await visit.house.access.leave(visit.caller)
    response = redirect("/sign-in")
    response.del_cookie(cookie_name(visit.request))
    return response


async def choose_theme(visit: Visit) -> web.Response:
    """Keep the colours this browser asks for, in the browser."""
    theme = visit.form.get("theme", "")
    response = redirect(_local(visit.form.get("back", "/")))
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=COOKIE_S, path="/", samesite="Strict", httponly=True
        )
    return response


async def _sign_in_page(
    visit: Visit, status: HTTPStatus, problem: str, address: str
) -> web.Response:
    return visit.page(
        "sign_in.html",
        {
            "has_pin": await visit.house.access.has_pin(),
            "problem": problem,
            "next": _local(address),
        },
        at="",
        status=status,
    )


def _signed_in(visit: Visit, session: str, address: str) -> web.Response:
    response = redirect(_local(address))
    response.set_cookie(
        cookie_name(visit.request),
        session,
        max_age=COOKIE_S,
        path="/",
        httponly=True,
        samesite="Strict",
        secure=visit.request.secure,
    )
    return response


def _local(address: str) -> str:
    """Give the address when it stays on this hub, else the start."""
    is_local = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_local and address.isprintable() else "/"


def _agent(visit: Visit) -> str:
    return visit.request.headers.get("User-Agent", "")


PAGES: tuple[Page, ...] = (
    Page("GET", "/welcome/{secret}", show_welcome, is_public=True),
    Page("POST", "/welcome/{secret}", enter_by_link, is_public=True),
    Page("GET", "/sign-in", show_sign_in, is_public=True),
    Page("POST", "/sign-in", enter_by_pin, is_public=True),
    Page("POST", "/sign-out", leave),
    Page("POST", "/theme", choose_theme, is_public=True),
)
