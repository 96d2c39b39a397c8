"""Where a member's refills go: one address, written and rewritten here."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Form, Query, Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.kinds import AddressKind
from cloud.accounts.service import addresses
from cloud.foundation.errors import CloudError
from cloud.foundation.web import CurrentUser, Pages, Templates
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.onward import local_path
from cloud.site.visitors import language_for
from cloud.storefront.front_desk import FrontDesk, show
from cloud.storefront.postal_forms import FIELDS, FIRM_FIELDS, countries, read_address, read_company

Text = Annotated[str, Form(max_length=4000)]


def address_pages(desk: FrontDesk) -> APIRouter:
    """Return the page of the member's default shipping address."""
    router = APIRouter(prefix="/account/address", include_in_schema=False)

    @router.get("")
    async def ask(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        onward: Annotated[str, Query(alias="next", max_length=500)] = "",
    ) -> Response:
        """Return the form with the address as it stands."""
        async with desk.database.unit_of_work() as session:
            kept = await addresses.default_address(session, user.user_id)
        form = {name: str(getattr(kept, name)) if kept else "" for name in (*FIELDS, *FIRM_FIELDS)}
        if kept is None:
            site = await desk.site.site()
            form |= {"recipient": user.name, "country": site.store_address.country}
        return await _form(desk, request, pages, form, onward)

    @router.post("")
    async def keep(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        recipient: Text = "",
        line1: Text = "",
        line2: Text = "",
        postcode: Text = "",
        city: Text = "",
        country: Text = "",
        company: Text = "",
        vat_number: Text = "",
        onward: Annotated[str, Form(alias="next", max_length=500)] = "",
    ) -> Response:
        """Keep what was typed and go on to where it was asked for."""
        values = (recipient, line1, line2, postcode, city, country, company, vat_number)
        typed = dict(zip((*FIELDS, *FIRM_FIELDS), values, strict=True))
        try:
            await _keep(desk, user.user_id, typed)
        except CloudError as error:
            return await _form(desk, request, pages, typed, onward, error)
        return RedirectResponse(local_path(onward) or "/account", 303)

    return router


async def _keep(desk: FrontDesk, user_id: int, typed: Mapping[str, str]) -> None:
    written = addresses.PostalAddress(
        **read_address(typed).model_dump(),
        company=read_company(typed),
        vat_number=typed["vat_number"],
    )
    async with desk.database.unit_of_work() as session:
        kept = await addresses.default_address(session, user_id)
        if kept is None:
            await addresses.add_address(
                session, user_id, AddressKind.SHIPPING, written, is_default=True
            )
        else:
            await addresses.change_address(session, user_id, kept.id, written)


async def _form(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    typed: Mapping[str, str],
    onward: str,
    error: CloudError | None = None,
) -> Response:
    context = {
        "form": typed,
        "onward": onward,
        "countries": await countries(desk, await language_for(request, desk.site)),
    }
    return await show(request, pages, "address", context, error=error)
