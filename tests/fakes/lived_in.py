"""A member's home in which oil falls: diffusers, levels, a cartridge that runs low."""

from datetime import timedelta
from typing import Any

from tests.fakes.hub import level
from tests.fakes.market import Home, Market

_CAPACITY_UL = 50_000
ROOMS = (
    ("bath", "Bathroom", "EUCMNT-50", 6_000, 9),
    ("bed", "Bedroom", "LAVFLD-50", 31_000, 40),
    ("hall", "Hallway", "WHTTEA-50", 48_500, None),
)
"""Diffuser id, room, what is in it, microlitres left, days they last (None: over a year)."""


async def move_in(market: Market, user_id: int, rooms: Any = ROOMS) -> Home:
    """Pair a hub and let it tell about its diffusers; two hours later nothing is new."""
    home = await market.open_home(user_id)
    for diffuser_id, room, sku, left_ul, days in rooms:
        await home.says(
            "diffuser.seen",
            {"diffuser_id": diffuser_id, "dialect": "native", "name": room, "room": room},
        )
        fitted = cartridge_news(market, diffuser_id, room, sku, left_ul, days)
        await home.says("cartridge.fitted", fitted)
    await market.clock.advance(timedelta(hours=2))
    return home


async def run_low(home: Home, room: Any = ROOMS[0], *, left_ul: int = 4_000) -> int:
    """Let a room's cartridge be reported low and everything follow; return the refill's id."""
    market = home.market
    diffuser_id, name, sku, _, _ = room
    now = market.clock.now()
    news = cartridge_news(market, diffuser_id, name, sku, left_ul, 2)
    looks = [level(left_ul + 100, at=now, capacity_ul=_CAPACITY_UL), news["level"]]
    await home.says(
        "cartridge.running_low",
        {**news, "observations": looks, "threshold_percent": 15, "reason": "level"},
    )
    await market.settle()
    return int(await market.scalar("SELECT max(id) FROM reorders"))


def cartridge_news(
    market: Market, diffuser_id: str, room: str, sku: str, left_ul: int, days: int | None
) -> dict[str, Any]:
    """Return the body of the news about a cartridge, as of now."""
    now = market.clock.now()
    ends = None if days is None else (now + timedelta(days=days)).isoformat()
    return {
        "slot": {
            "diffuser_id": diffuser_id,
            "slot_no": 1,
            "diffuser_name": room,
            "room": room,
        },
        "install_id": f"install-{diffuser_id}",
        "cycle": 1,
        "sku": sku,
        "level": level(left_ul, at=now, capacity_ul=_CAPACITY_UL),
        "run_out": {"p50": ends},
    }
