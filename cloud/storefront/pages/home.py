"""My home: hubs, diffusers, what is left in them, and the refills that wait for an answer."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from cloud.accounts.service.addresses import default_address
from cloud.catalogue.service import find_variant_by_sku
from cloud.foundation.web import CurrentUser, Pages
from cloud.hubs.models import Hub
from cloud.hubs.service.fleet import list_homes
from cloud.notifications.service import count_unread
from cloud.reorders import service as reorders
from cloud.reorders.schemas import ReorderView, SlotView
from cloud.storefront.front_desk import FrontDesk, show
from cloud.storefront.wording import MODES, STAGES, why

_ONLINE_WITHIN = timedelta(minutes=30)
"""A hub polls every 15 minutes when nothing happens; twice that means it is away."""


def home_pages(desk: FrontDesk) -> APIRouter:
    """Return the member's home page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/account")
    async def account(request: Request, pages: Pages, user: CurrentUser) -> Response:
        """Return how things stand at home."""
        now = desk.clock.now()
        async with desk.database.unit_of_work() as session:
            homes = await list_homes(session, user.user_id)
            refills = await reorders.list_reorders(session, desk.reorders, user.user_id)
            held = await reorders.list_slots(session, user.user_id)
            scents = {
                slot.scent_sku: await find_variant_by_sku(session, slot.scent_sku)
                for slot in held
                if slot.scent_sku
            }
            address = await default_address(session, user.user_id)
            unread = await count_unread(session, user.user_id)
        latest = _latest_by_slot(refills)
        context = {
            "household_name": homes[0].household_name if homes else "",
            "hubs": [_hub(home.hub, now) for home in homes if home.hub.revoked_at is None],
            "slots": [_slot(slot, latest.get(slot.slot_id), scents, now) for slot in held],
            "proposals": [
                {"view": refill, "why": why(refill.reason)}
                for refill in refills
                if refill.can_confirm
            ],
            "address": address,
            "unread": unread,
        }
        return await show(request, pages, "account", context)

    return router


def _hub(hub: Hub, now: datetime) -> dict[str, Any]:
    seen = hub.seen_at
    return {
        "name": hub.name,
        "seen_at": seen,
        "is_online": seen is not None and now - seen < _ONLINE_WITHIN,
        "is_duplicated": hub.duplicated_at is not None,
    }


def _latest_by_slot(refills: list[ReorderView]) -> dict[int, ReorderView]:
    latest: dict[int, ReorderView] = {}
    for refill in refills:
        latest.setdefault(refill.slot_id, refill)
    return latest


def _slot(
    slot: SlotView, refill: ReorderView | None, scents: dict[str, Any], now: datetime
) -> dict[str, Any]:
    variant = scents.get(slot.scent_sku or "")
    words, kind = STAGES[refill.stage] if refill else ("", "")
    return {
        "view": slot,
        "scent": variant.product.name if variant else "",
        "slug": variant.product.slug if variant else "",
        "percent": round(slot.remaining_percent),
        "days": (slot.runs_out_at - now).days if slot.runs_out_at else None,
        "refill": refill,
        "refill_words": words,
        "refill_kind": kind,
        "mode_words": MODES[slot.mode],
    }
