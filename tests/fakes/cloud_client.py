"""A browser in little: cookies, and the token that unsafe requests must carry.

`CloudClient` speaks to an application in the test's own process, `WireClient` to a server.
"""

import re
from typing import Any, Self

import httpx2
from fastapi import FastAPI

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class _Browser(httpx2.AsyncClient):
    """What both have.

    `post_form` submits a form as the page at an address would; `post_json`, `put_json`,
    `patch_json` and `remove` send the CSRF header as a script of ours would.
    """

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        return self

    async def post_form(
        self, path: str, fields: dict[str, str], *, form_at: str | None = None
    ) -> httpx2.Response:
        """Submit fields with the token that the page (`form_at`, else `path`) carries."""
        page = await self.get(form_at or path, headers={"accept": "text/html"})
        found = _TOKEN.search(page.text)
        assert found, f"no form at {form_at or path}: {page.status_code}"
        return await self.post(path, data={**fields, "csrf_token": found[1]})

    async def post_json(self, path: str, body: object = None) -> httpx2.Response:
        """POST with the CSRF header."""
        return await self._send_unsafe("POST", path, body)

    async def put_json(self, path: str, body: object = None) -> httpx2.Response:
        """PUT with the CSRF header."""
        return await self._send_unsafe("PUT", path, body)

    async def patch_json(self, path: str, body: object = None) -> httpx2.Response:
        """PATCH with the CSRF header."""
        return await self._send_unsafe("PATCH", path, body)

    async def remove(self, path: str) -> httpx2.Response:
        """DELETE with the CSRF header."""
        return await self._send_unsafe("DELETE", path, None)

    async def _send_unsafe(self, method: str, path: str, body: object) -> httpx2.Response:
        token = (await self.get("/api/v1/csrf")).json()["csrf_token"]
        return await self.request(method, path, json=body, headers={"x-csrf-token": token})


class CloudClient(_Browser):
    """An HTTP client straight into the application, without a socket."""

    def __init__(self, app: FastAPI, **options: Any) -> None:
        super().__init__(
            transport=httpx2.ASGITransport(app, client=("127.0.0.1", 50000)),
            base_url="http://127.0.0.1",
            **options,
        )


class WireClient(_Browser):
    """An HTTP client of a server, coming from an address of its own by way of a proxy."""

    def __init__(self, base_url: str, *, address: str, **options: Any) -> None:
        super().__init__(
            base_url=base_url, headers={"x-forwarded-for": address}, timeout=60, **options
        )
