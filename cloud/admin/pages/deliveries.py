"""The ways of delivery in the settings: each is a page, new ones are added, old ones go."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Path, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice
from cloud.admin.delivery_forms import FORM, NEW_FORM, meant, shown
from cloud.admin.desk import answer, attempt, desk_of, parsed
from cloud.admin.forms import VERSION, FormWrong
from cloud.foundation import permits
from cloud.foundation.errors import NotFound
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import ChangedMeanwhile
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.site.schemas import ShippingMethod, Site, SiteChange
from cloud.site.service import change_site, read_site

_LIST = "/admin/settings/shipping"
_TRAIL = ((_LIST, N_("Shipping")),)

Code = Annotated[str, Path(pattern="^[a-z0-9-]{1,40}$")]
Methods = Sequence[ShippingMethod]


class NoSuchDelivery(NotFound):
    """There is no way of delivery of this name."""

    code = "delivery_not_found"

    def __init__(self) -> None:
        super().__init__(
            "There is no such way of delivery.", hint="Somebody may have taken it out."
        )


def delivery_pages(office: BackOffice) -> APIRouter:
    """Return the pages on which staff add, change and take out ways of delivery."""
    router = APIRouter(prefix=_LIST, include_in_schema=False)

    @router.get("/new")
    async def ask(
        request: Request, pages: Pages, _staff: SignedIn = allowed(permits.SETTINGS_CHANGE)
    ) -> Response:
        """Return the form of a new way."""
        paper = NEW_FORM.blank(await desk_of(office))
        return await answer(request, pages, paper, "", _context(N_("New way of delivery")))

    @router.post("/new")
    async def add(
        request: Request, pages: Pages, staff: SignedIn = allowed(permits.SETTINGS_CHANGE)
    ) -> Response:
        """Store a new way, the last of the list."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            site = await read_site(session)
            new = meant(values, values["code"], site.currency)
            if any(one.code == new.code for one in site.shipping_methods):
                raise FormWrong({"code": N_("There is one of this name already.")})
            await _store(session, staff, site, site.version, [*site.shipping_methods, new])

        paper = await attempt(office, request, NEW_FORM, work)
        office.site.forget()
        context = _context(N_("New way of delivery"))
        return await answer(request, pages, paper, f"{_LIST}?done=saved", context)

    @router.get("/{code}")
    async def look(
        request: Request,
        pages: Pages,
        code: Code,
        _staff: SignedIn = allowed(permits.SETTINGS_VIEW),
    ) -> Response:
        """Return the form of a way."""
        async with office.database.unit_of_work() as session:
            site = await read_site(session)
        method = _found(site, code)
        paper = FORM.of(shown(method, site.currency), site.version, await desk_of(office))
        return await answer(request, pages, paper, "", _context(method.name, code))

    @router.post("/{code}")
    async def change(
        request: Request,
        pages: Pages,
        code: Code,
        staff: SignedIn = allowed(permits.SETTINGS_CHANGE),
    ) -> Response:
        """Store a way, or show its form again with what is wrong."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            site = await read_site(session)
            _found(site, code)
            new = meant(values, code, site.currency)
            methods = [new if one.code == code else one for one in site.shipping_methods]
            try:
                await _store(session, staff, site, values.get(VERSION, 0), methods)
            except ChangedMeanwhile as error:
                now = _found(await read_site(session), code)
                raise ChangedMeanwhile(error.version, shown(now, site.currency)) from error

        paper = await attempt(office, request, FORM, work)
        office.site.forget()
        title = str(paper.typed["name"]) if paper else ""
        return await answer(request, pages, paper, f"{_LIST}?done=saved", _context(title, code))

    @router.post("/{code}/remove")
    async def remove(code: Code, staff: SignedIn = allowed(permits.SETTINGS_CHANGE)) -> Response:
        """Take a way out; orders that chose it keep its name."""
        async with office.database.unit_of_work() as session:
            site = await read_site(session)
            _found(site, code)
            left = [one for one in site.shipping_methods if one.code != code]
            await _store(session, staff, site, site.version, left)
        office.site.forget()
        return RedirectResponse(f"{_LIST}?done=removed", 303)

    return router


def _found(site: Site, code: str) -> ShippingMethod:
    for method in site.shipping_methods:
        if method.code == code:
            return method
    raise NoSuchDelivery


async def _store(
    session: AsyncSession, staff: SignedIn, site: Site, version: int, methods: Methods
) -> None:
    whole = site.model_dump(mode="json", include=set(SiteChange.model_fields))
    wanted = [method.model_dump(mode="json") for method in methods]
    change = {**whole, "shipping_methods": wanted, VERSION: version}
    await change_site(session, staff, parsed(SiteChange, change))


def _context(title: str, code: str | None = None) -> dict[str, Any]:
    context: dict[str, Any] = {"title": title, "trail": _TRAIL}
    if code is not None:
        context["remove"] = (f"{_LIST}/{code}/remove", N_("Take this way out"))
    return context
