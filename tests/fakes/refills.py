"""A home whose bottle runs low, and what its people do about it over HTTP."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from scentd.contracts.moments import unix_ms
from tests.fakes.cloud_client import CloudClient
from tests.fakes.hub import cartridge, level
from tests.fakes.market import SKU, Home, Market


def bottle(
    market: Market,
    remaining_ul: int,
    install_id: str = "install-1",
    cycle: int = 1,
    *,
    at: datetime | None = None,
) -> dict[str, Any]:
    """A cartridge of 50 ml of the shop's scent, as the hub describes it at a moment."""
    now = at or market.clock.now()
    body = cartridge(install_id, cycle, at=now, sku=SKU, runs_out_at=now + timedelta(days=3))
    return body | {"level": level(remaining_ul, at=now, capacity_ul=50_000)}


def low(
    market: Market, remaining_ul: int = 4_000, install_id: str = "install-1", cycle: int = 1
) -> dict[str, Any]:
    now = market.clock.now()
    looks = [
        level(remaining_ul + 100, at=now - timedelta(hours=7), capacity_ul=50_000),
        level(remaining_ul, at=now, capacity_ul=50_000),
    ]
    return bottle(market, remaining_ul, install_id, cycle) | {
        "observations": looks,
        "threshold_percent": 15,
        "reason": "level",
    }


async def runs_low(market: Market, home: Home, **facts: Any) -> None:
    await home.says("cartridge.running_low", low(market, **facts))
    await market.settle()


async def the_refill(customer: CloudClient) -> dict[str, Any]:
    (refill,) = (await customer.get("/api/v1/me/reorders")).json()
    found: dict[str, Any] = refill
    return found


async def confirm(customer: CloudClient, refill: dict[str, Any]) -> dict[str, Any]:
    answer = await customer.post_json(
        f"/api/v1/me/reorders/{refill['id']}/confirm",
        {"seen_total_minor": refill["total_minor"]},
    )
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def agree(
    market: Market, customer: CloudClient, home: Home, mode: str = "automatic", **changes: Any
) -> int:
    answer = await customer.put_json(
        f"/api/v1/me/slots/{await home.slot_id()}/consent",
        {"mode": mode, "seen_total_minor": 3280, "max_total_minor": 4000, **changes},
    )
    return answer.status_code


@pytest.fixture
async def home(market: Market, customer: CloudClient) -> Home:
    """The customer's home, in which a bottle has stood for six weeks; it joined two hours ago."""
    user_id = await market.user_id()
    await market.give_address(user_id)
    home = await market.open_home(user_id)
    fitted = market.clock.now() - timedelta(days=42)
    home.hub.says("cartridge.fitted", bottle(market, 50_000, at=fitted), at_ms=unix_ms(fitted))
    await home.tell()
    await market.do_jobs()
    await market.clock.advance(timedelta(hours=2))
    return home
