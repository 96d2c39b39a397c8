"""The settings of the shop, a section a page, and what a parcel would cost."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Path, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.desk import answer, attempt, desk_of, parsed
from cloud.admin.forms import VERSION, Paper
from cloud.admin.setting_forms import SECTIONS, Section
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.money import Money
from cloud.foundation.rate_limits import Rate
from cloud.foundation.versions import ChangedMeanwhile
from cloud.foundation.web import Limiter, Pages, allowed
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.pricing.delivery import shipping_options
from cloud.site.colours import contrast, readable_on
from cloud.site.schemas import Site, SiteChange
from cloud.site.service import change_site, read_site
from cloud.site.visitors import language_for

_HOME = "/admin/settings"
_TRIALS = Rate(times=10, per=timedelta(hours=1))
_NEEDED = 4.5  # WCAG 2.2, 1.4.3: the contrast of text
_GROUNDS = ("#ffffff", "#1d1c1a")

Name = Annotated[str, Path(pattern="^(" + "|".join(SECTIONS) + ")$")]


def setting_pages(office: BackOffice) -> APIRouter:
    """Return the pages of the settings."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)

    @router.get("")
    async def start(_staff: SignedIn = allowed(permits.SETTINGS_VIEW)) -> Response:
        """Lead to the first section."""
        return RedirectResponse(f"{_HOME}/shop", 303)

    @router.get("/shipping")
    async def parcels(
        request: Request,
        pages: Pages,
        country: Annotated[str, Query(pattern="^[A-Z]{2}$")] = "DE",
        postcode: Annotated[str, Query(max_length=20)] = "",
        weight_g: Annotated[int, Query(ge=1, le=1_000_000)] = 500,
        worth_minor: Annotated[int, Query(ge=0, le=10**12)] = 6_000,
        _staff: SignedIn = allowed(permits.SETTINGS_VIEW),
    ) -> Response:
        """Return the ways of delivery, and what one parcel would cost."""
        async with office.database.unit_of_work() as session:
            site = await read_site(session)
        worth = Money(worth_minor, site.currency)
        context: dict[str, Any] = {
            "methods": site.shipping_methods,
            "asked": {"country": country, "postcode": postcode, "weight_g": weight_g},
            "worth": worth,
            "options": (),
            "refusal": None,
        }
        try:
            context["options"] = shipping_options(site, country, worth, weight_g, postcode)
        except CloudError as error:
            context["refusal"] = error
        return await show(request, pages, "shipping", context | _frame("shipping"))

    @router.post("/shop/mail")
    async def try_mail(
        request: Request,
        pages: Pages,
        limiter: Limiter,
        staff: SignedIn = allowed(permits.SETTINGS_CHANGE),
    ) -> Response:
        """Send whoever asks a mail, or say what the mail server says."""
        async with office.database.unit_of_work() as session:
            site = await read_site(session)
        language = await language_for(request, office.site)
        facts = await office.site.facts()
        try:
            await limiter.count(f"mail_trial:{staff.user_id}", _TRIALS)
            await office.trial.send(staff.email, staff.name, facts, language)
        except CloudError as error:
            one = SECTIONS["shop"]
            paper = one.form.of(one.shown(site), site.version, await desk_of(office))
            context = {**_context("shop", paper), "paper": replace(paper, error=error)}
            return await show(request, pages, "settings", context, error=error)
        return RedirectResponse(f"{_HOME}/shop?done=mailed", 303)

    @router.get("/{name}")
    async def section(
        request: Request,
        pages: Pages,
        name: Name,
        _staff: SignedIn = allowed(permits.SETTINGS_VIEW),
    ) -> Response:
        """Return a section's form."""
        async with office.database.unit_of_work() as session:
            site = await read_site(session)
        one = SECTIONS[name]
        paper = one.form.of(one.shown(site), site.version, await desk_of(office))
        return await answer(request, pages, paper, "", _context(name, paper), template="settings")

    @router.post("/{name}")
    async def save(
        request: Request,
        pages: Pages,
        name: Name,
        staff: SignedIn = allowed(permits.SETTINGS_CHANGE),
    ) -> Response:
        """Store a section, or show its form again with what is wrong."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            await _store(session, staff, SECTIONS[name], values)

        paper = await attempt(office, request, SECTIONS[name].form, work)
        if paper is None:
            office.site.forget()
        context = _context(name, paper) if paper else {}
        onward = f"{_HOME}/{name}?done=saved"
        return await answer(request, pages, paper, onward, context, template="settings")

    return router


async def _store(
    session: AsyncSession, staff: SignedIn, one: Section, values: dict[str, Any]
) -> None:
    try:
        await change_site(session, staff, await _changed(session, one, values))
    except ChangedMeanwhile as error:
        # In the words of the form, as they stand beside what was typed.
        theirs = one.shown(await read_site(session))
        raise ChangedMeanwhile(error.version, theirs) from error


async def _changed(session: AsyncSession, one: Section, values: dict[str, Any]) -> SiteChange:
    site: Site = await read_site(session)
    whole = site.model_dump(mode="json", include=set(SiteChange.model_fields))
    meant = one.meant({name: value for name, value in values.items() if name != VERSION}, site)
    return parsed(SiteChange, {**whole, **meant, VERSION: values.get(VERSION, 0)})


def _frame(name: str) -> dict[str, Any]:
    tabs = [(key, one.title) for key, one in SECTIONS.items()]
    return {"tabs": [*tabs[:3], ("shipping", N_("Shipping")), *tabs[3:]], "tab": name}


def _context(name: str, paper: Paper) -> dict[str, Any]:
    context = {**_frame(name), "title": SECTIONS[name].title, "checks": []}
    if name == "look":
        context["checks"] = [
            _check(title.title, str(paper.typed[title.name]))
            for title in paper.form.fields
            if title.name.endswith("_colour")
        ]
    return context


def _check(title: str, colour: str) -> dict[str, Any]:
    """Return how a colour can be read: words upon it, and it upon a light and a dark page."""
    try:
        on = contrast(readable_on(colour), colour)
        light, dark = (contrast(colour, ground) for ground in _GROUNDS)
    except (ValueError, IndexError):
        return {"title": title, "ratios": ()}
    ratios = [(ratio, ratio >= _NEEDED) for ratio in (on, light, dark)]
    return {"title": title, "ratios": ratios}
