"""Rewards: list, form, deleting."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.admin.back_office import BackOffice
from cloud.admin.club_desks import REWARD_KINDS, REWARDS, reward_form
from cloud.admin.desk import answer, attempt, desk_of, parsed, take_away
from cloud.admin.forms import Desk, Form, FormWrong
from cloud.admin.lists import show_list
from cloud.admin.percents import basis_points_of, percent_of
from cloud.catalogue.errors import ProductNotFound
from cloud.catalogue.models import Product
from cloud.catalogue.service import get_product
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import ChangedMeanwhile
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.loyalty.models import Reward
from cloud.loyalty.schemas import RewardFields
from cloud.loyalty.service import editing
from cloud.loyalty.service.views import view_tiers

_HOME = "/admin/rewards"
_TRAIL = (_HOME, N_("Rewards"))
_MAY_VIEW: SignedIn = allowed(permits.REWARDS_VIEW)
_MAY_CHANGE: SignedIn = allowed(permits.REWARDS_CHANGE)


def reward_pages(office: BackOffice) -> APIRouter:
    """Return the pages of rewards."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)
    _add_new(router, office)
    _add_old(router, office)
    return router


def _add_new(router: APIRouter, office: BackOffice) -> None:
    context: dict[str, object] = {"title": N_("New reward"), "trail": [_TRAIL], "may_change": True}

    @router.get("")
    async def listing(request: Request, pages: Pages, staff: SignedIn = _MAY_VIEW) -> Response:
        """Return the list."""
        empty = (N_("No rewards yet"), N_("Members take them for their points."))
        shown: dict[str, object] = {
            "title": N_("Rewards"),
            "empty": empty,
            "words": {"kind": dict(REWARD_KINDS)},
        }
        if staff.may(permits.REWARDS_CHANGE):
            shown["new"] = (f"{_HOME}/new", N_("New reward"))
        return await show_list(office, request, pages, REWARDS, shown, template="worded_list")

    @router.get("/new")
    async def blank(request: Request, pages: Pages, _staff: SignedIn = _MAY_CHANGE) -> Response:
        """Return the form for a new one."""
        paper = (await _form(office)).blank(
            await desk_of(office), is_active=True, max_redemptions_per_user=1, lasts_days=90
        )
        return await answer(request, pages, paper, "", context, template="club_form")

    @router.post("/new")
    async def create(request: Request, pages: Pages, staff: SignedIn = _MAY_CHANGE) -> Response:
        """Add one."""
        desk = await desk_of(office)
        made: list[int] = []

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            made.append((await editing.make(session, staff, await _wish(session, values, desk))).id)

        paper = await attempt(office, request, await _form(office), work, desk=desk)
        onward = f"{_HOME}/{made[-1]}?done=created" if paper is None else ""
        return await answer(request, pages, paper, onward, context, template="club_form")


def _add_old(router: APIRouter, office: BackOffice) -> None:
    @router.get("/{reward_id}")
    async def one(
        request: Request, pages: Pages, reward_id: RowId, staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return one: its form, or what it says to whoever may only look."""
        desk = await desk_of(office)
        async with office.database.unit_of_work() as session:
            found = await editing.get(session, reward_id)
            values = await _flat(session, _facts(found))
        paper = (await _form(office)).of(values, found.version, desk)
        context = _context(staff, reward_id, found.name, can_go=found.redeemed == 0)
        return await answer(request, pages, paper, "", context, template="club_form")

    @router.post("/{reward_id}")
    async def change(
        request: Request, pages: Pages, reward_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Save one."""
        desk = await desk_of(office)

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            seen, wish = values.pop("version", 0), await _wish(session, values, desk)
            try:
                await editing.change(session, staff, reward_id, wish, seen=seen)
            except ChangedMeanwhile as error:
                current = await _flat(session, error.current)
                raise ChangedMeanwhile(error.version, current) from error

        paper = await attempt(office, request, await _form(office), work, desk=desk)
        title = str(paper.typed["name"]) if paper else ""
        context = _context(staff, reward_id, title, can_go=False)
        onward = f"{_HOME}/{reward_id}?done=saved"
        return await answer(request, pages, paper, onward, context, template="club_form")

    @router.post("/{reward_id}/remove")
    async def remove(
        request: Request, pages: Pages, reward_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Delete one that nobody took; else show it with the reason."""

        async def work(session: AsyncSession, _values: dict[str, Any]) -> None:
            await editing.remove(session, staff, reward_id)

        async with office.database.unit_of_work() as session:
            found = await editing.get(session, reward_id)
            values = await _flat(session, _facts(found))
        form = await _form(office)
        paper = await take_away(
            office, request, work, lambda desk: form.of(values, found.version, desk)
        )
        context = _context(staff, reward_id, found.name, can_go=False)
        onward = f"{_HOME}?done=removed"
        return await answer(request, pages, paper, onward, context, template="club_form")


async def _form(office: BackOffice) -> Form:
    async with office.database.unit_of_work() as session:
        return reward_form(await view_tiers(session))


def _context(staff: SignedIn, reward_id: int, title: str, *, can_go: bool) -> dict[str, object]:
    may_change = staff.may(permits.REWARDS_CHANGE)
    remove = (f"{_HOME}/{reward_id}/remove", N_("Delete this reward"))
    return {
        "title": title,
        "trail": [_TRAIL],
        "may_change": may_change,
        "remove": remove if may_change and can_go else None,
    }


def _facts(reward: Reward) -> dict[str, Any]:
    return {name: getattr(reward, name) for name in RewardFields.model_fields}


async def _flat(session: AsyncSession, found: Mapping[str, Any]) -> dict[str, Any]:
    product = await session.get(Product, found["product_id"] or 0)
    return {
        **found,
        "percent": percent_of(found["basis_points"]),
        "product": None if product is None else product.slug,
    }


async def _wish(session: AsyncSession, values: Mapping[str, Any], desk: Desk) -> RewardFields:
    plain = dict(values)
    plain["basis_points"] = basis_points_of(plain.pop("percent"))
    plain["currency"] = None if plain["amount_minor"] is None else desk.currency
    plain["tier_id"] = int(plain["tier_id"]) if plain["tier_id"] else None
    slug = plain.pop("product")
    if slug:
        try:
            plain["product_id"] = (await get_product(session, slug)).id
        except ProductNotFound as error:
            raise FormWrong({"product": N_("There is no such product.")}) from error
    return parsed(RewardFields, plain)
