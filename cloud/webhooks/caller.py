"""Sending a body to an address that somebody else chose, without being led into our own network."""

import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from cloud.foundation.later import Foreign, later

aiohttp = later("aiohttp")
resolver = later("aiohttp.resolver")

_TIMEOUT_S = 15
_CONNECT_S = 5
_LONGEST_ANSWER = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call: a status with the first part of the body, or a problem in words."""

    took_ms: int
    status: int | None = None
    body: str = ""
    problem: str | None = None

    @property
    def has_arrived(self) -> bool:
        """Tell whether the other side took it: any 2xx."""
        return self.status is not None and 200 <= self.status < 300


class Caller(Protocol):
    """Posts to addresses of others."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return what came of it; nothing is raised, and redirects are not followed."""

    async def close(self) -> None:
        """Let go of every connection."""


class NotPublic(OSError):
    """The address leads into a private network."""


class _PublicResolver:
    """Looks names up and refuses those that lead into a private network."""

    def __init__(self) -> None:
        self._inner = resolver.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> Foreign:
        """Return the addresses of a name."""
        found = await self._inner.resolve(host, port, family)
        for one in found:
            require_public(one["host"])
        return found

    async def close(self) -> None:
        """Close nothing: there is nothing open."""


class HttpCaller:
    """Calls over HTTP. `allows_private` is for tests and the demo, whose receivers are here."""

    def __init__(self, *, allows_private: bool) -> None:
        self._allows_private = allows_private
        self._session: Foreign = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return what came of a call."""
        began = time.perf_counter()
        try:
            # Looked at here too: a literal address is never resolved.
            if not self._allows_private:
                _require_public_literal(url)
            async with self._client().post(
                url, data=body, headers=headers, allow_redirects=False
            ) as response:
                start = await response.content.read(_LONGEST_ANSWER)
                text = start.decode("utf-8", "replace").replace("\0", "")
                return Answer(_since(began), response.status, text)
        except NotPublic:
            return Answer(_since(began), problem="the address leads into a private network")
        except TimeoutError:
            return Answer(_since(began), problem="no answer within 15 seconds")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Answer(_since(began), problem=_in_words(error))

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _client(self) -> Foreign:
        if self._session is None:
            # aiohttp asks for what it resolves by these two methods, whatever class has them.
            guard: Any = None if self._allows_private else _PublicResolver()
            timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S, connect=_CONNECT_S)
            # A connection a call: the receivers are many and seldom called.
            connector = aiohttp.TCPConnector(resolver=guard, force_close=True, limit=20)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


def require_public(address: str) -> None:
    """Raise NotPublic for an IP address that is not of the public internet."""
    known = ipaddress.ip_address(address)
    if not known.is_global or known.is_multicast:
        raise NotPublic(address)


def _require_public_literal(url: str) -> None:
    host = urlsplit(url).hostname or ""
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return
    require_public(str(literal))


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


def _in_words(error: Exception) -> str:
    if isinstance(error.__cause__, NotPublic) or "NotPublic" in repr(error):
        return "the address leads into a private network"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not valid"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name is not known"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "nobody takes connections there"
    return f"the connection failed ({type(error).__name__})"
