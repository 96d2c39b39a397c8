"""The doorkeeper before every address: who may connect, under which name, from which page.

Also the headers that tie the browser's hands, and the one place where errors become answers.
"""

import logging
import socket
from collections.abc import Callable
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from scentd.api.access import NOBODY, Access
from scentd.api.callers import identify, peer_of
from scentd.api.errors import (
    BadRequest,
    BodyTooLarge,
    HostUnknown,
    InternalFault,
    MethodUnfit,
    NotAllowedHere,
    NotFound,
    OriginRefused,
    status_of,
)
from scentd.api.refusals import Refusal
from scentd.api.routes import CALLER, MAX_BODY_BYTES
from scentd.api.settings import ApiSettings
from scentd.model.errors import ScentdError

_log = logging.getLogger(__name__)

ErrorPage = Callable[[web.Request, ScentdError, HTTPStatus], web.Response]
Tell = Callable[[web.Request, ScentdError], Refusal]

STATIC = "/static/"
COMPRESS_FROM_BYTES = 1024
_COMPRESSED = {"text/html", "application/json"}
_SAFE = {"GET", "HEAD", "OPTIONS"}

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


async def set_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Put the security headers on every answer; what may be cached says so itself."""
    response.headers.update(HEADERS)
    response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")


class Guard:
    """Check the peer, the Host header and the Origin, then find out who it is."""

    def __init__(self, settings: ApiSettings, access: Access) -> None:
        self._settings = settings
        self._access = access
        own = socket.gethostname().lower()
        self._names = {"localhost", own, f"{own}.local", *map(str.lower, settings.names)}
        self._origins = set(settings.origins)

    @web.middleware
    async def let_in(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let the request through, or raise what it is refused for."""
        self._check_peer(request)
        self._check_host(request)
        origin = request.headers.get(hdrs.ORIGIN, "")
        is_stranger = bool(origin) and origin not in self._origins and not _is_own(request, origin)
        is_socket = request.headers.get(hdrs.UPGRADE, "").lower() == "websocket"
        if is_stranger and (is_socket or request.method not in _SAFE):
            raise OriginRefused(origin)
        if origin in self._origins and request.path.startswith("/api/"):
            return await self._answer_listed(request, handler, origin)
        return await self._answer(request, handler)

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        is_public = request.path.startswith(STATIC)
        request[CALLER] = NOBODY if is_public else await identify(request, self._access)
        response = await handler(request)
        if (
            isinstance(response, web.Response)
            and response.content_type in _COMPRESSED
            and (response.content_length or 0) >= COMPRESS_FROM_BYTES
        ):
            response.enable_compression()
        return response

    async def _answer_listed(
        self, request: web.Request, handler: Handler, origin: str
    ) -> web.StreamResponse:
        """Serve a page of another origin that the household listed; it must send a token."""
        if request.method == hdrs.METH_OPTIONS:
            response: web.StreamResponse = web.Response(status=HTTPStatus.NO_CONTENT)
            response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            response.headers["Access-Control-Max-Age"] = "600"
        else:
            response = await self._answer(request, handler)
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers[hdrs.VARY] = hdrs.ORIGIN
        return response

    def _check_peer(self, request: web.Request) -> None:
        peer = peer_of(request).partition("%")[0]
        try:
            address = ip_address(peer)
        except ValueError:
            raise NotAllowedHere(peer) from None
        if not any(address in network for network in self._settings.networks):
            raise NotAllowedHere(peer)

    def _check_host(self, request: web.Request) -> None:
        """Names are checked; a bare address cannot be rebound by anybody's DNS."""
        host = _host_of(f"//{request.headers.get(hdrs.HOST, '')}")
        if host in self._names:
            return
        try:
            ip_address(host)
        except ValueError:
            raise HostUnknown(host) from None


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def _is_own(request: web.Request, origin: str) -> bool:
    host = request.headers.get(hdrs.HOST, "").lower()
    return origin.lower() in {f"http://{host}", f"https://{host}"}


def answer_errors(error_page: ErrorPage, tell: Tell) -> Middleware:
    """Turn whatever is raised into {code, message, hint}, or into a page for a browser."""

    def say(request: web.Request, error: ScentdError) -> web.StreamResponse:
        return _answer_error(request, error, error_page, tell)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except ScentdError as error:
            return say(request, error)
        except web.HTTPException as error:
            if error.status < HTTPStatus.BAD_REQUEST:
                raise
            return say(request, _as_ours(request, error))
        except ConnectionResetError:
            raise  # the reader went away; there is nobody to answer
        except Exception:  # noqa: BLE001 - one broken answer must not close the door for others
            _log.exception("%s %s failed", request.method, _pattern(request))
            return say(request, InternalFault())

    return middleware


def _pattern(request: web.Request) -> str:
    """Give the address without what stands in it, which may be a one-time secret."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "an unknown address"


def wants_json(request: web.Request) -> bool:
    """Say whether a program asks: by the address, or because it accepts no page."""
    if request.path.startswith(("/api/", "/health")):
        return True
    return "text/html" not in request.headers.get(hdrs.ACCEPT, "text/html")


def _answer_error(
    request: web.Request, error: ScentdError, error_page: ErrorPage, tell: Tell
) -> web.StreamResponse:
    status = status_of(error)
    if not wants_json(request):
        return error_page(request, error, status)
    told = tell(request, error)
    body = {"code": told.code, "message": told.message, "hint": told.hint}
    if told.field:
        body["field"] = told.field
    response = web.json_response(body, status=status)
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
    return response


def _as_ours(request: web.Request, error: web.HTTPException) -> ScentdError:
    if isinstance(error, web.HTTPMethodNotAllowed):
        return MethodUnfit(request.method, ", ".join(sorted(error.allowed_methods)))
    if isinstance(error, web.HTTPNotFound):
        return NotFound(request.path)
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return BodyTooLarge(MAX_BODY_BYTES)
    return BadRequest()
