"""What happens around every request: an id, one log line, a size limit, safe headers, no traceback.

Written as plain ASGI: starlette's BaseHTTPMiddleware costs a task and a queue per request.
"""

import re
import secrets
import time
from collections.abc import Mapping, Sequence

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloud.foundation.errors import TooLarge
from cloud.foundation.web.errors import ErrorPages

_log = structlog.get_logger("cloud.web")
_NO_STORE = (b"cache-control", b"no-store")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class RequestMetrics:
    """Counts and times requests by route, never by raw path: the number of series is bounded."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "http_requests_total",
            "Answered requests.",
            ["method", "route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "http_request_seconds",
            "Seconds until the answer was sent.",
            ["method", "route"],
            registry=registry,
            buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
        )
        # Asking the two for a series again and again costs more than counting.
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        key = (method, route, status)
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = (
                self._requests.labels(method, route, str(status)),
                self._seconds.labels(method, route),
            )
        series[0].inc()
        series[1].observe(seconds)


class RequestContext:
    """Gives the request its id, logs it once, and answers what nobody caught.

    The log names the route ("/link/{token}") and not the path, which may hold a one-time secret.
    """

    def __init__(self, app: ASGIApp, *, errors: ErrorPages, metrics: RequestMetrics) -> None:
        self._app = app
        self._errors = errors
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-request-id", request_id.encode()))
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            # The last place where a failure can still become an answer.
            _log.exception("request_failed", method=scope["method"], route=_route(scope))
            if status:
                raise
            answer = await self._errors.failed(Request(scope, receive), request_id)
            await answer(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - began
            route = _route(scope)
            self._metrics.observe(scope["method"], route, status, seconds)
            _log.info(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                ms=round(seconds * 1000, 1),
            )


class SafeHeaders:
    """Adds the security headers to every answer, unless the answer has set its own."""

    def __init__(self, app: ASGIApp, *, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = tuple(
            (name.lower().encode(), value.encode()) for name, value in headers.items()
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = Headers(scope=scope)
        is_private = "cookie" in sent or "authorization" in sent

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                own = {name.lower() for name, _ in headers}
                headers.extend(pair for pair in self._headers if pair[0] not in own)
                if is_private and _NO_STORE[0] not in own:
                    headers.append(_NO_STORE)
            await send(message)

        await self._app(scope, receive, send_safely)


class BodyLimit:
    """Refuses bodies above a size, by their declared length or as soon as they exceed it.

    `wide` are the addresses that take more (a pattern of the whole path to bytes): uploads.
    """

    def __init__(
        self, app: ASGIApp, *, most_bytes: int, wide: Mapping[re.Pattern[str], int]
    ) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._wide = wide

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most_bytes = self._limit(scope)
        declared = Headers(scope=scope).get("content-length", "0")
        scope["body_too_large"] = declared.isdigit() and int(declared) > most_bytes
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            if scope["body_too_large"]:
                raise BodyTooLarge(most_bytes)
            message = await receive()
            received += len(message.get("body", b""))
            if received > most_bytes:
                raise BodyTooLarge(most_bytes)
            return message

        await self._app(scope, receive_within_limit, send)

    def _limit(self, scope: Scope) -> int:
        if scope["method"] not in ("POST", "PUT"):
            return self._most_bytes
        found = (most for path, most in self._wide.items() if path.fullmatch(scope["path"]))
        return next(found, self._most_bytes)


class BodyTooLarge(TooLarge):
    """The body of a request exceeds what this service accepts anywhere."""

    code = "body_too_large"

    def __init__(self, most_bytes: int) -> None:
        super().__init__(
            f"The request is larger than {most_bytes // 1024} KiB.", hint="Send less at once."
        )


def security_headers(*, is_secure: bool, form_targets: Sequence[str] = ()) -> dict[str, str]:
    """Return the headers that keep pages from loading, running or framing anything foreign.

    `form_targets` are origins that a form of ours may lead to by redirect: the payment page.
    """
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": " ".join(("'self'", *form_targets)),
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _route(scope: Scope) -> str:
    route = scope.get("route")
    return str(getattr(route, "path", None) or "(no route)")
