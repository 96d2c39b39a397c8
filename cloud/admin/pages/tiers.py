"""Tiers: list, form, deleting."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.admin.back_office import BackOffice
from cloud.admin.club_desks import TIER_FORM, TIERS
from cloud.admin.desk import answer, attempt, desk_of, parsed, take_away, theirs_as
from cloud.admin.lists import show_list
from cloud.admin.percents import basis_points_of, percent_of
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.loyalty.schemas import Benefits, TierFields
from cloud.loyalty.service import tier_editing as editing

_HOME = "/admin/tiers"
_TRAIL = (_HOME, N_("Tiers"))
_MAY_VIEW: SignedIn = allowed(permits.TIERS_VIEW)
_MAY_CHANGE: SignedIn = allowed(permits.TIERS_CHANGE)
_BENEFITS = ("multiplier_percent", "free_delivery", "early_access_h", "birthday_points")


def tier_pages(office: BackOffice) -> APIRouter:
    """Return the pages of tiers."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)
    _add_new(router, office)
    _add_old(router, office)
    return router


def _add_new(router: APIRouter, office: BackOffice) -> None:
    context: dict[str, object] = {"title": N_("New tier"), "trail": [_TRAIL], "may_change": True}

    @router.get("")
    async def listing(request: Request, pages: Pages, staff: SignedIn = _MAY_VIEW) -> Response:
        """Return the list."""
        empty = (N_("No tiers yet"), N_("Members reach them by what they earn within a year."))
        words = {"icon": dict(TIER_FORM["icon"].options)}
        shown: dict[str, object] = {"title": N_("Tiers"), "empty": empty, "words": words}
        if staff.may(permits.TIERS_CHANGE):
            shown["new"] = (f"{_HOME}/new", N_("New tier"))
        return await show_list(office, request, pages, TIERS, shown, template="worded_list")

    @router.get("/new")
    async def blank(request: Request, pages: Pages, _staff: SignedIn = _MAY_CHANGE) -> Response:
        """Return the form for a new one."""
        paper = TIER_FORM.blank(await desk_of(office), colour="#2a7c8a", multiplier_percent=100)
        return await answer(request, pages, paper, "", context, template="club_form")

    @router.post("/new")
    async def create(request: Request, pages: Pages, staff: SignedIn = _MAY_CHANGE) -> Response:
        """Add one."""
        made: list[int] = []

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            made.append((await editing.make(session, staff, _wish(values))).id)

        paper = await attempt(office, request, TIER_FORM, work)
        onward = f"{_HOME}/{made[-1]}?done=created" if paper is None else ""
        return await answer(request, pages, paper, onward, context, template="club_form")


def _add_old(router: APIRouter, office: BackOffice) -> None:
    @router.get("/{tier_id}")
    async def one(
        request: Request, pages: Pages, tier_id: RowId, staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return one: its form, or what it says to whoever may only look."""
        async with office.database.unit_of_work() as session:
            found = await editing.get(session, tier_id)
        paper = TIER_FORM.of(_flat(editing.facts(found)), found.version, await desk_of(office))
        context = _context(staff, tier_id, found.name)
        return await answer(request, pages, paper, "", context, template="club_form")

    @router.post("/{tier_id}")
    async def change(
        request: Request, pages: Pages, tier_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Save one."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            seen, wish = values.pop("version", 0), _wish(values)
            with theirs_as(_flat):
                await editing.change(session, staff, tier_id, wish, seen=seen)

        paper = await attempt(office, request, TIER_FORM, work)
        context = _context(staff, tier_id, str(paper.typed["name"]) if paper else "")
        onward = f"{_HOME}/{tier_id}?done=saved"
        return await answer(request, pages, paper, onward, context, template="club_form")

    @router.post("/{tier_id}/remove")
    async def remove(
        request: Request, pages: Pages, tier_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Delete one that no reward asks for; else show it with the reason."""

        async def work(session: AsyncSession, _values: dict[str, Any]) -> None:
            await editing.remove(session, staff, tier_id)

        async with office.database.unit_of_work() as session:
            found = await editing.get(session, tier_id)
            values = _flat(editing.facts(found))
        paper = await take_away(
            office, request, work, lambda desk: TIER_FORM.of(values, found.version, desk)
        )
        context = _context(staff, tier_id, found.name)
        onward = f"{_HOME}?done=removed"
        return await answer(request, pages, paper, onward, context, template="club_form")


def _context(staff: SignedIn, tier_id: int, title: str) -> dict[str, object]:
    may_change = staff.may(permits.TIERS_CHANGE)
    remove = (f"{_HOME}/{tier_id}/remove", N_("Delete this tier"))
    return {
        "title": title,
        "trail": [_TRAIL],
        "may_change": may_change,
        "remove": remove if may_change else None,
    }


def _flat(found: Mapping[str, Any]) -> dict[str, Any]:
    benefits = found["benefits"]
    percent = percent_of(benefits["discount_basis_points"] or None)
    return {**found, **benefits, "discount_percent": percent}


def _wish(values: Mapping[str, Any]) -> TierFields:
    off = basis_points_of(values["discount_percent"], "discount_percent") or 0
    given = {name: values[name] for name in _BENEFITS}
    benefits = parsed(Benefits, {**given, "discount_basis_points": off})
    plain = {name: values[name] for name in ("name", "min_points", "colour", "icon")}
    return parsed(TierFields, {**plain, "benefits": benefits})
