"""Reading what diffusers ran from the logs of hubs, for members who consent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.hubs.ingest.told_levels import ToldLevel, told_level
from cloud.recommendations.repository import learning, shelf, use


async def read_use(session: AsyncSession, now: datetime, *, most: int) -> int:
    """Read what is new in the logs of `most` members; return of how many something was read."""
    await use.leave_old_homes(session)
    reading = await use.hold_consents(session, await use.waiting(session, most))
    lines = await use.unread(session, reading)
    told = [(row, level) for row in lines if (level := _level(row)) is not None]
    skus = {level.sku for _, level in told if level.sku}
    products = await shelf.products_by_sku(session, skus)
    uses = _uses(told, products)
    await use.note_use(session, uses)
    await use.mark_read(session, _marks(lines))
    for user_id in sorted({one["user_id"] for one in uses}):
        await learning.ask(session, user_id, now)
    return len(reading)


def _level(row: Row[Any]) -> ToldLevel | None:
    return told_level(row.kind, row.version, bytes(row.line))


def _uses(
    told: Sequence[tuple[Row[Any], ToldLevel]], products: dict[str, int]
) -> list[dict[str, Any]]:
    found: dict[tuple[int, int, int, str], dict[str, Any]] = {}
    for row, level in told:
        product_id = products.get(level.sku or "")
        if product_id is None:
            continue
        key = (row.user_id, row.household_id, row.hub_id, level.install_id)
        one = found.setdefault(
            key,
            {
                "user_id": row.user_id,
                "household_id": row.household_id,
                "hub_id": row.hub_id,
                "install_id": level.install_id,
                "product_id": product_id,
                "most_ul": level.remaining_ul,
                "least_ul": level.remaining_ul,
                "seen_at": row.happened_at,
            },
        )
        one["most_ul"] = max(one["most_ul"], level.remaining_ul)
        one["least_ul"] = min(one["least_ul"], level.remaining_ul)
        one["seen_at"] = max(one["seen_at"], row.happened_at)
    return [found[key] for key in sorted(found)]


def _marks(lines: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    found: dict[tuple[int, int, int, int], int] = {}
    for row in lines:
        key = (row.user_id, row.household_id, row.hub_id, row.lineage_id)
        found[key] = max(found.get(key, 0), row.last)
    return [
        {
            "user_id": user_id,
            "household_id": household_id,
            "hub_id": hub_id,
            "lineage_id": lineage_id,
            "seq": last,
        }
        for (user_id, household_id, hub_id, lineage_id), last in sorted(found.items())
    ]
