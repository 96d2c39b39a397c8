"""Changing an order that has not left: what is taken out, and money that came by bank transfer."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Form, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.admin.back_office import BackOffice
from cloud.admin.pages.money import BottlesUnreadable
from cloud.admin.pages.one_order import show_order
from cloud.admin.steps import Step, take_step
from cloud.checkout import service as checkout
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.late_routes import APIRouter
from cloud.orders.numbers import OrderNumber
from cloud.refunds import service as refunds

_ONE = "/admin/orders/{number}"
Words = Annotated[str, Form(max_length=400)]
Version = Annotated[int, Form(ge=0, lt=2**63)]


def order_editing_pages(office: BackOffice) -> APIRouter:
    """Return the forms that change what an order holds, and how it was paid."""
    router = APIRouter(prefix=_ONE, include_in_schema=False)

    @router.post("/take-out")
    async def take_out(
        request: Request,
        pages: Pages,
        number: OrderNumber,
        version: Version,
        reason: Words = "",
        staff: SignedIn = allowed(permits.ORDERS_REFUND),
    ) -> Response:
        """Take bottles out; their money and the bottles themselves go back."""
        form = {name: str(value) for name, value in (await request.form()).items()}

        async def step(session: AsyncSession) -> None:
            await refunds.take_out_by_staff(
                session,
                office.gateway,
                number,
                _counts(form),
                reason.strip(),
                staff,
                office.clock.now(),
                seen=version,
            )

        return await _take(office, request, pages, number, "taken", step, form)

    @router.post("/transfer")
    async def transfer(
        request: Request,
        pages: Pages,
        number: OrderNumber,
        reference: Words = "",
        staff: SignedIn = allowed(permits.ORDERS_SETTLE),
    ) -> Response:
        """Record that the money came to the shop's bank account."""

        async def step(session: AsyncSession) -> None:
            now = office.clock.now()
            await checkout.note_transfer(session, staff, number, reference.strip(), now)

        return await _take(office, request, pages, number, "settled", step, {})

    @router.post("/ask-payment")
    async def ask(
        request: Request,
        pages: Pages,
        number: OrderNumber,
        staff: SignedIn = allowed(permits.ORDERS_CREATE),
    ) -> Response:
        """Mail the buyer the way to pay once more."""

        async def step(session: AsyncSession) -> None:
            await checkout.ask_payment(session, staff, number, office.clock.now())

        return await _take(office, request, pages, number, "asked", step, {})

    return router


async def _take(
    office: BackOffice,
    request: Request,
    pages: Templates,
    number: str,
    done: str,
    step: Step,
    typed: Mapping[str, str],
) -> Response:
    async def again(error: CloudError) -> Response:
        return await show_order(office, request, pages, number, error=error, typed=typed)

    return await take_step(office, step, f"/admin/orders/{number}?done={done}", again)


def _counts(form: Mapping[str, str]) -> dict[int, int]:
    counts = {}
    for field, typed in form.items():
        name, _, item_id = field.partition("-")
        text = typed.strip()
        if name != "out" or not text or not (item_id.isascii() and item_id.isdigit()):
            continue
        if not (text.isascii() and text.isdigit() and len(text) < 3) or len(item_id) > 18:
            raise BottlesUnreadable(text[:40], field)
        counts[int(item_id)] = int(text)
    return counts
