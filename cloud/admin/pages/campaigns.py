"""What staff tell many people: written in every language, looked at, tried out, sent, watched."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.foundation import permits
from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import ChangedMeanwhile
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.notifications import campaign_rows
from cloud.notifications.campaign_kinds import TOLD_BY_STAFF, Audience, CampaignStage
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.models import Campaign
from cloud.notifications.service.campaigns import PARTS, CampaignWish

_MAY_VIEW: SignedIn = allowed(permits.CAMPAIGNS_VIEW)
_MAY_CHANGE: SignedIn = allowed(permits.CAMPAIGNS_CHANGE)
_MAY_SEND: SignedIn = allowed(permits.CAMPAIGNS_SEND)
_HOME = "/admin/campaigns"
_LONGEST = {"title": 120, "message": 2000, "button": 40}

KINDS: Mapping[NotificationKind, str] = {
    NotificationKind.PROMOTIONAL_OFFER: N_("An offer, to those who want offers"),
    NotificationKind.SURVEY_INVITATION: N_("A survey, to those who want surveys"),
    NotificationKind.SYSTEM_ANNOUNCEMENT: N_("An announcement that everybody must hear"),
}
AUDIENCES: Mapping[Audience, str] = {
    Audience.EVERYBODY: N_("All members"),
    Audience.BUYERS: N_("Who bought within a year"),
    Audience.HOMES: N_("Homes with a hub"),
    Audience.NEWCOMERS: N_("Members who never bought"),
}
STAGES: Mapping[CampaignStage, tuple[str, str]] = {
    CampaignStage.DRAFT: (N_("Draft"), ""),
    CampaignStage.SCHEDULED: (N_("Scheduled"), "info"),
    CampaignStage.SENDING: (N_("Being sent"), "warn"),
    CampaignStage.SENT: (N_("Sent"), "good"),
    CampaignStage.STOPPED: (N_("Stopped"), "bad"),
}
_WORDS = {"kinds": KINDS, "audiences": AUDIENCES, "stages": STAGES, "longest": _LONGEST}


class MomentUnclear(Invalid):
    """The form's moment is none."""

    code = "campaign_moment"

    def __init__(self) -> None:
        super().__init__(
            "This is no day and time.", hint="Leave it empty to send now.", field="send_at"
        )


def campaign_pages(office: BackOffice) -> APIRouter:
    """Return the pages of campaigns."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)
    router.include_router(_writing(office))
    router.include_router(_sending(office))
    return router


def _writing(office: BackOffice) -> APIRouter:
    router = APIRouter()

    @router.get("")
    async def listing(request: Request, pages: Pages, _staff: SignedIn = _MAY_VIEW) -> Response:
        """Return the newest campaigns and how far they are."""
        async with office.database.unit_of_work() as session:
            found = await campaign_rows.page(session)
        return await show(request, pages, "campaigns", {"campaigns": found, **_WORDS})

    @router.get("/new")
    async def blank(request: Request, pages: Pages, _staff: SignedIn = _MAY_CHANGE) -> Response:
        """Return an empty form."""
        return await _shown(office, request, pages, None, _blank())

    @router.post("/new")
    async def make(request: Request, pages: Pages, staff: SignedIn = _MAY_CHANGE) -> Response:
        """Store a draft."""
        typed = _typed(await request.form())
        try:
            async with office.database.unit_of_work() as session:
                wish = await _wish(office, typed)
                campaign = await office.campaigns.make(session, staff, wish)
        except CloudError as error:
            return await _shown(office, request, pages, None, typed, error)
        return RedirectResponse(f"{_HOME}/{campaign.id}?done=created", 303)

    @router.get("/{campaign_id}")
    async def one(
        request: Request, pages: Pages, campaign_id: RowId, _staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return a campaign: its form while it is a draft, and how it reads."""
        async with office.database.unit_of_work() as session:
            campaign = await office.campaigns.get(session, campaign_id)
        return await _shown(office, request, pages, campaign, _as_typed(campaign))

    @router.post("/{campaign_id}")
    async def change(
        request: Request, pages: Pages, campaign_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Store a changed draft."""
        typed = _typed(await request.form())
        try:
            async with office.database.unit_of_work() as session:
                wish = await _wish(office, typed)
                await office.campaigns.change(session, staff, campaign_id, wish, typed["version"])
        except CloudError as error:
            async with office.database.unit_of_work() as session:
                campaign = await office.campaigns.get(session, campaign_id)
            if isinstance(error, ChangedMeanwhile):
                typed["version"] = error.version
            return await _shown(office, request, pages, campaign, typed, error)
        return RedirectResponse(f"{_HOME}/{campaign_id}?done=saved", 303)

    return router


def _sending(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix="/{campaign_id}")

    @router.post("/test")
    async def try_out(campaign_id: RowId, staff: SignedIn = _MAY_CHANGE) -> Response:
        """Mail it to whoever asks, in every language."""
        languages = (await office.site.facts()).languages
        async with office.database.unit_of_work() as session:
            await office.campaigns.try_out(session, staff, campaign_id, languages)
        return RedirectResponse(f"{_HOME}/{campaign_id}?done=mailed", 303)

    @router.post("/send")
    async def send(
        request: Request, pages: Pages, campaign_id: RowId, staff: SignedIn = _MAY_SEND
    ) -> Response:
        """Have it told now, or at a moment of the shop's time zone."""
        form = await request.form()
        try:
            send_at = await _moment(office, str(form.get("send_at", "")))
            async with office.database.unit_of_work() as session:
                await office.campaigns.schedule(session, staff, campaign_id, send_at)
        except CloudError as error:
            async with office.database.unit_of_work() as session:
                campaign = await office.campaigns.get(session, campaign_id)
            return await _shown(office, request, pages, campaign, _as_typed(campaign), error)
        return RedirectResponse(f"{_HOME}/{campaign_id}", 303)

    @router.post("/stop")
    async def stop(campaign_id: RowId, staff: SignedIn = _MAY_SEND) -> Response:
        """Tell nobody else."""
        async with office.database.unit_of_work() as session:
            await office.campaigns.stop(session, staff, campaign_id)
        return RedirectResponse(f"{_HOME}/{campaign_id}", 303)

    return router


async def _shown(
    office: BackOffice,
    request: Request,
    pages: Templates,
    campaign: Campaign | None,
    typed: Mapping[str, Any],
    error: CloudError | None = None,
) -> Response:
    languages = (await office.site.facts()).languages
    members = None
    if campaign is not None and campaign.stage is CampaignStage.DRAFT:
        async with office.database.unit_of_work() as session:
            members = await campaign_rows.count_audience(
                session, campaign.audience, office.clock.now()
            )
    is_late = campaign is not None and isinstance(error, ChangedMeanwhile)
    context = {
        "campaign": campaign,
        "theirs": _theirs(campaign, typed) if campaign is not None and is_late else {},
        "typed": typed,
        "languages": languages,
        "parts": PARTS,
        "members": members,
        **_WORDS,
    }
    return await show(request, pages, "campaign", context, error=error)


async def _wish(office: BackOffice, typed: Mapping[str, Any]) -> CampaignWish:
    languages = (await office.site.facts()).languages
    wish = CampaignWish(typed["kind"], typed["audience"], typed["link"], typed["words"])
    wish = wish.checked(languages)
    return replace(wish, words={one: wish.words[one] for one in languages})


async def _moment(office: BackOffice, typed: str) -> datetime:
    if not typed:
        return office.clock.now()
    zone = ZoneInfo((await office.site.facts()).time_zone)
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=zone)
    except ValueError as error:
        raise MomentUnclear from error


def _blank() -> dict[str, Any]:
    return {
        "kind": TOLD_BY_STAFF[0],
        "audience": Audience.EVERYBODY,
        "link": "/products",
        "words": {},
        "version": 0,
    }


def _as_typed(campaign: Campaign) -> dict[str, Any]:
    names = ("kind", "audience", "link", "words", "version")
    return {name: getattr(campaign, name) for name in names}


def _theirs(campaign: Campaign, typed: Mapping[str, Any]) -> dict[str, str]:
    """Return what is stored in the fields that say something else, by their names."""
    said = {
        "kind": KINDS[campaign.kind],
        "audience": AUDIENCES[campaign.audience],
        "link": campaign.link,
    }
    found = {name: words for name, words in said.items() if getattr(campaign, name) != typed[name]}
    for language, words in campaign.words.items():
        now = typed["words"].get(language, {})
        found |= {
            f"{part}_{language}": words[part] for part in PARTS if words[part] != now.get(part, "")
        }
    return found


def _typed(form: FormData) -> dict[str, Any]:
    kind, audience = str(form.get("kind", "")), str(form.get("audience", ""))
    words: dict[str, dict[str, str]] = {}
    for name in form:
        part, _, language = name.rpartition("_")
        if part in PARTS:
            said = str(form[name]).replace("\0", "").strip()[: _LONGEST[part]]
            words.setdefault(language, {})[part] = said
    version = str(form.get("version", ""))
    return {
        "kind": NotificationKind(kind) if kind in TOLD_BY_STAFF else TOLD_BY_STAFF[0],
        "audience": Audience(audience) if audience in set(Audience) else Audience.EVERYBODY,
        "link": str(form.get("link", "")).replace("\0", "").strip()[:400],
        "words": words,
        "version": int(version) if version.isascii() and version.isdigit() else 0,
    }
