"""One order and what staff do to it: send, tell, write down, readdress."""

from typing import Annotated

from fastapi import Form, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.admin.back_office import BackOffice
from cloud.admin.pages.one_order import show_order
from cloud.admin.parcels import read_parcel
from cloud.admin.steps import Step, take_step
from cloud.foundation import audit, permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import FormId
from cloud.foundation.web.late_routes import APIRouter
from cloud.invoices import service as invoices
from cloud.invoices.routes import SheetNumber, pdf_answer
from cloud.notifications import service as notifications
from cloud.orders import service as orders
from cloud.orders.numbers import OrderNumber
from cloud.orders.schemas import NewNote, PostalAddress, Tags
from cloud.orders.status import OrderStatus

_ONE = "/admin/orders/{number}"
Version = Annotated[int, Form(ge=0, lt=2**63)]
_ADDRESS = ("recipient", "line1", "line2", "city", "region", "postcode", "country", "phone")


def order_pages(office: BackOffice) -> APIRouter:
    """Return the page of one order and its forms."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_looking(office))
    router.include_router(_sending(office))
    router.include_router(_writing(office))
    return router


async def _take(
    office: BackOffice, request: Request, pages: Templates, number: str, done: str, step: Step
) -> Response:
    form = await request.form()
    typed = {name: str(value) for name, value in form.items() if name != "csrf_token"}

    async def again(error: CloudError) -> Response:
        return await show_order(office, request, pages, number, error=error, typed=typed)

    return await take_step(office, step, f"/admin/orders/{number}?done={done}", again)


def _looking(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=_ONE)

    @router.get("")
    async def order(
        request: Request,
        pages: Pages,
        number: OrderNumber,
        done: Annotated[str, Query(max_length=20)] = "",
        _user: SignedIn = allowed(permits.ORDERS_VIEW),
    ) -> Response:
        """Return one order with all that happened to it."""
        return await show_order(office, request, pages, number, done=done)

    @router.get("/papers/{sheet}")
    async def paper(
        number: OrderNumber, sheet: SheetNumber, _user: SignedIn = allowed(permits.ORDERS_VIEW)
    ) -> Response:
        """Return an invoice or a credit note."""
        async with office.database.unit_of_work() as session:
            found = await orders.view_by_number(session, number)
        pdf = await invoices.get_pdf(office.database, found.id, sheet, office.clock)
        return pdf_answer(pdf, sheet)

    @router.get("/packing-slip")
    async def packing_slip(
        number: OrderNumber,
        shipment_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
        _user: SignedIn = allowed(permits.ORDERS_VIEW),
    ) -> Response:
        """Return the sheet for a parcel, or for all that is not in parcels yet."""
        async with office.database.unit_of_work() as session:
            found = await orders.view_by_number(session, number)
        now = office.clock.now()
        slip = await invoices.get_packing_slip(office.database, found.id, shipment_id, now)
        return pdf_answer(slip, f"{number}-packing")

    return router


def _sending(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=_ONE)

    @router.post("/ship")
    async def ship(
        request: Request,
        pages: Pages,
        number: OrderNumber,
        user: SignedIn = allowed(permits.ORDERS_FULFIL),
    ) -> Response:
        """Record a parcel."""
        form = await request.form()

        async def step(session: AsyncSession) -> None:
            parcel = read_parcel(form, await orders.view_by_number(session, number))
            await orders.ship_by_staff(session, number, parcel, user, office.clock.now())

        return await _take(office, request, pages, number, "shipped", step)

    @router.post("/delivered")
    async def delivered(
        request: Request,
        pages: Pages,
        number: OrderNumber,
        shipment_id: FormId,
        user: SignedIn = allowed(permits.ORDERS_FULFIL),
    ) -> Response:
        """Record that a parcel arrived."""
        now = office.clock.now()
        return await _take(
            office,
            request,
            pages,
            number,
            "delivered",
            lambda session: orders.deliver_by_staff(session, number, shipment_id, user, now),
        )

    @router.post("/status")
    async def status(
        request: Request,
        pages: Pages,
        number: OrderNumber,
        to: Annotated[OrderStatus, Form()],
        user: SignedIn = allowed(permits.ORDERS_CHANGE),
    ) -> Response:
        """Move an order by hand: hold and back, and what the carrier tells."""
        now = office.clock.now()
        return await _take(
            office,
            request,
            pages,
            number,
            "moved",
            lambda session: orders.set_status_by_staff(session, number, to, "", user, now),
        )

    return router


def _writing(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=_ONE)

    @router.post("/notes")
    async def note(
        request: Request,
        pages: Pages,
        number: OrderNumber,
        note: Annotated[str, Form(max_length=4000)] = "",
        is_for_customer: Annotated[str, Form(max_length=10)] = "",
        user: SignedIn = allowed(permits.ORDERS_CHANGE),
    ) -> Response:
        """Write something down."""

        async def step(session: AsyncSession) -> None:
            new = NewNote(body=note, is_for_customer=bool(is_for_customer))
            found = await orders.view_by_number(session, number)
            await orders.add_note(session, found.id, new, user, office.clock.now())

        return await _take(office, request, pages, number, "noted", step)

    @router.post("/tags")
    async def tags(
        request: Request,
        pages: Pages,
        number: OrderNumber,
        version: Version,
        tags: Annotated[str, Form(max_length=1000)] = "",
        user: SignedIn = allowed(permits.ORDERS_CHANGE),
    ) -> Response:
        """Save the words that staff sort the order by."""

        async def step(session: AsyncSession) -> None:
            asked = Tags(tags=[word.strip() for word in tags.split(",") if word.strip()])
            await orders.set_tags(session, number, asked.tags, user, seen=version)

        return await _take(office, request, pages, number, "tagged", step)

    @router.post("/address")
    async def address(
        request: Request,
        pages: Pages,
        number: OrderNumber,
        version: Version,
        user: SignedIn = allowed(permits.ORDERS_CHANGE),
    ) -> Response:
        """Change where it goes."""
        form = await request.form()

        async def step(session: AsyncSession) -> None:
            place = PostalAddress(**{name: str(form.get(name, "")) for name in _ADDRESS})
            await orders.edit_address(session, number, place, user, seen=version)

        return await _take(office, request, pages, number, "readdressed", step)

    @router.post("/resend")
    async def resend(
        request: Request,
        pages: Pages,
        number: OrderNumber,
        mail_id: FormId,
        user: SignedIn = allowed(permits.ORDERS_CHANGE),
    ) -> Response:
        """Send a mail about this order again."""

        async def step(session: AsyncSession) -> None:
            found = await orders.view_by_number(session, number)
            mails = await notifications.list_order_mails(session, found.id)
            if mail_id not in {mail.id for mail in mails}:
                raise notifications.MailNotFound
            await notifications.resend_mail(session, mail_id)
            said = {"mail": next(mail.title for mail in mails if mail.id == mail_id)}
            await audit.note(session, user, "resend", "orders", number, after=said)

        return await _take(office, request, pages, number, "mailed", step)

    return router
