"""A question of the quiz's draft: its form, and its texts in other languages."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.admin.back_office import BackOffice
from cloud.admin.desk import Work, answer, attempt, desk_of, parsed
from cloud.admin.quiz_forms import (
    count_sent,
    form_for,
    texts_form,
    texts_of,
    texts_wish,
    values_of,
    wish_of,
)
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import ChangedMeanwhile
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.recommendations.errors import EditionFixed, QuestionNotFound
from cloud.recommendations.models import QuizEdition, QuizQuestion
from cloud.recommendations.service import editing
from cloud.recommendations.shapes import Choices, QuestionFields

_HOME = "/admin/quiz"
_MAY_CHANGE: SignedIn = allowed(permits.QUIZZES_CHANGE)


def question_pages(office: BackOffice) -> APIRouter:
    """Return the pages of a draft's questions."""
    router = APIRouter(prefix=f"{_HOME}/{{edition_id}}/questions")
    router.include_router(_new(office))
    router.include_router(_old(office))
    router.include_router(_texts(office))
    return router


def _new(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix="/new")

    @router.get("")
    async def blank(
        request: Request, pages: Pages, edition_id: RowId, _staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Return the form for a new question."""
        async with office.database.unit_of_work() as session:
            edition, _ = await _draft(session, edition_id, None)
            context = await _context(session, edition_id, N_("New question"))
        # The version is the draft's: whoever adds to it has seen it.
        paper = form_for(0).of({"is_required": True}, edition.version, await desk_of(office))
        return await answer(request, pages, paper, "", context, template="quiz_question")

    @router.post("")
    async def add(
        request: Request, pages: Pages, edition_id: RowId, staff: SignedIn = _MAY_CHANGE
    ) -> Response:
        """Add a question to the draft."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            seen = values.pop("version", 0)
            wish = parsed(QuestionFields, wish_of(values, {}))
            await editing.put_question(session, staff, edition_id, None, wish, seen=seen)

        onward = f"{_HOME}/{edition_id}?done=created"
        return await _write(
            office, request, pages, work, _Place(edition_id, N_("New question"), onward)
        )

    return router


def _old(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix="/{question_id}")

    @router.get("")
    async def one(
        request: Request,
        pages: Pages,
        edition_id: RowId,
        question_id: RowId,
        _staff: SignedIn = _MAY_CHANGE,
    ) -> Response:
        """Return the form of a question."""
        async with office.database.unit_of_work() as session:
            edition, question = await _draft(session, edition_id, question_id)
            context = await _context(session, edition_id, N_("Question"))
        fields = _fields(question)
        count = len(fields.options.choices) if isinstance(fields.options, Choices) else 0
        desk = await desk_of(office)
        paper = form_for(count).of(values_of(fields), edition.version, desk)
        return await answer(request, pages, paper, "", context, template="quiz_question")

    @router.post("")
    async def change(
        request: Request,
        pages: Pages,
        edition_id: RowId,
        question_id: RowId,
        staff: SignedIn = _MAY_CHANGE,
    ) -> Response:
        """Write a question anew; its texts in other languages stay."""

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            seen = values.pop("version", 0)
            _, question = await _draft(session, edition_id, question_id)
            wish = parsed(QuestionFields, wish_of(values, _fields(question).translations))
            await editing.put_question(session, staff, edition_id, question_id, wish, seen=seen)

        onward = f"{_HOME}/{edition_id}?done=saved"
        return await _write(
            office, request, pages, work, _Place(edition_id, N_("Question"), onward)
        )

    return router


def _texts(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix="/{question_id}/texts/{language}")

    @router.get("")
    async def texts(
        request: Request,
        pages: Pages,
        edition_id: RowId,
        question_id: RowId,
        language: str,
        _staff: SignedIn = _MAY_CHANGE,
    ) -> Response:
        """Return the form of a question's texts in a language."""
        await _known(office, language)
        async with office.database.unit_of_work() as session:
            edition, question = await _draft(session, edition_id, question_id)
            context = await _context(session, edition_id, N_("Texts in another language"))
        fields = _fields(question)
        kept = question.translations.get(language, {}) if question else {}
        paper = texts_form(fields).of(texts_of(kept), edition.version, await desk_of(office))
        return await answer(request, pages, paper, "", context)

    @router.post("")
    async def translate(
        request: Request,
        pages: Pages,
        edition_id: RowId,
        question_id: RowId,
        language: str,
        staff: SignedIn = _MAY_CHANGE,
    ) -> Response:
        """Keep a question's texts in a language."""
        await _known(office, language)
        async with office.database.unit_of_work() as session:
            _, question = await _draft(session, edition_id, question_id)
            context = await _context(session, edition_id, N_("Texts in another language"))
        fields = _fields(question)

        async def work(session: AsyncSession, values: dict[str, Any]) -> None:
            seen = values.pop("version", 0)
            said = {
                **fields.model_dump(mode="json")["translations"],
                language: texts_wish(values),
            }
            facts = {**fields.model_dump(exclude={"options"}), "options": fields.options}
            wish = parsed(QuestionFields, {**facts, "translations": said})
            try:
                await editing.put_question(session, staff, edition_id, question_id, wish, seen=seen)
            except ChangedMeanwhile as error:
                # What the form shows is the texts of its language alone.
                kept = error.current.get("translations", {}).get(language, {})
                raise ChangedMeanwhile(error.version, texts_of(kept)) from error

        paper = await attempt(office, request, texts_form(fields), work)
        onward = f"{_HOME}/{edition_id}?done=saved"
        return await answer(request, pages, paper, onward, context)

    return router


@dataclass(frozen=True, slots=True)
class _Place:
    """The draft that a question is written in, the page's title, and where it goes on to."""

    edition_id: int
    title: str
    onward: str


async def _write(
    office: BackOffice, request: Request, pages: Templates, work: Work, place: _Place
) -> Response:
    """Do `work` with what the form of a question says, and answer."""
    form = form_for(count_sent(await request.form()))
    paper = await attempt(office, request, form, work)
    async with office.database.unit_of_work() as session:
        context = await _context(session, place.edition_id, place.title)
    return await answer(request, pages, paper, place.onward, context, template="quiz_question")


async def _known(office: BackOffice, language: str) -> None:
    if language not in (await office.site.facts()).languages[1:]:
        raise QuestionNotFound


async def _draft(
    session: AsyncSession, edition_id: int, question_id: int | None
) -> tuple[QuizEdition, QuizQuestion | None]:
    view = await editing.view(session, edition_id)
    if view.edition.status != "DRAFT":
        raise EditionFixed
    found = next((one for one in view.questions if one.id == question_id), None)
    if question_id is not None and found is None:
        raise QuestionNotFound
    return view.edition, found


def _fields(question: QuizQuestion | None) -> QuestionFields:
    if question is None:
        raise QuestionNotFound
    return editing.fields_of(question)


async def _context(session: AsyncSession, edition_id: int, title: str) -> dict[str, object]:
    return {
        "title": title,
        "trail": [(_HOME, N_("Scent quiz")), (f"{_HOME}/{edition_id}", N_("Draft"))],
        "features": await editing.known_features(session),
    }
