"""Webhooks: who is told what, and how the telling went."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from fastapi import Query, Request
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.foundation import permits
from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.identity import SignedIn
from cloud.foundation.validation import in_words
from cloud.foundation.versions import ChangedMeanwhile
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.webhooks import repository
from cloud.webhooks.errors import UnfitAddress
from cloud.webhooks.kinds import DeliveryState, NewsKind
from cloud.webhooks.schemas import EndpointChange, EndpointWish
from cloud.webhooks.service import endpoints as service
from cloud.webhooks.service.views import delivery_view, endpoint_view

_MAY_VIEW: SignedIn = allowed(permits.WEBHOOKS_VIEW)
_MAY_CHANGE: SignedIn = allowed(permits.WEBHOOKS_CHANGE)
_LIST = "/admin/webhooks"

Wish = TypeVar("Wish", bound=EndpointWish)

KINDS: Mapping[NewsKind, str] = {
    NewsKind.ORDER_PLACED: N_("An order was placed"),
    NewsKind.ORDER_PAID: N_("An order was paid"),
    NewsKind.ORDER_SHIPPED: N_("A parcel left"),
    NewsKind.ORDER_DELIVERED: N_("An order arrived"),
    NewsKind.ORDER_CANCELLED: N_("An order was cancelled"),
    NewsKind.ORDER_FAILED: N_("An order was given up unpaid"),
    NewsKind.ORDER_REFUNDED: N_("Money went back"),
    NewsKind.ORDER_STATUS_CHANGED: N_("The status of an order changed, whatever to"),
}


_DONE = {
    "resent": N_("It is sent again."),
    "nothing": N_("Nothing was given up."),
    "pinged": N_("A test is on its way."),
}


class NothingChosen(Invalid):
    """The form names no kind of news."""

    code = "webhook_without_news"

    def __init__(self) -> None:
        super().__init__(
            "Nothing is chosen to be told.", hint="Choose at least one kind of news.", field="kinds"
        )


def webhook_pages(office: BackOffice) -> APIRouter:
    """Return the pages of webhooks."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_list(office))
    # Before the others: "deliveries" is no webhook's number.
    router.include_router(_log(office))
    router.include_router(_editing(office))
    return router


def _list(office: BackOffice) -> APIRouter:
    router = APIRouter()

    @router.get(_LIST)
    async def listing(request: Request, pages: Pages, _staff: SignedIn = _MAY_VIEW) -> Response:
        """Return all webhooks with how they fare."""
        async with office.database.unit_of_work() as session:
            found = [endpoint_view(one) for one in await repository.list_endpoints(session)]
            counts = await repository.count_by_state(session)
        return await show(request, pages, "webhooks", {"webhooks": found, "counts": counts})

    return router


def _editing(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=_LIST)

    @router.get("/new")
    async def new(request: Request, pages: Pages, _staff: SignedIn = _MAY_CHANGE) -> Response:
        """Return an empty form."""
        return await _form(request, pages, {"is_active": True, "kinds": []}, None)

    @router.post("/new")
    async def make(request: Request, pages: Pages, staff: SignedIn = _MAY_CHANGE) -> Response:
        """Make a webhook and show its secret, which is shown this once."""
        typed = _typed(await request.form())
        try:
            async with office.database.unit_of_work() as session:
                wish = _parsed(EndpointWish, typed)
                endpoint, secret = await office.endpoints.make(session, staff, wish)
        except CloudError as error:
            return await _form(request, pages, typed, None, error)
        return await _secret(request, pages, endpoint.id, secret)

    @router.get("/{webhook_id}")
    async def one(
        request: Request, pages: Pages, webhook_id: RowId, _staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return a webhook's form."""
        async with office.database.unit_of_work() as session:
            view = endpoint_view(await office.endpoints.get(session, webhook_id))
        return await _form(request, pages, view.model_dump(), webhook_id)

    @router.post("/{webhook_id}")
    async def change(
        request: Request, pages: Pages, webhook_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Store a changed webhook."""
        typed = _typed(await request.form())
        try:
            async with office.database.unit_of_work() as session:
                wish = _parsed(EndpointChange, typed)
                await office.endpoints.change(session, staff, webhook_id, wish)
        except ChangedMeanwhile as error:
            typed["version"] = error.version
            return await _form(request, pages, typed, webhook_id, error, _theirs(typed, error))
        except CloudError as error:
            return await _form(request, pages, typed, webhook_id, error)
        return RedirectResponse(f"{_LIST}/{webhook_id}/log", 303)

    @router.post("/{webhook_id}/secret")
    async def change_secret(
        request: Request, pages: Pages, webhook_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Make a new secret and show it, which is done this once."""
        async with office.database.unit_of_work() as session:
            _, secret = await office.endpoints.change_secret(
                session, staff, webhook_id, office.clock.now()
            )
        return await _secret(request, pages, webhook_id, secret)

    @router.post("/{webhook_id}/remove")
    async def remove(webhook_id: RowId, staff: SignedIn = _MAY_CHANGE) -> Response:
        """Remove a webhook."""
        async with office.database.unit_of_work() as session:
            await office.endpoints.remove(session, staff, webhook_id, office.clock.now())
        return RedirectResponse(_LIST, 303)

    return router


def _log(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=_LIST)

    @router.get("/{webhook_id}/log")
    async def log(
        request: Request,
        pages: Pages,
        webhook_id: RowId,
        state: DeliveryState | None = None,
        before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
        done: Annotated[str, Query(max_length=20)] = "",
        _staff: SignedIn = _MAY_VIEW,
    ) -> Response:
        """Return what was told to a webhook, newest first."""
        async with office.database.unit_of_work() as session:
            endpoint = endpoint_view(await office.endpoints.get(session, webhook_id))
            shown, older = await service.read_log(session, webhook_id, state=state, before=before)
            lines = [delivery_view(one) for one in shown]
        context = {
            "webhook": endpoint,
            "lines": lines,
            "older": older,
            "state": state,
            "done": _DONE.get(done, ""),
        }
        return await show(request, pages, "webhook_log", context)

    @router.get("/deliveries/{delivery_id}")
    async def delivery(
        request: Request, pages: Pages, delivery_id: RowId, _staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return one delivery with its body and every try."""
        async with office.database.unit_of_work() as session:
            whole = await service.view_delivery(session, delivery_id)
            told = await repository.find_endpoint(session, whole.endpoint_id)
            webhook = endpoint_view(told) if told else None
        body = json.dumps(whole.body, indent=2, ensure_ascii=False)
        context = {"delivery": whole, "body": body, "webhook": webhook}
        return await show(request, pages, "webhook_delivery", context)

    @router.post("/deliveries/{delivery_id}/resend")
    async def resend(delivery_id: RowId, staff: SignedIn = _MAY_CHANGE) -> Response:
        """Send one delivery again."""
        async with office.database.unit_of_work() as session:
            await service.send_again(session, staff, delivery_id, office.clock.now())
        return RedirectResponse(f"{_LIST}/deliveries/{delivery_id}?done=resent", 303)

    @router.post("/{webhook_id}/resend")
    async def resend_all(webhook_id: RowId, staff: SignedIn = _MAY_CHANGE) -> Response:
        """Send everything again that was given up."""
        async with office.database.unit_of_work() as session:
            count = await service.send_given_up(session, staff, webhook_id, office.clock.now())
        done = "resent" if count else "nothing"
        return RedirectResponse(f"{_LIST}/{webhook_id}/log?done={done}", 303)

    @router.post("/{webhook_id}/ping")
    async def ping(webhook_id: RowId, staff: SignedIn = _MAY_CHANGE) -> Response:
        """Send a piece of news that means nothing."""
        async with office.database.unit_of_work() as session:
            await office.endpoints.ping(session, staff, webhook_id, office.clock.now())
        return RedirectResponse(f"{_LIST}/{webhook_id}/log?done=pinged", 303)

    return router


async def _form(
    request: Request,
    pages: Templates,
    values: Mapping[str, Any],
    webhook_id: int | None,
    error: CloudError | None = None,
    theirs: Mapping[str, Any] | None = None,
) -> Response:
    context = {"values": values, "webhook_id": webhook_id, "kinds": KINDS, "theirs": theirs or {}}
    return await show(request, pages, "webhook", context, error=error)


def _theirs(typed: Mapping[str, Any], error: ChangedMeanwhile) -> dict[str, Any]:
    """Return, as words, the fields that somebody else left otherwise than they were typed here."""
    return {
        name: ", ".join(now) if isinstance(now, list) else now
        for name, now in error.current.items()
        if typed[name] != now
    }


async def _secret(request: Request, pages: Templates, webhook_id: int, secret: str) -> Response:
    context = {"webhook_id": webhook_id, "secret": secret}
    return await show(request, pages, "webhook_secret", context)


def _typed(form: FormData) -> dict[str, Any]:
    return {
        "url": str(form.get("url", "")),
        "description": str(form.get("description", "")),
        "kinds": [str(kind) for kind in form.getlist("kinds")],
        "is_active": form.get("is_active") == "yes",
        "version": str(form.get("version", "")),
    }


def _parsed(kind: type[Wish], typed: Mapping[str, Any]) -> Wish:
    if not typed["kinds"]:
        raise NothingChosen
    try:
        return kind.model_validate({name: typed[name] for name in kind.model_fields})
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        if (field, first["type"]) == ("url", "string_pattern_mismatch"):
            raise UnfitAddress(
                N_("This address holds a blank or a sign that no address has.")
            ) from None
        hint = N_("Correct this and send it again.")
        raise Invalid(in_words(first), hint=hint, field=field) from None
