"""The people who buy here: found, looked at, noted down, blocked, handed their data, forgotten."""

from typing import Annotated

from fastapi import Form, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.accounts.service import customers
from cloud.accounts.service.customers import NewCustomerNote
from cloud.admin.back_office import BackOffice, show
from cloud.admin.customer_lists import CUSTOMERS
from cloud.admin.lists import show_list
from cloud.admin.one_customer import Asking, gather
from cloud.admin.steps import Step, take_step
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.loyalty.service import desk as points

_HOME = "/admin/customers"
_ONE = f"{_HOME}/{{user_id}}"
_MAY_VIEW: SignedIn = allowed(permits.CUSTOMERS_VIEW)
_MAY_CHANGE: SignedIn = allowed(permits.CUSTOMERS_CHANGE)
_MAY_BLOCK: SignedIn = allowed(permits.CUSTOMERS_BLOCK)
_MAY_EXPORT: SignedIn = allowed(permits.CUSTOMERS_EXPORT)
_DONE = {
    "tagged": N_("The tags are saved."),
    "noted": N_("The note is written down."),
    "blocked": N_("The account is blocked and every session of it ended."),
    "unblocked": N_("The account is open again."),
    "asked": N_("The file is being written; load this page again in a moment."),
    "erased": N_("The person is forgotten. What the books need stays, without a name."),
    "waits": N_("The wish is stored, and done as soon as it can be."),
    "points": N_("The points are corrected."),
}
Text = Annotated[str, Form(max_length=4000)]
Version = Annotated[int, Form(ge=0, lt=2**63)]
Points = Annotated[int, Form(ge=-1_000_000, le=1_000_000)]


def customer_pages(office: BackOffice) -> APIRouter:
    """Return the pages of customers."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_looking(office))
    router.include_router(_writing(office))
    router.include_router(_blocking(office))
    router.include_router(_privacy(office))
    return router


def _looking(office: BackOffice) -> APIRouter:
    router = APIRouter()

    @router.get(_HOME)
    async def listing(request: Request, pages: Pages, _staff: SignedIn = _MAY_VIEW) -> Response:
        """Return the list."""
        context: dict[str, object] = {
            "title": N_("Customers"),
            "empty": (N_("No customers yet"), N_("Who makes an account appears here.")),
        }
        return await show_list(office, request, pages, CUSTOMERS, context, template="customers")

    @router.get(_ONE)
    async def one(
        request: Request,
        pages: Pages,
        user_id: RowId,
        done: Annotated[str, Query(max_length=20)] = "",
        staff: SignedIn = _MAY_VIEW,
    ) -> Response:
        """Return one customer with all that the caller may see of them."""
        return await _show(office, request, pages, staff, user_id, done=done)

    return router


def _writing(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=_ONE)

    @router.post("/tags")
    async def tags(
        request: Request,
        pages: Pages,
        user_id: RowId,
        version: Version,
        tags: Text = "",
        staff: SignedIn = _MAY_CHANGE,
    ) -> Response:
        """Save the words that staff sort people by."""

        async def step(session: AsyncSession) -> None:
            await customers.set_customer_tags(
                session, staff, user_id, tags.split(","), seen=version
            )

        return await _take(office, request, pages, staff, user_id, "tagged", step)

    @router.post("/notes")
    async def note(
        request: Request,
        pages: Pages,
        user_id: RowId,
        note: Text = "",
        staff: SignedIn = _MAY_CHANGE,
    ) -> Response:
        """Write something down."""

        async def step(session: AsyncSession) -> None:
            new = NewCustomerNote(body=note)
            await customers.add_customer_note(session, staff, user_id, new, office.clock.now())

        return await _take(office, request, pages, staff, user_id, "noted", step)

    @router.post("/points")
    async def correct(
        request: Request,
        pages: Pages,
        user_id: RowId,
        points_wanted: Points,
        reason: Annotated[str, Form(max_length=200)] = "",
        staff: SignedIn = allowed(permits.POINTS_CHANGE),
    ) -> Response:
        """Give points, or take some."""

        async def step(session: AsyncSession) -> None:
            if points_wanted:
                now = office.clock.now()
                await points.correct(session, staff, user_id, points_wanted, reason, now)

        return await _take(office, request, pages, staff, user_id, "points", step)

    return router


def _blocking(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=_ONE)

    @router.post("/block")
    async def block(
        request: Request,
        pages: Pages,
        user_id: RowId,
        reason: Annotated[str, Form(max_length=400)] = "",
        staff: SignedIn = _MAY_BLOCK,
    ) -> Response:
        """Let the person in no more."""

        async def step(session: AsyncSession) -> None:
            await customers.block_customer(session, staff, user_id, reason, office.clock.now())

        return await _take(office, request, pages, staff, user_id, "blocked", step)

    @router.post("/unblock")
    async def unblock(
        request: Request, pages: Pages, user_id: RowId, staff: SignedIn = _MAY_BLOCK
    ) -> Response:
        """Let the person in again."""

        async def step(session: AsyncSession) -> None:
            await customers.unblock_customer(session, staff, user_id)

        return await _take(office, request, pages, staff, user_id, "unblocked", step)

    return router


def _privacy(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=_ONE)

    @router.post("/export")
    async def ask(
        request: Request, pages: Pages, user_id: RowId, staff: SignedIn = _MAY_EXPORT
    ) -> Response:
        """Have everything that is held on the person written into one file."""

        async def step(session: AsyncSession) -> None:
            await office.privacy.ask_export_by_staff(session, staff, user_id)

        return await _take(office, request, pages, staff, user_id, "asked", step)

    @router.post("/export.json")
    async def download(user_id: RowId, staff: SignedIn = _MAY_EXPORT) -> Response:
        """Return that file; a form's answer, since it is written down who took it."""
        async with office.database.unit_of_work() as session:
            content = await office.privacy.download_by_staff(session, staff, user_id)
        headers = {
            "Content-Disposition": f'attachment; filename="customer-{user_id}.json"',
            "Cache-Control": "no-store",
        }
        return Response(content, media_type="application/json", headers=headers)

    @router.post("/erase")
    async def erase(
        request: Request,
        pages: Pages,
        user_id: RowId,
        confirmation: Text = "",
        staff: SignedIn = allowed(permits.CUSTOMERS_ERASE),
    ) -> Response:
        """Forget the person, once their address is typed to confirm it."""
        try:
            async with office.database.unit_of_work() as session:
                waits_for = await office.privacy.erase_by_staff(
                    session, staff, user_id, confirmation
                )
        except CloudError as error:
            return await _show(office, request, pages, staff, user_id, error=error)
        done = "waits" if waits_for else "erased"
        return RedirectResponse(f"{_HOME}/{user_id}?done={done}", 303)

    return router


async def _take(
    office: BackOffice,
    request: Request,
    pages: Templates,
    staff: SignedIn,
    user_id: int,
    done: str,
    step: Step,
) -> Response:
    form = await request.form()
    typed = {name: str(value) for name, value in form.items()}

    async def again(error: CloudError) -> Response:
        return await _show(office, request, pages, staff, user_id, error=error, typed=typed)

    return await take_step(office, step, f"{_HOME}/{user_id}?done={done}", again)


async def _show(
    office: BackOffice,
    request: Request,
    pages: Templates,
    staff: SignedIn,
    user_id: int,
    *,
    done: str = "",
    error: CloudError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    asking = Asking(staff, user_id, office.clock.now())
    async with office.database.unit_of_work() as session:
        context = await gather(office, session, asking)
    blank = {
        "tags": ", ".join(context["person"].tags),
        "note": "",
        "reason": "",
        "points_wanted": "",
        "confirmation": "",
    }
    shown = {**context, "typed": {**blank, **(typed or {})}, "done": _DONE.get(done, "")}
    return await show(request, pages, "customer", shown, error=error)
