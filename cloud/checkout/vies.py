"""Asking the EU's register whether a VAT number is in force: a port, and its client over HTTP."""

from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from cloud.accounts.vat_numbers import VatNumber
from cloud.foundation.later import Foreign, later
from cloud.foundation.rate_limits import Rate

aiohttp = later("aiohttp")

# Somebody waits for the price meanwhile; most answers take less than one second.
_TIMEOUT_S = 6
_CONNECT_S = 3
_LONGEST_ANSWER = 20_000

# How often one address may ask: enough for slips of the pen, too little to try numbers out.
VAT_RATE = Rate(times=30, per=timedelta(minutes=10))


class Verdict(StrEnum):
    """What the register says of a number; SILENT: it gave no answer that can be read."""

    VALID = "valid"
    INVALID = "invalid"
    SILENT = "silent"


class VatRegister(Protocol):
    """Knows which VAT numbers are in force."""

    async def look_up(self, number: VatNumber) -> Verdict:
        """Return what the register says; nothing is raised, and it takes some seconds at most."""

    async def close(self) -> None:
        """Let go of every connection."""


class ViesRegister:
    """VIES, the register of the European Commission, by its public REST API.

    It passes questions on to the member states, whose own registers are often closed: then it
    answers with `errorWrappers` (MS_UNAVAILABLE, MS_MAX_CONCURRENT_REQ …) instead of `valid`.
    `base_url` "" asks nobody.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._session: Foreign = None

    async def look_up(self, number: VatNumber) -> Verdict:
        """Return what VIES says; whatever goes wrong on the way is silence."""
        if not self._base_url:
            return Verdict.SILENT
        question = {"countryCode": number.prefix, "vatNumber": number.national}
        try:
            async with self._client().post(
                f"{self._base_url}/check-vat-number", json=question, allow_redirects=False
            ) as response:
                if response.status != 200 or (response.content_length or 0) > _LONGEST_ANSWER:
                    return Verdict.SILENT
                return _verdict(await response.json(content_type=None))
        except (aiohttp.ClientError, OSError, ValueError):
            return Verdict.SILENT

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _client(self) -> Foreign:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S, connect=_CONNECT_S)
            self._session = aiohttp.ClientSession(
                timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


def _verdict(answer: object) -> Verdict:
    if not isinstance(answer, dict) or not isinstance(answer.get("valid"), bool):
        return Verdict.SILENT
    return Verdict.VALID if answer["valid"] else Verdict.INVALID
