"""The quiz: its editions, and the draft that is written, looked at and published."""

from typing import Annotated, Literal

from fastapi import Form as FormField
from fastapi import Path, Request
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.pages.quiz_questions import question_pages
from cloud.admin.quiz_forms import KINDS
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.recommendations.errors import QuestionNotFound
from cloud.recommendations.repository import questions
from cloud.recommendations.service import editing
from cloud.recommendations.wording import say_question

_HOME = "/admin/quiz"
_TRAIL = (_HOME, N_("Scent quiz"))
_MAY_VIEW: SignedIn = allowed(permits.QUIZZES_VIEW)
_MAY_CHANGE: SignedIn = allowed(permits.QUIZZES_CHANGE)
_STATES = {
    "DRAFT": (N_("Draft"), "warn"),
    "PUBLISHED": (N_("Published"), "good"),
    "RETIRED": (N_("Former"), ""),
}

Version = Annotated[int, FormField(ge=0, lt=2**63)]


def quiz_pages(office: BackOffice) -> APIRouter:
    """Return the pages of the quiz."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_editions(office))
    router.include_router(_steps(office))
    router.include_router(question_pages(office))
    return router


def _editions(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=_HOME)

    @router.get("")
    async def listing(request: Request, pages: Pages, _staff: SignedIn = _MAY_VIEW) -> Response:
        """Return the editions."""
        async with office.database.unit_of_work() as session:
            editions = await questions.list_editions(session)
        has_draft = any(one.status == "DRAFT" for one in editions)
        context = {"editions": editions, "states": _STATES, "has_draft": has_draft}
        return await show(request, pages, "quiz", context)

    @router.post("/draft")
    async def begin(staff: SignedIn = _MAY_CHANGE) -> Response:
        """Begin a draft with the published questions, or go to the one that is there."""
        async with office.database.unit_of_work() as session:
            draft = await editing.begin_draft(session, staff)
        return RedirectResponse(f"{_HOME}/{draft.id}", 303)

    @router.get("/{edition_id}")
    async def one(
        request: Request, pages: Pages, edition_id: RowId, _staff: SignedIn = _MAY_VIEW
    ) -> Response:
        """Return an edition with its questions."""
        return await _edition(office, request, pages, edition_id)

    @router.get("/{edition_id}/preview/{place}")
    async def preview(
        request: Request,
        pages: Pages,
        edition_id: RowId,
        place: Annotated[int, Path(ge=1, le=200)],
        _staff: SignedIn = _MAY_VIEW,
    ) -> Response:
        """Return a question as people will see it, in the language of whoever looks."""
        async with office.database.unit_of_work() as session:
            view = await editing.view(session, edition_id)
        if place > len(view.questions):
            raise QuestionNotFound
        question = view.questions[place - 1]
        language, languages = await pages.language_of(request)
        context = {
            "trail": [_TRAIL, (f"{_HOME}/{edition_id}", N_("Edition"))],
            "edition": view.edition,
            "place": place,
            "count": len(view.questions),
            "question": say_question(question, None if language == languages[0] else language),
            "kind": question.kind,
            "is_required": question.is_required,
        }
        return await show(request, pages, "quiz_preview", context)

    return router


def _steps(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix=f"{_HOME}/{{edition_id}}")

    @router.post("/publish")
    async def publish(
        request: Request,
        pages: Pages,
        edition_id: RowId,
        version: Version,
        staff: SignedIn = _MAY_CHANGE,
    ) -> Response:
        """Make a draft the edition that is begun from now on."""
        try:
            async with office.database.unit_of_work() as session:
                now = office.clock.now()
                await editing.publish(session, staff, edition_id, now, seen=version)
        except CloudError as error:
            return await _edition(office, request, pages, edition_id, error)
        return RedirectResponse(f"{_HOME}/{edition_id}?done=saved", 303)

    @router.post("/discard")
    async def discard(
        request: Request,
        pages: Pages,
        edition_id: RowId,
        version: Version,
        staff: SignedIn = _MAY_CHANGE,
    ) -> Response:
        """Throw a draft away."""
        try:
            async with office.database.unit_of_work() as session:
                await editing.drop_draft(session, staff, edition_id, seen=version)
        except CloudError as error:
            return await _edition(office, request, pages, edition_id, error)
        return RedirectResponse(f"{_HOME}?done=removed", 303)

    @router.post("/questions/{question_id}/{act}")
    async def arrange(
        request: Request,
        pages: Pages,
        edition_id: RowId,
        question_id: RowId,
        act: Literal["up", "down", "remove"],
        version: Version,
        staff: SignedIn = _MAY_CHANGE,
    ) -> Response:
        """Move a question, or take it out."""
        try:
            async with office.database.unit_of_work() as session:
                if act == "remove":
                    await editing.drop_question(
                        session, staff, edition_id, question_id, seen=version
                    )
                else:
                    await editing.move_question(
                        session, staff, edition_id, question_id, up=act == "up", seen=version
                    )
        except CloudError as error:
            return await _edition(office, request, pages, edition_id, error)
        return RedirectResponse(f"{_HOME}/{edition_id}?done=saved", 303)

    return router


async def _edition(
    office: BackOffice,
    request: Request,
    pages: Templates,
    edition_id: int,
    error: CloudError | None = None,
) -> Response:
    async with office.database.unit_of_work() as session:
        view = await editing.view(session, edition_id)
    languages = (await office.site.facts()).languages
    context = {
        "trail": [_TRAIL],
        "edition": view.edition,
        "questions": view.questions,
        "kinds": KINDS,
        "state": _STATES[view.edition.status],
        "is_draft": view.edition.status == "DRAFT",
        "languages": languages[1:],
    }
    return await show(request, pages, "quiz_edition", context, error=error)
