"""The newsletter: who gets it, and its issues: written, looked at, planned, called off."""

import secrets
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.desk import answer, attempt, desk_of
from cloud.admin.forms import Field, Form, Kind, Paper
from cloud.admin.lists import show_list
from cloud.admin.newsletter_desks import (
    ACTS,
    INTERESTS,
    ISSUES,
    READER_STAGES,
    SOURCES,
    STAGES,
    SUBSCRIBERS,
    issue_form,
)
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.jobs import defer
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.newsletter import repository
from cloud.newsletter.errors import ReaderNotFound
from cloud.newsletter.service import issues
from cloud.newsletter.service.issues import IssueView
from cloud.newsletter.service.sending import MAIL_SAMPLE
from cloud.newsletter.states import CONSENT_TEXTS, Interest, IssueStage

_HOME = "/admin/newsletter"
_ISSUES = f"{_HOME}/issues"
_TRAIL = (_ISSUES, N_("Issues"))
_MAY_VIEW: SignedIn = allowed(permits.NEWSLETTER_VIEW)
_MAY_CHANGE: SignedIn = allowed(permits.NEWSLETTER_CHANGE)
_MAY_SEND: SignedIn = allowed(permits.NEWSLETTER_SEND)
_PLAN = Form(
    (
        Field(
            "send_at",
            N_("When it goes out"),
            Kind.MOMENT,
            hint=N_("Empty: at once."),
            required=False,
        ),
    )
)
_DONE = {
    "sample": N_("The sample is on its way to you."),
    "planned": N_("It is planned."),
    "off": N_("It is called off."),
}


def newsletter_pages(office: BackOffice) -> APIRouter:
    """Return the staff's pages of the newsletter."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)
    router.include_router(_lists(office))
    router.include_router(_writing(office))
    router.include_router(_sending(office))
    return router


def _lists(office: BackOffice) -> APIRouter:
    router = APIRouter()

    @router.get("")
    async def subscribers(request: Request, pages: Pages, _staff: SignedIn = _MAY_VIEW) -> Response:
        """Return who gets it, who asked and who left."""
        empty = (N_("Nobody yet"), N_("Whoever asks for the newsletter appears here."))
        context: dict[str, object] = {
            "title": N_("Newsletter readers"),
            "empty": empty,
            "sources": SOURCES,
            "interests": dict(INTERESTS),
        }
        return await show_list(office, request, pages, SUBSCRIBERS, context, template="readers")

    @router.get("/readers/{subscriber_id}")
    async def reader(
        request: Request, pages: Pages, subscriber_id: RowId, _staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return what a reader agreed to: when, where, to which words, and when it ended."""
        async with office.database.unit_of_work() as session:
            found = await repository.find_subscriber(session, subscriber_id)
            if found is None:
                raise ReaderNotFound
            acts = await repository.list_consents(session, subscriber_id)
        context: dict[str, object] = {
            "reader": found,
            "acts": acts,
            "act_words": ACTS,
            "sources": SOURCES,
            "interests": dict(INTERESTS),
            "stage": READER_STAGES[found.stage],
            "texts": {one.text_version: CONSENT_TEXTS.get(one.text_version, ()) for one in acts},
        }
        return await show(request, pages, "reader", context)

    @router.get("/issues")
    async def listing(request: Request, pages: Pages, staff: SignedIn = _MAY_VIEW) -> Response:
        """Return the issues, the last first."""
        empty = (N_("No issues yet"), N_("An issue goes to everybody who confirmed it, once."))
        context: dict[str, object] = {
            "title": N_("Issues"),
            "empty": empty,
            "stages": STAGES,
            "interests": dict(INTERESTS),
        }
        if staff.may(permits.NEWSLETTER_CHANGE):
            context["new"] = (f"{_ISSUES}/new", N_("Write an issue"))
        return await show_list(office, request, pages, ISSUES, context, template="issues")

    return router


def _writing(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix="/issues")
    context: dict[str, object] = {
        "title": N_("Write an issue"),
        "trail": [_TRAIL],
        "submit": N_("Save the draft"),
    }

    @router.get("/new")
    async def blank(request: Request, pages: Pages, _staff: SignedIn = _MAY_CHANGE) -> Response:
        """Return the form for a new issue."""
        form = issue_form((await office.site.facts()).languages)
        return await answer(request, pages, form.blank(await desk_of(office)), "", context)

    @router.post("/new")
    async def create(request: Request, pages: Pages, staff: SignedIn = _MAY_CHANGE) -> Response:
        """Store a new draft."""
        made: list[int] = []
        paper = await _written(office, request, staff, None, made)
        onward = f"{_ISSUES}/{made[-1]}?done=created" if made else ""
        return await answer(request, pages, paper, onward, context)

    @router.get("/{issue_id}/edit")
    async def edit(
        request: Request, pages: Pages, issue_id: RowId, _staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Return the form of a draft."""
        form = issue_form((await office.site.facts()).languages)
        async with office.database.unit_of_work() as session:
            issue = await issues.view_issue(session, issue_id)
        paper = form.of(_values(issue), issue.version, await desk_of(office))
        return await answer(request, pages, paper, "", context)

    @router.post("/{issue_id}/edit")
    async def change(
        request: Request, pages: Pages, issue_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Store a draft anew."""
        paper = await _written(office, request, staff, issue_id, [])
        return await answer(request, pages, paper, f"{_ISSUES}/{issue_id}?done=saved", context)

    return router


def _sending(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix="/issues/{issue_id}")

    @router.get("")
    async def one(
        request: Request, pages: Pages, issue_id: RowId, _staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return an issue as readers get it, and how far it is."""
        return await _shown(office, request, pages, issue_id)

    @router.post("/sample")
    async def sample(
        request: Request, pages: Pages, issue_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Mail the issue to oneself, in the language of the page."""
        language, _languages = await pages.language_of(request)
        async with office.database.unit_of_work() as session:
            await issues.view_issue(session, issue_id)
            await defer(
                session,
                MAIL_SAMPLE,
                issue_id=issue_id,
                email=staff.email,
                language=language,
                unique=f"sample-{secrets.token_hex(12)}",
            )
        return RedirectResponse(f"{_ISSUES}/{issue_id}?done=sample", 303)

    @router.post("/plan")
    async def plan(
        request: Request, pages: Pages, issue_id: RowId, staff: SignedIn = _MAY_SEND
    ) -> Response:
        """Plan a draft for a moment, or send it at once."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            send_at = values["send_at"] or office.clock.now()
            await issues.schedule(session, staff, issue_id, send_at)

        paper = await attempt(office, request, _PLAN, work)
        if paper is not None:
            return await _shown(office, request, pages, issue_id, paper)
        return RedirectResponse(f"{_ISSUES}/{issue_id}?done=planned", 303)

    @router.post("/off")
    async def off(issue_id: RowId, staff: SignedIn = _MAY_SEND) -> Response:
        """Call a planned issue off, or stop one under way."""
        async with office.database.unit_of_work() as session:
            await issues.call_off(session, staff, issue_id, office.clock.now())
        return RedirectResponse(f"{_ISSUES}/{issue_id}?done=off", 303)

    return router


async def _shown(
    office: BackOffice,
    request: Request,
    pages: Templates,
    issue_id: int,
    paper: Paper | None = None,
) -> Response:
    async with office.database.unit_of_work() as session:
        issue = await issues.view_issue(session, issue_id)
        counts = await repository.count_deliveries(session, issue_id)
        readers = await repository.count_readers(session)
    context: dict[str, object] = {
        "issue": issue,
        "stages": STAGES,
        "counts": {stage.value: hits for stage, hits in counts.items()},
        "readers": readers,
        "is_draft": issue.stage is IssueStage.DRAFT,
        "can_stop": issue.stage in (IssueStage.SCHEDULED, IssueStage.SENDING),
        "paper": paper or _PLAN.blank(await desk_of(office)),
    }
    if (done := request.query_params.get("done", "")) in _DONE:
        context["done"] = _DONE[done]
    return await show(request, pages, "issue", context, error=paper.error if paper else None)


async def _written(
    office: BackOffice, request: Request, staff: SignedIn, issue_id: int | None, made: list[int]
) -> Paper | None:
    languages = (await office.site.facts()).languages

    async def work(session: AsyncSession, values: dict[str, Any]) -> None:
        texts = {
            language: (values[f"subject_{language}"], values[f"body_{language}"])
            for language in languages
            if values[f"subject_{language}"] and values[f"body_{language}"]
        }
        said = {
            "title": values["title"],
            "interest": Interest(values["interest"]) if values["interest"] else None,
            "texts": texts,
            "version": values.get("version"),
        }
        made.append(await issues.write_issue(session, staff, issue_id, said, languages[0]))

    return await attempt(office, request, issue_form(languages), work)


def _values(issue: IssueView) -> dict[str, Any]:
    values: dict[str, Any] = {"title": issue.title, "interest": issue.interest}
    for language, (subject, body) in issue.texts.items():
        values |= {f"subject_{language}": subject, f"body_{language}": body}
    return values
