"""The cloud's addresses, asked over HTTP: messages in, messages out, refusals as errors.

Knows no outbox and decides nothing.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TypeVar

import aiohttp
from pydantic import BaseModel, ValidationError

from scentd.contracts.pairing import (
    PairingAnswerV1,
    PairingOfferV1,
    PairingQuestionV1,
    PairingRequestV1,
)
from scentd.contracts.sync import (
    AckV1,
    ChangesV1,
    HelloV1,
    NonceV1,
    PositionConflictV1,
    PositionV1,
    Refusal,
    SessionV1,
    SnapshotV1,
)
from scentd.sync.errors import (
    BatchTooLarge,
    CloudRefused,
    CloudTooSlow,
    CloudUnreachable,
    CursorTooOld,
    HubRevoked,
    PositionDiffers,
    SessionOver,
)

M = TypeVar("M", bound=BaseModel)

MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""No answer of a cloud is larger; one that is comes from something else."""

HEARTBEAT_S = 30.0
"""How often a silent socket is tried, so that a dead line is noticed within a minute."""

_PATIENCE_STATUSES = (429, 500, 502, 503, 504)


class CloudClient:
    """One pool of connections to the cloud. Opened at first use; close it at the end."""

    def __init__(self, *, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._http: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close every connection; the next request opens new ones."""
        http, self._http = self._http, None
        if http is not None:
            await http.close()

    async def offer(self, cloud: str, request: PairingRequestV1) -> PairingOfferV1:
        """Offer this hub to whoever types the code that comes back."""
        return await self._post(f"{cloud}/v1/pairing/offers", request, PairingOfferV1)

    async def ask(self, cloud: str, question: PairingQuestionV1) -> PairingAnswerV1:
        """Ask what became of an offer."""
        return await self._post(f"{cloud}/v1/pairing/questions", question, PairingAnswerV1)

    async def challenge(self, cloud: str, hub_id: int) -> NonceV1:
        """Ask for something to sign."""
        return await self._post(f"{cloud}/v1/hubs/{hub_id}/nonces", None, NonceV1)

    async def open_session(self, cloud: str, hub_id: int, hello: HelloV1) -> SessionV1:
        """Open a session with a signed hello; HubRevoked when the account removed the hub."""
        return await self._post(f"{cloud}/v1/hubs/{hub_id}/sessions", hello, SessionV1)

    async def send_events(
        self, cloud: str, hub_id: int, token: str, lineage: str, body: bytes
    ) -> AckV1:
        """Send a batch, already compressed; PositionDiffers, BatchTooLarge, SessionOver."""
        headers = {
            **_bearer(token),
            "X-Lineage": lineage,
            "Content-Encoding": "zstd",
            "Content-Type": "application/x-ndjson",
        }
        url = f"{cloud}/v1/hubs/{hub_id}/events"
        return _read(AckV1, await self._ask("POST", url, headers=headers, data=body))

    async def changes(self, cloud: str, hub_id: int, token: str, since: int) -> ChangesV1:
        """Fetch a page of changes after a version; CursorTooOld, SessionOver."""
        url = f"{cloud}/v1/hubs/{hub_id}/changes?since={since}"
        return _read(ChangesV1, await self._ask("GET", url, headers=_bearer(token)))

    async def snapshot(self, cloud: str, hub_id: int, token: str) -> SnapshotV1:
        """Fetch every document there is; SessionOver."""
        url = f"{cloud}/v1/hubs/{hub_id}/snapshot"
        return _read(SnapshotV1, await self._ask("GET", url, headers=_bearer(token)))

    async def leave(self, cloud: str, hub_id: int, token: str) -> None:
        """Tell the cloud that this hub leaves its household."""
        await self._ask("DELETE", f"{cloud}/v1/hubs/{hub_id}", headers=_bearer(token))

    @asynccontextmanager
    async def socket(
        self, cloud: str, hub_id: int, token: str
    ) -> AsyncGenerator[aiohttp.ClientWebSocketResponse]:
        """Open the socket on which the cloud tells of news; CloudUnreachable without one."""
        url = f"{cloud}/v1/hubs/{hub_id}/socket".replace("http", "ws", 1)
        try:
            async with self._session().ws_connect(
                url, headers=_bearer(token), heartbeat=HEARTBEAT_S, max_msg_size=256 * 1024
            ) as socket:
                yield socket
        except (aiohttp.ClientError, OSError) as error:
            raise CloudUnreachable(*_in_words(error)) from error

    async def _post(self, url: str, message: BaseModel | None, kind: type[M]) -> M:
        data = message.model_dump_json().encode() if message is not None else b"{}"
        headers = {"Content-Type": "application/json"}
        return _read(kind, await self._ask("POST", url, headers=headers, data=data))

    async def _ask(
        self, method: str, url: str, *, headers: dict[str, str], data: bytes | None = None
    ) -> bytes:
        try:
            async with self._session().request(method, url, headers=headers, data=data) as answer:
                content = await answer.content.read(MAX_ANSWER_BYTES)
                if answer.status >= 300:
                    error = _refusal(answer.status, answer.headers.get("Retry-After"), content)
                    # Within a session even "removed" ends that session alone: opening the next
                    # one, signed, tells for certain, and is where it is written down.
                    is_within = "Authorization" in headers
                    raise SessionOver if is_within and isinstance(error, HubRevoked) else error
                return content
        except TimeoutError as error:
            raise CloudTooSlow(self._timeout_s) from error
        except (aiohttp.ClientError, OSError) as error:
            raise CloudUnreachable(*_in_words(error)) from error

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._timeout_s),
                auto_decompress=True,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._http


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _read(kind: type[M], content: bytes) -> M:
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        raise CloudUnreachable(
            "not_ours", "its answer is not one of ours (a captive portal?)"
        ) from error


def _refusal(status: int, retry_after: str | None, content: bytes) -> Exception:
    said = _said(content)
    if status in _PATIENCE_STATUSES:
        return CloudUnreachable(
            "patience",
            said.message or f"it answered {status}",
            {"status": status},
            retry_after_s=_seconds(retry_after),
        )
    match said.code:
        case "session_invalid":
            return SessionOver()
        case "challenge_over":
            return CloudUnreachable("far", "the way there and back took too long")
        case "hub_revoked":
            return HubRevoked()
        case "position":
            position = _read(PositionConflictV1, content)
            return PositionDiffers(PositionV1(acked=position.acked, chain=position.chain))
        case "batch_too_large" | "body_too_large":
            return BatchTooLarge()
        case "too_old":
            return CursorTooOld()
        case "":
            return CloudUnreachable(
                "other", f"something else answered ({status})", {"status": status}
            )
        case _:
            return CloudRefused(status, said.code, said.message, said.hint)


def _said(content: bytes) -> Refusal:
    try:
        return Refusal.model_validate_json(content)
    except ValidationError:
        return Refusal(code="")


def _seconds(retry_after: str | None) -> float | None:
    # The cloud writes whole seconds; a proxy's date is not worth a parser.
    return float(retry_after) if retry_after and retry_after.isdigit() else None


def _in_words(error: Exception) -> tuple[str, str]:
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return "certificate", "its certificate is not accepted (is the clock right?)"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "name_unknown", "its name is not found"
    if isinstance(error, aiohttp.ClientConnectorError | ConnectionRefusedError):
        return "silent", "nothing answers there"
    return "broke", "the connection broke"
