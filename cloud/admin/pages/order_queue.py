"""The order queue: what is to be done, searched, kept as views, sent many at once."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Form, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.ids import FormId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.orders import service as orders
from cloud.orders.schemas import BulkFulfilment, FilterView, NewFilter, OrderFilter, WantedOrders
from cloud.orders.standing import PaymentStanding
from cloud.orders.status import OrderSource, OrderStatus

_S = OrderStatus
_PAGE = 50
_DONE = {
    "kept": N_("The view is kept."),
    "forgotten": N_("The view is gone."),
    "renamed": N_("The view has its new name."),
}

_QUEUES: dict[str, tuple[str, frozenset[OrderStatus] | None]] = {
    "open": (N_("To send"), frozenset({_S.PAID, _S.PROCESSING})),
    "waiting": (N_("Awaiting payment"), frozenset({_S.PENDING, _S.AWAITING_PAYMENT})),
    "way": (N_("On the way"), frozenset({_S.SHIPPED, _S.IN_TRANSIT, _S.OUT_FOR_DELIVERY})),
    "hold": (N_("On hold"), frozenset({_S.ON_HOLD, _S.REFUND_PENDING})),
    "done": (
        N_("Done"),
        frozenset({_S.DELIVERED, _S.COMPLETED, _S.CANCELLED, _S.REFUNDED, _S.FAILED}),
    ),
    "all": (N_("All"), None),
}
_COLUMNS = {
    "placed": N_("Placed"),
    "customer": N_("Customer"),
    "goods": N_("Goods"),
    "source": N_("From"),
    "status": N_("Status"),
    "money": N_("Payment"),
    "parcels": N_("Parcels"),
    "tags": N_("Tags"),
    "total": N_("Total"),
}
_SHOWN = ("placed", "customer", "goods", "source", "status", "total")
Words = Annotated[str, Query(max_length=200)]


def queue_pages(office: BackOffice) -> APIRouter:
    """Return the pages of the queue."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_looking(office))
    router.include_router(_keeping(office))

    @router.post("/admin/orders/fulfil")
    async def fulfil(
        request: Request, pages: Pages, user: SignedIn = allowed(permits.ORDERS_FULFIL)
    ) -> Response:
        """Send the chosen orders, and say how each of them went."""
        form = await request.form()
        numbers = [str(number) for number in form.getlist("number")]
        try:
            asked = BulkFulfilment(numbers=numbers, carrier=str(form.get("carrier", "")))
        except ValidationError:
            return await show(request, pages, "fulfilled", {"results": []})
        results = await orders.fulfil_many(
            office.database, asked.numbers, asked.carrier, user, office.clock.now()
        )
        return await show(request, pages, "fulfilled", {"results": results})

    return router


def _looking(office: BackOffice) -> APIRouter:
    router = APIRouter()

    @router.get("/admin/orders")
    async def queue(
        request: Request,
        pages: Pages,
        queue: Annotated[str, Query(max_length=20)] = "",
        q: Words = "",
        tag: Words = "",
        source: Words = "",
        payment: Words = "",
        columns: Annotated[list[str] | None, Query(max_length=20)] = None,
        after: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
        done: Annotated[str, Query(max_length=20)] = "",
        user: SignedIn = allowed(permits.ORDERS_VIEW),
    ) -> Response:
        """Return the orders of one queue, newest first; words are searched in all."""
        chosen, wanted = _wanted(queue, q, tag, source, payment)
        async with office.database.unit_of_work() as session:
            page = await orders.list_orders(session, wanted, after, _PAGE)
            counts = await orders.count_orders_by_status(session)
            views = await orders.list_filters(session, user.user_id)
        kept = {
            "q": wanted.text or "",
            "tag": wanted.tag or "",
            "source": wanted.source or "",
            "payment": wanted.payment or "",
        }
        shown = [name for name in columns or () if name in _COLUMNS]
        query = [("queue", chosen), *((name, value) for name, value in kept.items() if value)]
        context = {
            "page": page,
            "queues": [
                (key, title, _counted(counts, among)) for key, (title, among) in _QUEUES.items()
            ],
            "queue": chosen,
            "words": wanted.text or "",
            "kept": kept,
            "columns": _COLUMNS,
            "payments": list(PaymentStanding),
            "shown": shown or _SHOWN,
            "query": urlencode([*query, *(("columns", name) for name in shown)]),
            "views": [(view, _address(view)) for view in views],
            "may_fulfil": user.may(permits.ORDERS_FULFIL),
            "done": _DONE.get(done, ""),
        }
        return await show(request, pages, "orders", context)

    @router.get("/admin/orders.csv")
    async def as_csv(
        queue: Annotated[str, Query(max_length=20)] = "",
        q: Words = "",
        tag: Words = "",
        source: Words = "",
        payment: Words = "",
        _user: SignedIn = allowed(permits.ORDERS_VIEW),
    ) -> Response:
        """Return all of what the queue shows for a spreadsheet."""
        _chosen, wanted = _wanted(queue, q, tag, source, payment)
        headers = {
            "content-disposition": 'attachment; filename="orders.csv"',
            "cache-control": "no-store",
        }
        rows = orders.as_csv(office.database, wanted)
        return StreamingResponse(rows, headers=headers, media_type="text/csv; charset=utf-8")

    return router


def _keeping(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix="/admin/order-views")

    @router.post("")
    async def keep(request: Request, user: SignedIn = allowed(permits.ORDERS_VIEW)) -> Response:
        """Keep what the queue shows under a name."""
        form = await request.form()
        texts = {name: str(form.get(name, "")) for name in WantedOrders.model_fields}
        try:
            new = NewFilter(
                name=str(form.get("name", "")),
                wanted=WantedOrders.model_validate(
                    {name: text for name, text in texts.items() if text}
                ),
                columns=[str(name) for name in form.getlist("columns")],
                is_shared=bool(form.get("is_shared")),
            )
        except ValidationError:
            return RedirectResponse("/admin/orders", 303)
        async with office.database.unit_of_work() as session:
            filter_id = await orders.save_filter(session, user.user_id, new)
            view = await orders.find_filter(session, user.user_id, filter_id)
        return RedirectResponse(f"{_address(view)}&done=kept", 303)

    @router.post("/forget")
    async def forget(
        filter_id: FormId,
        user: SignedIn = allowed(permits.ORDERS_VIEW),
    ) -> Response:
        """Forget one of one's own views."""
        async with office.database.unit_of_work() as session:
            await orders.remove_filter(session, user.user_id, filter_id)
        return RedirectResponse("/admin/orders?done=forgotten", 303)

    @router.post("/rename")
    async def rename(
        filter_id: FormId,
        name: Annotated[str, Form(min_length=1, max_length=60, pattern=r"^[^\x00]*\S[^\x00]*$")],
        user: SignedIn = allowed(permits.ORDERS_VIEW),
    ) -> Response:
        """Give one of one's own views another name."""
        async with office.database.unit_of_work() as session:
            await orders.rename_filter(session, user.user_id, filter_id, name.strip())
        return RedirectResponse("/admin/orders?done=renamed", 303)

    return router


def _wanted(queue: str, q: str, tag: str, source: str, payment: str) -> tuple[str, OrderFilter]:
    """Return which queue is shown, and its filter; what makes no sense is left out."""
    words = q.replace("\0", "").strip()
    label = tag.replace("\0", "").strip().lower()
    chosen = queue if queue in _QUEUES else ("all" if words or label else "open")
    is_source = source in set(OrderSource)
    is_payment = payment in set(PaymentStanding)
    return chosen, OrderFilter(
        statuses=_QUEUES[chosen][1],
        text=words or None,
        tag=label or None,
        source=OrderSource(source) if is_source else None,
        payment=PaymentStanding(payment) if is_payment else None,
    )


def _counted(counts: Mapping[OrderStatus, int], among: frozenset[OrderStatus] | None) -> str:
    total = sum(n for status, n in counts.items() if among is None or status in among)
    return f"{orders.COUNTED_TO}+" if total >= orders.COUNTED_TO else str(total)


def _address(view: FilterView) -> str:
    wanted = view.wanted.model_dump(mode="json", exclude_defaults=True)
    query = [("queue", wanted.pop("queue", "all")), *wanted.items()]
    return "/admin/orders?" + urlencode([*query, *(("columns", one) for one in view.columns)])
