"""Every refusal becomes the same answer: {code, message, hint, field?}, or a page that says it.

The one table of HTTP statuses stands here.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from cloud.foundation.errors import (
    CloudError,
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    Malformed,
    NotFound,
    PreconditionFailed,
    Refused,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from cloud.foundation.web.templates import Templates

STATUS: Mapping[type[CloudError], int] = {
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Gone: 410,
    PreconditionFailed: 412,
    TooLarge: 413,
    Invalid: 422,
    Refused: 422,
    TooManyRequests: 429,
    Unavailable: 503,
    CloudError: 500,
}

_MACHINE_PATHS = ("/api/", "/v1/", "/webhooks/", "/health", "/ready", "/metrics", "/openapi.json")

SIGN_IN_PATH = "/sign-in"

_BY_STATUS: Mapping[int, tuple[str, str, str]] = {
    400: (
        "malformed",
        "The request cannot be read.",
        "Check how it is written: its encoding, its parts, its end.",
    ),
    404: (
        "not_found",
        "There is nothing at this address.",
        "Check the address for a typing error.",
    ),
    405: (
        "method_not_allowed",
        "This address does not take this kind of request.",
        "See the Allow header for what it takes.",
    ),
    413: ("too_large", "The request is too large.", "Send less at once."),
}


class ErrorAnswer(BaseModel):
    """What every refused request is answered with."""

    code: str = Field(description="Stable name of the problem, for programs.")
    message: str = Field(description="What happened, for people.")
    hint: str = Field(description="What to do next.")
    field: str | None = Field(default=None, description="The one input to blame, if any.")


ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorAnswer, "description": "Refused, with the reason and what to do."},
    "5XX": {"model": ErrorAnswer, "description": "Failed, with what to do."},
}


def status_of(error: CloudError) -> int:
    """Return the HTTP status of an error: that of its nearest family in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


class ErrorPages:
    """Turns errors into answers, as JSON for programs and as a page for people."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def install(self, app: FastAPI) -> None:
        """Answer everything that a route raises, and everything that no route takes."""
        app.add_exception_handler(CloudError, self._on_cloud_error)
        app.add_exception_handler(RequestValidationError, self._on_invalid_request)
        app.add_exception_handler(HTTPException, self._on_http_exception)

    async def answer(
        self,
        request: Request,
        status: int,
        body: Mapping[str, object],
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Return the answer for a problem in the form that the caller reads."""
        if wants_json(request):
            return Response(json.dumps(body), status, dict(headers or {}), "application/json")
        if status == HTTPStatus.UNAUTHORIZED and request.method == "GET":
            return RedirectResponse(f"{SIGN_IN_PATH}?{urlencode({'next': _local(request)})}", 303)
        context = {"status": status, "phrase": HTTPStatus(status).phrase, "error": body}
        try:
            page = await self._templates.render(request, "error.html", context, status_code=status)
        except CloudError:
            # The page's frame asks the database, which may be what this error is about.
            page = self._templates.render_bare("error_bare.html", context, status_code=status)
        page.headers.update(headers or {})
        return page

    async def failed(self, request: Request, request_id: str) -> Response:
        """Return the answer for a failure that nobody foresaw; it tells no detail."""
        body = {
            "code": "internal_error",
            "message": "Something went wrong on our side.",
            "hint": f"Try again; if it stays, tell us this number: {request_id}",
        }
        return await self.answer(request, 500, body)

    async def _on_cloud_error(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, CloudError):
            raise error
        return await self.answer_error(request, error)

    async def answer_error(self, request: Request, error: CloudError) -> Response:
        """Return the answer for something refused knowingly."""
        headers: dict[str, str] = {}
        if isinstance(error, TooManyRequests | Unavailable):
            headers["Retry-After"] = str(error.retry_after_s)
        return await self.answer(request, status_of(error), _body_of(error), headers)

    async def _on_invalid_request(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        return await self.answer(request, 422, _body_of_invalid(error.errors()))

    async def _on_http_exception(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        if isinstance(error.__cause__, CloudError):
            # FastAPI calls whatever goes wrong while it reads a body a bad body.
            return await self._on_cloud_error(request, error.__cause__)
        code, message, hint = _BY_STATUS.get(
            error.status_code,
            ("refused", str(error.detail), "Change the request before sending it again."),
        )
        body = {"code": code, "message": message, "hint": hint}
        return await self.answer(request, error.status_code, body, error.headers)


def wants_json(request: Request) -> bool:
    """Tell whether the caller is a program: by the address, else by the Accept header."""
    if request.url.path.startswith(_MACHINE_PATHS):
        return True
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept


def _local(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _body_of(error: CloudError) -> dict[str, object]:
    body: dict[str, object] = {
        **error.wire_facts(),
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
    }
    return body if error.field is None else {**body, "field": error.field}


def _body_of_invalid(problems: Sequence[Any]) -> dict[str, object]:
    first = problems[0] if problems else {"loc": (), "msg": "The request is not valid."}
    # ("body", "address", "city") and ("query", "limit"): where it came from is noise to a person.
    name = ".".join(str(part) for part in first["loc"][1:])
    if first.get("type") == "json_invalid":
        return {
            "code": "malformed",
            "message": "The request body is not JSON.",
            "hint": f"{first['msg']} near character {name}.",
        }
    more = f" ({len(problems) - 1} more inputs are wrong.)" if len(problems) > 1 else ""
    body: dict[str, object] = {
        "code": "invalid",
        "message": f"{name or 'The request'}: {first['msg']}",
        "hint": f"Correct this input and send the request again.{more}",
    }
    return {**body, "field": name} if name else body
