"""What staff prepared for a customer: looked at out of the mail, ordered, and paid at once.

A key opens this one door. Looking changes nothing, since programs look at links in mails too.
"""

from typing import Annotated

from fastapi import Form, Query, Request
from starlette.responses import RedirectResponse, Response

from cloud.checkout import service as checkout
from cloud.drafts import service as drafts
from cloud.drafts.errors import DraftNotFound
from cloud.drafts.routes import DraftNumber
from cloud.drafts.schemas import DraftView
from cloud.drafts.states import DraftState
from cloud.foundation.errors import CloudError
from cloud.foundation.web import OptionalUser, Pages, Templates
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.orders.actors import Actor, ActorKind, customer_actor
from cloud.orders.status import OrderStatus
from cloud.pricing.quotes import Quote
from cloud.storefront.front_desk import FrontDesk, show

Key = Annotated[str, Query(max_length=64)]
TypedKey = Annotated[str, Form(max_length=64)]
Version = Annotated[int, Form(ge=1, lt=2**63)]
Seen = Annotated[int, Form(ge=0, lt=2**53)]
_HEADLINES = {
    DraftState.OPEN: N_("We are changing this offer. You get a mail when it is ready again."),
    DraftState.ORDERED: N_("You have ordered this."),
    DraftState.CANCELLED: N_("We have withdrawn this offer. Nothing was ordered."),
    DraftState.EXPIRED: N_("The time of this offer is over. Nothing was ordered."),
}


def offer_pages(desk: FrontDesk) -> APIRouter:
    """Return the page that the mail about a prepared order leads to."""
    router = APIRouter(prefix="/offers/{number}", include_in_schema=False)

    @router.get("")
    async def look(request: Request, pages: Pages, number: DraftNumber, key: Key = "") -> Response:
        """Return what was prepared, as it is priced today, and the one button."""
        _open(desk, number, key)
        return await _page(desk, request, pages, number, key)

    @router.post("/order")
    async def order(
        request: Request,
        pages: Pages,
        user: OptionalUser,
        number: DraftNumber,
        version: Version,
        seen_total_minor: Seen,
        key: TypedKey = "",
    ) -> Response:
        """Order it and go on to the payment page; again leads to the same order."""
        _open(desk, number, key)
        actor = customer_actor(user) if user else Actor(ActorKind.CUSTOMER)
        try:
            async with desk.database.unit_of_work() as session:
                placed = await drafts.order_from_draft(
                    session, number, version, seen_total_minor, actor=actor, now=desk.clock.now()
                )
                own_page = desk.links.order(placed.number, is_guest=True)
                is_waiting = placed.status is OrderStatus.AWAITING_PAYMENT
            if not is_waiting:
                return RedirectResponse(own_page, 303)
            url = await checkout.pay_by_page(
                desk.database, desk.gateway, desk.clock, desk.links, placed.id
            )
        except CloudError as error:
            return await _page(desk, request, pages, number, key, error=error)
        return RedirectResponse(url, 303)

    return router


def _open(desk: FrontDesk, number: str, key: str) -> None:
    if not desk.links.opens_offer(number, key):
        raise DraftNotFound(number)


async def _page(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    number: str,
    key: str,
    *,
    error: CloudError | None = None,
) -> Response:
    draft, quote, problem = await _priced(desk, number)
    order_page = ""
    if draft.order_number is not None:
        order_page = desk.links.order(draft.order_number, is_guest=True)
    context = {
        "draft": draft,
        "quote": quote,
        "key": key,
        "headline": _HEADLINES.get(draft.state, ""),
        "order_page": order_page,
    }
    return await show(request, pages, "offer", context, error=error or problem)


async def _priced(
    desk: FrontDesk, number: str
) -> tuple[DraftView, Quote | None, CloudError | None]:
    """Return a draft and, while its customer may order it, its price or why it has none."""
    now = desk.clock.now()
    async with desk.database.unit_of_work() as session:
        draft = await drafts.get_draft(session, number, now)
        if draft.state is not DraftState.SENT:
            return draft, None, None
        try:
            return draft, await drafts.quote_draft(session, draft, now), None
        except CloudError as problem:
            return draft, None, problem
