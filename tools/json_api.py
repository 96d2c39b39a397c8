"""A small client for the JSON APIs of hub and shop. Standard library only."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http.cookiejar import CookieJar
from typing import Any, TypeAlias

from tools.processes import ToolError

_TIMEOUT_S = 15.0
Json: TypeAlias = Any
"""What json.loads gives: the servers' own descriptions say which shape."""


class Refused(ToolError):
    """The API answered with an error; `status` is the HTTP status, `code` its own word for it."""

    def __init__(self, status: int, code: str, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.status = status
        self.code = code


class JsonApi:
    """Speaks to one server, with a bearer token or with the cookies that the server sets."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self.address = address
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        # A proxy of the environment is for the outside; what is asked here is on this machine.
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def get(self, path: str) -> Json:
        """Ask; raises Refused, and OSError when nobody answers."""
        return self._send("GET", path, None)

    def post(self, path: str, body: object = None) -> Json:
        """Send a body, {} when there is none; raises as `get` does."""
        return self._send("POST", path, {} if body is None else body)

    def put(self, path: str, body: object) -> Json:
        """Put a body in its place; raises as `get` does."""
        return self._send("PUT", path, body)

    def patch(self, path: str, body: object) -> Json:
        """Change a part; raises as `get` does."""
        return self._send("PATCH", path, body)

    def send_form(self, address: str, fields: Mapping[str, str]) -> None:
        """Send a page's form, with the token that the shop's forms carry; follow where it leads.

        Raises Refused for a page that says no.
        """
        token = self.headers.get("X-CSRF-Token", "")
        body = urllib.parse.urlencode({**fields, "csrf_token": token}).encode()
        try:
            with self._opener.open(address, data=body, timeout=_TIMEOUT_S) as answer:
                answer.read()
        except urllib.error.HTTPError as error:
            raise _refusal(address, error) from error

    def _send(self, method: str, path: str, body: object) -> Json:
        headers = {**self.headers, "Accept": "application/json"}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(
            self.address + path, data=data, headers=headers, method=method
        )
        try:
            with self._opener.open(request, timeout=_TIMEOUT_S) as answer:
                return _read(answer.read())
        except urllib.error.HTTPError as error:
            raise _refusal(path, error) from error


def _read(answer: bytes) -> Json:
    return json.loads(answer) if answer else None


def _refusal(path: str, error: urllib.error.HTTPError) -> Refused:
    try:
        said = json.loads(error.read())
        return Refused(error.code, said["code"], said["message"], said["hint"])
    except (ValueError, KeyError, TypeError):
        return Refused(error.code, "unknown", f"{path} answered {error.code}.", "Read its log.")
