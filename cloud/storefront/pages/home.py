"""My home: hubs, diffusers, what is left in them, and the refills that wait for an answer."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.service.addresses import default_address
from cloud.catalogue.service import find_variant_by_sku
from cloud.foundation.errors import CloudError
from cloud.foundation.web import CurrentUser, Limiter, Pages, Templates
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.hubs.models import Hub
from cloud.hubs.service.fleet import list_homes
from cloud.notifications.service import count_unread
from cloud.recommendations.service import showing
from cloud.recommendations.service.showing import MOST_BESIDE
from cloud.reorders import service as reorders
from cloud.reorders.cases import Mode
from cloud.reorders.limits import PROPOSALS, proposals_of
from cloud.reorders.schemas import ReorderView, SlotView
from cloud.reorders.wording import MODES, STAGES, why
from cloud.storefront.front_desk import FrontDesk, show
from cloud.storefront.picked import eyes_of, picked_views

_ONLINE_WITHIN = timedelta(minutes=30)
"""A hub polls every 15 minutes when nothing happens; twice that means it is away."""


def home_pages(desk: FrontDesk) -> APIRouter:
    """Return the member's home page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/account")
    async def account(request: Request, pages: Pages, user: CurrentUser) -> Response:
        """Return how things stand at home."""
        return await _page(desk, request, pages, user.user_id)

    @router.post("/account/slots/{slot_id}/proposal")
    async def propose(
        request: Request, pages: Pages, user: CurrentUser, slot_id: RowId, limiter: Limiter
    ) -> Response:
        """Ask for a refill: an adult decides about it on its page, a guest's is told to them."""
        now = desk.clock.now()
        try:
            await limiter.count(proposals_of(user.user_id), PROPOSALS)
            async with desk.database.unit_of_work() as session:
                asked = await reorders.propose_by_member(
                    session, desk.reorders, user.user_id, slot_id, now
                )
        except CloudError as error:
            return await _page(desk, request, pages, user.user_id, error)
        return RedirectResponse(f"/account/reorders/{asked}", 303)

    return router


async def _page(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user_id: int,
    error: CloudError | None = None,
) -> Response:
    now = desk.clock.now()
    async with desk.database.unit_of_work() as session:
        homes = await list_homes(session, user_id)
        refills = await reorders.list_reorders(session, desk.reorders, user_id)
        push_backs = await reorders.list_push_backs(session, user_id)
        held = await reorders.list_slots(session, desk.reorders, user_id)
        scents = {
            slot.scent_sku: await find_variant_by_sku(session, slot.scent_sku)
            for slot in held
            if slot.scent_sku
        }
        address = await default_address(session, user_id)
        unread = await count_unread(session, user_id)
        eyes = await eyes_of(request, desk.site, desk.clock)
        suggested = await showing.for_member(session, user_id, eyes, MOST_BESIDE)
    latest = _latest_by_slot(refills)
    context = {
        "household_name": homes[0].household_name if homes else "",
        "hubs": [_hub(home.hub, now) for home in homes if home.hub.revoked_at is None],
        "slots": [_slot(slot, latest.get(slot.slot_id), scents, now) for slot in held],
        "proposals": [
            {"view": refill, "why": why(refill.reason)} for refill in refills if refill.can_confirm
        ],
        "push_backs": push_backs,
        "questions": [
            refill
            for refill in refills
            if refill.can_answer_refill and refill.refill_answer is None
        ],
        "paused_until": next(
            (slot.paused_until for slot in held if (slot.paused_until or now) > now), None
        ),
        "address": address,
        "unread": unread,
        "suggested": picked_views(suggested),
    }
    return await show(request, pages, "account", context, error=error)


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
        "can_propose": variant is not None and _can_propose(slot, now),
    }


def _can_propose(slot: SlotView, now: datetime) -> bool:
    """Tell whether a refill can be asked for, as far as the home's wishes go."""
    is_served = slot.open_reorder_id is not None or slot.is_refilled_elsewhere
    is_quiet = max(slot.paused_until or now, slot.snoozed_until or now) > now
    return not (is_served or is_quiet or slot.is_frozen or slot.mode is Mode.OFF)
