"""Subscriptions: the list with the shop's own pause, and one with its parcels and history."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Form, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.lists import show_list
from cloud.admin.steps import Step, take_step
from cloud.admin.subscription_lists import SUBSCRIPTIONS
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.subscriptions import service
from cloud.subscriptions.schemas import RetryAsked, Seen, ShopPause, SuspensionAsked
from cloud.subscriptions.service import Desk

_HOME = "/admin/subscriptions"
_TRAIL = (_HOME, N_("Subscriptions"))
_MAY_VIEW: SignedIn = allowed(permits.SUBSCRIPTIONS_VIEW)
_MAY_CHANGE: SignedIn = allowed(permits.SUBSCRIPTIONS_CHANGE)
_MAY_SET: SignedIn = allowed(permits.SETTINGS_CHANGE)
# Which parcel a form is about, or how often its card was asked as the form was shown.
Count = Annotated[int, Form(ge=0, lt=2**31)]
_Act = Callable[[AsyncSession, SignedIn, int, Seen, datetime], Awaitable[None]]
# How the subscription stood as the form was shown.
Version = Annotated[int, Form(ge=1, lt=2**31)]
_ACTS: dict[str, _Act] = {
    "pause": service.pause_by_staff,
    "resume": service.resume_by_staff,
    "unsuspend": service.unsuspend,
}


def subscription_pages(office: BackOffice) -> APIRouter:
    """Return the pages of subscriptions."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)
    _listing(router, office)
    _one(router, office)
    _parcels(router, office)
    # Last: any other word after the number is one of its acts.
    _acts(router, office)
    return router


def _listing(router: APIRouter, office: BackOffice) -> None:
    async def page(request: Request, pages: Templates, error: CloudError | None = None) -> Response:
        async with office.database.unit_of_work() as session:
            pause = await service.shop_pause(session)
        empty = (
            N_("No subscriptions yet"),
            N_("They appear here as soon as a customer subscribes on a product's page."),
        )
        shown = {"title": N_("Subscriptions"), "empty": empty, "pause": pause}
        return await show_list(
            office, request, pages, SUBSCRIPTIONS, shown, template="subscriptions", error=error
        )

    @router.get("")
    async def listing(request: Request, pages: Pages, _staff: SignedIn = _MAY_VIEW) -> Response:
        """Return the list, the next charge first."""
        return await page(request, pages)

    @router.post("/shop-pause")
    async def shop_pause(
        request: Request,
        pages: Pages,
        version: Annotated[int, Form(ge=0, lt=2**31)],
        act: Annotated[Literal["pause", "resume"], Form()],
        staff: SignedIn = _MAY_SET,
    ) -> Response:
        """Pause all charges of the shop, or let them go on."""

        async def step(session: AsyncSession) -> None:
            asked = ShopPause(is_paused=act == "pause", version=version)
            await service.set_shop_pause(session, asked, staff)

        return await take_step(
            office, step, f"{_HOME}?done=saved", lambda error: page(request, pages, error)
        )


def _one(router: APIRouter, office: BackOffice) -> None:
    @router.get("/{subscription_id}")
    async def one(
        request: Request, pages: Pages, subscription_id: RowId, _staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return one with its parcels and history."""
        return await _page(office, request, pages, subscription_id)

    @router.post("/{subscription_id}/suspend")
    async def suspend(
        request: Request,
        pages: Pages,
        subscription_id: RowId,
        version: Version,
        staff: SignedIn = _MAY_CHANGE,
    ) -> Response:
        """Stop it so that only staff can let it go on."""
        form = await request.form()

        async def step(session: AsyncSession) -> None:
            asked = SuspensionAsked(reason=str(form.get("reason", "")), version=version)
            await service.suspend(session, staff, subscription_id, asked, office.clock.now())

        return await _take(office, request, pages, subscription_id, step)


def _parcels(router: APIRouter, office: BackOffice) -> None:
    @router.post("/{subscription_id}/skip")
    async def skip(
        request: Request,
        pages: Pages,
        subscription_id: RowId,
        number: Count,
        staff: SignedIn = _MAY_CHANGE,
    ) -> Response:
        """Leave the next parcel out."""

        async def step(session: AsyncSession) -> None:
            now = office.clock.now()
            await service.skip_by_staff(session, staff, subscription_id, number, now)

        return await _take(office, request, pages, subscription_id, step)

    @router.post("/{subscription_id}/retry")
    async def retry(
        request: Request,
        pages: Pages,
        subscription_id: RowId,
        number: Count,
        tries: Count,
        staff: SignedIn = _MAY_CHANGE,
    ) -> Response:
        """Charge the unpaid parcel again."""

        async def step(session: AsyncSession) -> None:
            asked = RetryAsked(number=number, tries=tries)
            await service.retry_by_staff(session, staff, subscription_id, asked, office.clock.now())

        return await _take(office, request, pages, subscription_id, step)


def _acts(router: APIRouter, office: BackOffice) -> None:
    @router.post("/{subscription_id}/cancel")
    async def cancel(
        request: Request, pages: Pages, subscription_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """End it."""

        async def step(session: AsyncSession) -> None:
            desk, now = Desk(office.gateway), office.clock.now()
            await service.cancel_by_staff(session, desk, staff, subscription_id, now)

        return await _take(office, request, pages, subscription_id, step)

    @router.post("/{subscription_id}/{act}")
    async def act_on(
        request: Request,
        pages: Pages,
        subscription_id: RowId,
        act: Literal["pause", "resume", "unsuspend"],
        version: Version,
        staff: SignedIn = _MAY_CHANGE,
    ) -> Response:
        """Pause it, go on, or lift the stop."""

        async def step(session: AsyncSession) -> None:
            asked = Seen(version=version)
            await _ACTS[act](session, staff, subscription_id, asked, office.clock.now())

        return await _take(office, request, pages, subscription_id, step)


async def _page(
    office: BackOffice,
    request: Request,
    pages: Templates,
    subscription_id: int,
    error: CloudError | None = None,
) -> Response:
    async with office.database.unit_of_work() as session:
        view = await service.get_staff_view(session, subscription_id, office.clock.now())
    return await show(
        request, pages, "subscription", {"trail": [_TRAIL], "view": view}, error=error
    )


async def _take(
    office: BackOffice, request: Request, pages: Templates, subscription_id: int, step: Step
) -> Response:
    return await take_step(
        office,
        step,
        f"{_HOME}/{subscription_id}?done=saved",
        lambda error: _page(office, request, pages, subscription_id, error),
    )
