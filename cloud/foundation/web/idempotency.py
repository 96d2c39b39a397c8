"""`Idempotency-Key` on every unsafe route of the API: sent twice is done once.

Plain ASGI, inside the request's context and outside the application. A request without the header
passes untouched.
"""

import hashlib
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloud.foundation.database import at_commit
from cloud.foundation.errors import CloudError, Malformed
from cloud.foundation.repeats import Repeats, Run
from cloud.foundation.web.errors import ErrorPages

HEADER = "idempotency-key"
REPLAYED = (b"idempotency-replayed", b"true")

_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_PATHS = "/api/"
_LONGEST_KEY = 255
_LARGEST_ANSWER = 1_000_000
# Refused before anything was done, for a reason that a repeat may have mended.
_NOT_FINAL = frozenset({401, 403, 408, 413, 425, 429})
# Of this request and its connection, not of the answer.
_OWN_HEADERS = frozenset({b"date", b"server", b"x-request-id", b"connection"})


_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Of all requests with one key, one has an effect and the others get its answer, "
    "for two days. A repeat must be the same to the byte.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": _LONGEST_KEY,
        "pattern": "^[!-~]+$",
        "title": "Idempotency-Key",
    },
}


class UnfitKey(Malformed):
    """The key is empty, too long, or holds something else than visible ASCII."""

    code = "idempotency_key_unfit"

    def __init__(self) -> None:
        super().__init__(
            "The Idempotency-Key cannot be used.",
            hint=f"Send 1 to {_LONGEST_KEY} visible ASCII characters, for example a UUID.",
        )


def describe(app: FastAPI) -> None:
    """Let the application's OpenAPI name the header at every operation that takes it."""
    without = app.openapi

    def openapi() -> dict[str, Any]:
        is_new = app.openapi_schema is None
        schema = without()
        for path, operations in schema["paths"].items() if is_new else ():
            for method, operation in operations.items():
                if method.upper() in _UNSAFE and path.startswith(_PATHS):
                    operation.setdefault("parameters", []).append(_PARAMETER)
        return schema

    # FastAPI's own way to extend what it generates.
    app.openapi = openapi  # type: ignore[method-assign]


class KeptMessage(msgspec.Struct, array_like=True):
    """An answer as it is kept."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Idempotency:
    """Runs a request under its key, or answers it as it was answered before."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        repeats: Repeats,
        errors: ErrorPages,
        owner_cookies: tuple[str, ...],
    ) -> None:
        self._app = app
        self._repeats = repeats
        self._errors = errors
        self._owner_cookies = owner_cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not _is_keyed(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            await self._answer(request, send)
        except CloudError as error:
            answer = await self._errors.answer_error(request, error)
            await answer(scope, receive, send)

    async def _answer(self, request: Request, send: Send) -> None:
        key = request.headers[HEADER]
        if not (
            0 < len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable() and " " not in key
        ):
            raise UnfitKey
        owner = self._owner(request)
        body = await request.body()
        begun = await self._repeats.begin(owner, key, _fingerprint(request, body))
        if isinstance(begun, bytes):
            await _send_again(msgspec.msgpack.decode(begun, type=KeptMessage), send)
            return
        recorder = _Recorder(send)
        token = at_commit.set(lambda session: self._repeats.mark(session, begun))
        try:
            await self._app(request.scope, _once(body), recorder.send)
        except BaseException:
            await self._repeats.drop(begun, whatever_it_did=False)
            raise
        finally:
            at_commit.reset(token)
        await self._finish(begun, owner, key, recorder)

    async def _finish(self, run: Run, owner: str, key: str, recorder: "_Recorder") -> None:
        status = recorder.status
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            # Our own word for "the same request may work later": every such route is repeatable.
            await self._repeats.drop(run, whatever_it_did=True)
        elif status in _NOT_FINAL or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            await self._repeats.drop(run, whatever_it_did=False)
        elif (message := recorder.kept) is not None:
            await self._repeats.keep(run, owner, key, msgspec.msgpack.encode(message))

    def _owner(self, request: Request) -> str:
        """Return whose key it is: whoever holds the same credential, else the same address."""
        if authorization := request.headers.get("authorization"):
            return f"authorization {authorization}"
        for name in self._owner_cookies:
            if value := request.cookies.get(name):
                return f"{name} {value}"
        return f"address {request.client.host if request.client else ''}"


class _Recorder:
    """Passes an answer on and remembers it, if it is not too large."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = bytearray()
        self._is_whole = True

    async def send(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._headers = [
                (name, value)
                for name, value in message["headers"]
                if name.lower() not in _OWN_HEADERS
            ]
        elif message["type"] == "http.response.body":
            part: bytes = message.get("body", b"")
            self._is_whole = self._is_whole and len(self._body) + len(part) <= _LARGEST_ANSWER
            if self._is_whole:
                self._body += part
        await self._send(message)

    @property
    def kept(self) -> KeptMessage | None:
        """Return what a repeat is answered with; None when it was too large to keep."""
        if not self._is_whole:
            return None
        return KeptMessage(self.status, self._headers, bytes(self._body))


def _is_keyed(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] in _UNSAFE
        and scope["path"].startswith(_PATHS)
        and HEADER in Headers(scope=scope)
    )


def _fingerprint(request: Request, body: bytes) -> bytes:
    told = f"{request.method} {request.url.path}?{request.url.query}\n"
    kind = request.headers.get("content-type", "")
    return hashlib.sha256(f"{told}{kind}\n".encode() + body).digest()


def _once(body: bytes) -> Receive:
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        return next(messages, {"type": "http.disconnect"})

    return receive


async def _send_again(message: KeptMessage, send: Send) -> None:
    start: dict[str, Any] = {
        "type": "http.response.start",
        "status": message.status,
        "headers": [*message.headers, REPLAYED],
    }
    await send(start)
    await send({"type": "http.response.body", "body": message.body})
