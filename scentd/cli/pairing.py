"""Connecting the hub with an account from a terminal, through the running hub's own API."""

import asyncio
import io
from datetime import timedelta
from typing import Any

import aiohttp
import segno
import typer

from scentd.api.access import Scope
from scentd.cli.letting_in import opened_access, page_address
from scentd.cli.settings_file import ConfigFile, settings_of
from scentd.clock import SystemClock
from scentd.model.errors import ScentdError
from scentd.settings import HubSettings

_LOOK_EVERY_S = 2.0


class HubNotRunning(ScentdError):
    """Nothing answers where the hub's page should be."""

    code = "hub_not_running"

    def __init__(self, address: str) -> None:
        super().__init__(
            f"No hub answers at {address}.", "Start it with `scentd run`, then pair again."
        )
        self.address = address


class PairingRefused(ScentdError):
    """The hub, or the cloud behind it, does not pair now."""

    code = "pairing_refused"


def pair(config: ConfigFile = None) -> None:
    """Show a code to type into your account, and wait until the hub is connected."""
    typer.echo(asyncio.run(_pair(settings_of(config))))


async def _pair(settings: HubSettings) -> str:
    address = page_address(settings)
    async with opened_access(settings) as access:
        made = await access.new_token(
            "scentd pair", frozenset({Scope.READ, Scope.CONFIGURE}), timedelta(minutes=15)
        )
        try:
            async with aiohttp.ClientSession(
                address, headers={"Authorization": f"Bearer {made.secret}"}
            ) as hub:
                return await _offer_and_wait(hub)
        except aiohttp.ClientConnectionError as error:
            raise HubNotRunning(address) from error
        finally:
            await access.revoke_token(made.token.id)


async def _offer_and_wait(hub: aiohttp.ClientSession) -> str:
    clock = SystemClock()
    if (await _ask(hub, "GET", "/api/v1/sync"))["paired"]:
        return "This hub is connected already. Disconnect it in your account first."
    status = await _ask(hub, "POST", "/api/v1/sync/pairing")
    typer.echo(_invitation(status["offer"]))
    while status["offer"] is not None:
        await clock.sleep(_LOOK_EVERY_S)
        status = await _ask(hub, "GET", "/api/v1/sync")
        if status["paired"]:
            return "Connected. Orders and prices arrive within a minute."
    raise PairingRefused("The code was not used in time.", "Run `scentd pair` for a new one.")


async def _ask(hub: aiohttp.ClientSession, method: str, path: str) -> dict[str, Any]:
    # The API takes writes as JSON only.
    body: dict[str, str] | None = {} if method == "POST" else None
    async with hub.request(method, path, json=body) as answer:
        found: dict[str, Any] = await answer.json()
        if answer.status >= 400:
            raise PairingRefused(found["message"], found["hint"])
        return found


def _invitation(offer: dict[str, Any]) -> str:
    picture = io.StringIO()
    segno.make(offer["verification_url"], error="l").terminal(picture, compact=True)
    return (
        f"{picture.getvalue()}\n"
        f"Scan this, or open {offer['verification_url']}\n"
        f"and type the code  {offer['user_code']}\n"
        f"Your account must show the same four words:  {'  '.join(offer['words'])}\n"
    )
