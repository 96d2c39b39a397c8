"""Promotions and their coupons: list, form, sample cart, codes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.admin.back_office import BackOffice
from cloud.admin.desk import answer, attempt, desk_of, parsed, theirs_as
from cloud.admin.forms import Form
from cloud.admin.lists import show_list
from cloud.admin.percents import basis_points_of, percent_of
from cloud.admin.sample_carts import try_out
from cloud.admin.selling_desks import (
    COUPON_FIELDS,
    PROMOTION_FIELDS,
    PROMOTION_KINDS,
    PROMOTIONS,
    coupons_of,
)
from cloud.discounts.editing import promotions as editing
from cloud.discounts.editing.shapes import CouponFields, PromotionFields
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_

_HOME = "/admin/promotions"
_TRAIL = (_HOME, N_("Promotions"))
_MAY_VIEW: SignedIn = allowed(permits.PROMOTIONS_VIEW)
_MAY_CHANGE: SignedIn = allowed(permits.PROMOTIONS_CHANGE)

Sample = Annotated[str, Query(max_length=300)]


def promotion_pages(office: BackOffice) -> APIRouter:
    """Return the pages of promotions."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_new(office))
    router.include_router(_old(office))
    router.include_router(_coupons(office))
    return router


def _new(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=_HOME)
    context: dict[str, object] = {"title": N_("New promotion"), "trail": [_TRAIL]}

    @router.get("")
    async def listing(request: Request, pages: Pages, staff: SignedIn = _MAY_VIEW) -> Response:
        """Return the list."""
        empty = (
            N_("No promotions yet"),
            N_("They make purchases cheaper, by themselves or by a code."),
        )
        words = {"kind": dict(PROMOTION_KINDS)}
        shown: dict[str, object] = {"title": N_("Promotions"), "empty": empty, "words": words}
        if staff.may(permits.PROMOTIONS_CHANGE):
            shown["new"] = (f"{_HOME}/new", N_("New promotion"))
        return await show_list(office, request, pages, PROMOTIONS, shown, template="worded_list")

    @router.get("/new")
    async def blank(request: Request, pages: Pages, _staff: SignedIn = _MAY_CHANGE) -> Response:
        """Return the form for a new one."""
        form = await _form(office)
        paper = form.blank(await desk_of(office), is_active=True, returns_use=True, priority=0)
        return await answer(request, pages, paper, "", context)

    @router.post("/new")
    async def create(request: Request, pages: Pages, staff: SignedIn = _MAY_CHANGE) -> Response:
        """Add one."""
        desk = await desk_of(office)
        made: list[int] = []

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            made.append(await editing.create(session, staff, _wish(values), desk.currency))

        paper = await attempt(office, request, await _form(office), work, desk=desk)
        onward = f"{_HOME}/{made[-1]}?done=created" if paper is None else ""
        return await answer(request, pages, paper, onward, context)

    return router


def _old(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=_HOME)

    @router.get("/{promotion_id}")
    async def one(
        request: Request,
        pages: Pages,
        promotion_id: RowId,
        bottles: Sample = "",
        country: Annotated[str, Query(max_length=2)] = "",
        _staff: SignedIn = _MAY_VIEW,
    ) -> Response:
        """Return the form of one, and what it does to a sample cart."""
        desk = await desk_of(office)
        async with office.database.unit_of_work() as session:
            found = await editing.read(session, promotion_id, desk.currency)
        paper = (await _form(office)).of(_flat(found), found["version"], desk)
        sample = await try_out(office, promotion_id, bottles, country)
        context = _context(promotion_id, found["name"]) | {"sample": sample}
        return await answer(request, pages, paper, "", context, template="promotion")

    @router.post("/{promotion_id}")
    async def change(
        request: Request, pages: Pages, promotion_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Save one."""
        desk = await desk_of(office)

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            seen, wish = values.pop("version", 0), _wish(values)
            with theirs_as(_flat):
                await editing.change(session, staff, promotion_id, wish, desk.currency, seen=seen)

        paper = await attempt(office, request, await _form(office), work, desk=desk)
        title = str(paper.typed["name"]) if paper else ""
        sample = await try_out(office, promotion_id, "", "")
        context = _context(promotion_id, title) | {"sample": sample}
        onward = f"{_HOME}/{promotion_id}?done=saved"
        return await answer(request, pages, paper, onward, context, template="promotion")

    return router


def _coupons(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=f"{_HOME}/{{promotion_id}}/coupons")
    form = Form(COUPON_FIELDS)

    @router.get("")
    async def listing(
        request: Request, pages: Pages, promotion_id: RowId, staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return the coupons of a promotion, as a page or as CSV."""
        async with office.database.unit_of_work() as session:
            found = await editing.read(session, promotion_id, "")
        context: dict[str, object] = {
            "title": N_("Coupons"),
            "trail": [_TRAIL, (f"{_HOME}/{promotion_id}", found["name"])],
            "empty": (N_("No coupons yet"), N_("A coupon is a code that brings the promotion.")),
        }
        if staff.may(permits.PROMOTIONS_CHANGE):
            context["new"] = (f"{_HOME}/{promotion_id}/coupons/new", N_("Make coupons"))
        return await show_list(office, request, pages, coupons_of(promotion_id), context)

    @router.get("/new")
    async def blank(
        request: Request, pages: Pages, promotion_id: RowId, _staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Return the form that makes coupons."""
        paper = form.blank(await desk_of(office), count=1)
        return await answer(request, pages, paper, "", _coupon_context(promotion_id))

    @router.post("/new")
    async def make(
        request: Request, pages: Pages, promotion_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Make coupons."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            wish = parsed(CouponFields, values)
            await editing.make_coupons(session, staff, promotion_id, wish, office.clock.now())

        paper = await attempt(office, request, form, work)
        onward = f"{_HOME}/{promotion_id}/coupons?done=created"
        return await answer(request, pages, paper, onward, _coupon_context(promotion_id))

    return router


def _coupon_context(promotion_id: int) -> dict[str, object]:
    trail = [_TRAIL, (f"{_HOME}/{promotion_id}/coupons", N_("Coupons"))]
    return {"title": N_("Make coupons"), "trail": trail, "submit": N_("Make them")}


def _context(promotion_id: int, title: str) -> dict[str, object]:
    return {"title": title, "trail": [_TRAIL], "promotion_id": promotion_id}


async def _form(office: BackOffice) -> Form:
    """Return the fields, with the name once for each further language of the shop."""
    name = PROMOTION_FIELDS[0]
    others = [
        replace(name, name=f"name.{language}", required=False, empty=None, apart=language)
        for language in (await office.site.facts()).languages[1:]
    ]
    return Form((name, *others, *PROMOTION_FIELDS[1:]))


def _flat(found: Mapping[str, Any]) -> dict[str, Any]:
    percent = percent_of(found["basis_points"])
    names = {f"name.{language}": name for language, name in found["names"].items()}
    return {**found, **names, "percent": percent}


def _wish(values: Mapping[str, Any]) -> PromotionFields:
    plain = {name: value for name, value in values.items() if "." not in name}
    names = {
        name.partition(".")[2]: value for name, value in values.items() if "." in name and value
    }
    plain["basis_points"] = basis_points_of(plain.pop("percent"))
    return parsed(PromotionFields, {**plain, "names": names})
