"""The scent quiz: one question a page, back and forth, and what it recommends."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Form, Path, Request
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Limiter, OptionalUser, Pages, Templates
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.recommendations.errors import AnswerMissing, AnswerUnfit, NoQuiz, QuizNotFinished
from cloud.recommendations.limits import count_answer, count_result
from cloud.recommendations.models import QuizRun
from cloud.recommendations.repository import runs
from cloud.recommendations.service import showing, taking
from cloud.recommendations.service.taking import Progress
from cloud.recommendations.shapes import Answer
from cloud.recommendations.takers import Taker
from cloud.recommendations.visitors import look, visit
from cloud.recommendations.wording import say_question
from cloud.storefront.front_desk import FrontDesk, show
from cloud.storefront.picked import eyes_of, picked_views

_PAGE = "/quiz"
# Longer than anything that can be right.
Options = Annotated[list[Annotated[str, Form(max_length=100)]], Form(max_length=100)]
Text = Annotated[str, Form(max_length=4000)]
Place = Annotated[int, Path(ge=1, le=200)]
Slug = Annotated[str, Path(max_length=100)]


def quiz_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages of the quiz."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_result(desk))
    router.include_router(_asking(desk))
    return router


def _asking(desk: FrontDesk) -> APIRouter:
    router = APIRouter(prefix=_PAGE)

    @router.get("")
    async def start(request: Request, pages: Pages, user: OptionalUser) -> Response:
        """Say what the quiz is, and where to go on."""
        return await _start(desk, request, pages, user)

    @router.get("/{place}")
    async def question(
        request: Request, pages: Pages, user: OptionalUser, place: Place
    ) -> Response:
        """Return the question at a place, from 1, with the answer that was given."""
        return await _question(desk, request, pages, user, place)

    @router.post("/{place}")
    async def answer(
        request: Request,
        pages: Pages,
        user: OptionalUser,
        limiter: Limiter,
        place: Place,
        option: Options = [],  # noqa: B006 - FastAPI copies it
        value: Text = "",
        text: Text = "",
        act: Text = "on",
    ) -> Response:
        """Keep an answer and go on, or back; after the last question to the result."""
        await count_answer(limiter, request)
        now = desk.clock.now()
        try:
            async with desk.database.unit_of_work() as session:
                seen = await visit(session, request, user, now)
                given = Answer() if act == "skip" else _given(option, value, text)
                if act == "back" and given.is_empty:
                    onward = f"{_PAGE}/{max(1, place - 1)}"
                else:
                    progress = await taking.answer(session, seen.taker, place - 1, given, now)
                    onward = await _onward(desk, session, seen.taker, progress, place, act)
                if onward == f"{_PAGE}/result":
                    await count_result(limiter, request)
        except NoQuiz as error:
            return await _start(desk, request, pages, user, error)
        except (AnswerMissing, AnswerUnfit) as error:
            return await _question(desk, request, pages, user, place, error)
        response = RedirectResponse(onward, 303)
        seen.remember(request, response)
        return response

    return router


def _result(desk: FrontDesk) -> APIRouter:
    router = APIRouter(prefix=_PAGE)

    @router.get("/result")
    async def result(request: Request, pages: Pages, user: OptionalUser) -> Response:
        """Return what somebody's answers recommend; without answers, the start."""
        now = desk.clock.now()
        async with desk.database.unit_of_work() as session:
            seen = await look(session, request, user, now)
            run = await runs.find_run(session, seen.taker) if seen.taker else None
            if run is None or run.first_completed_at is None:
                response: Response = RedirectResponse(_PAGE, 303)
            else:
                context = await _result_context(desk, session, request, run)
                response = await show(request, pages, "quiz_result", context)
        seen.remember(request, response)
        return response

    @router.get("/results/{slug}")
    async def shared(request: Request, pages: Pages, slug: Slug) -> Response:
        """Return a result that somebody shares."""
        async with desk.database.unit_of_work() as session:
            run = await runs.find_shared(session, slug)
            if run is None:
                raise QuizNotFinished
            eyes = await eyes_of(request, desk.site, desk.clock)
            shown = picked_views(await showing.result(session, run, eyes))
        context = {"shown": shown, "is_own": False, "is_stale": False, "share_address": ""}
        return await show(request, pages, "quiz_result", context)

    @router.post("/again")
    async def again(request: Request, user: OptionalUser, limiter: Limiter) -> Response:
        """Begin anew with the answers filled in."""
        await count_answer(limiter, request)
        now = desk.clock.now()
        async with desk.database.unit_of_work() as session:
            seen = await visit(session, request, user, now)
            await taking.redo(session, seen.taker, now)
        response = RedirectResponse(f"{_PAGE}/1", 303)
        seen.remember(request, response)
        return response

    @router.post("/share")
    async def share(request: Request, user: OptionalUser, shared: Text = "") -> Response:
        """Open the result to whoever has its address, or close it."""
        now = desk.clock.now()
        async with desk.database.unit_of_work() as session:
            seen = await visit(session, request, user, now)
            await taking.share(session, seen.taker, shared=shared == "1")
        response = RedirectResponse(f"{_PAGE}/result#next", 303)
        seen.remember(request, response)
        return response

    return router


async def _start(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user: SignedIn | None,
    error: CloudError | None = None,
) -> Response:
    now = desk.clock.now()
    async with desk.database.unit_of_work() as session:
        seen = await look(session, request, user, now)
        try:
            progress = await taking.look(session, seen.taker)
        except NoQuiz:
            progress = Progress(None, ())
    run = progress.run
    context = {
        "count": len(progress.questions),
        "run": run,
        "answered": len(progress.answers),
        "go_on": progress.next_place,
        "has_result": run is not None and run.first_completed_at is not None,
    }
    response = await show(request, pages, "quiz_start", context, error=error)
    seen.remember(request, response)
    return response


async def _question(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user: SignedIn | None,
    place: int,
    error: CloudError | None = None,
) -> Response:
    now = desk.clock.now()
    try:
        async with desk.database.unit_of_work() as session:
            seen = await look(session, request, user, now)
            progress = await taking.look(session, seen.taker)
    except NoQuiz:
        return RedirectResponse(_PAGE, 303)
    question = progress.question(place - 1)
    kept = progress.answers.get(question.id)
    eyes = await eyes_of(request, desk.site, desk.clock)
    context = {
        "place": place,
        "count": len(progress.questions),
        "question": say_question(question, eyes.language),
        "kind": question.kind,
        "is_required": question.is_required,
        "given": Answer.model_validate(kept.answer) if kept else None,
    }
    response = await show(request, pages, "quiz", context, error=error)
    seen.remember(request, response)
    return response


async def _onward(
    desk: FrontDesk,
    session: AsyncSession,
    taker: Taker,
    progress: Progress,
    place: int,
    act: str,
) -> str:
    """Return where the next page is; after the last question the result is worked out."""
    if act == "back":
        return f"{_PAGE}/{max(1, place - 1)}"
    if place < len(progress.questions):
        return f"{_PAGE}/{place + 1}"
    if progress.missing is not None:
        return f"{_PAGE}/{progress.missing + 1}"
    await taking.finish(session, taker, desk.clock.now())
    return f"{_PAGE}/result"


async def _result_context(
    desk: FrontDesk, session: AsyncSession, request: Request, run: QuizRun
) -> dict[str, object]:
    eyes = await eyes_of(request, desk.site, desk.clock)
    shown = picked_views(await showing.result(session, run, eyes))
    address = f"{desk.public_url}{_PAGE}/results/{run.share_slug}" if run.share_slug else ""
    return {
        "shown": shown,
        "is_own": True,
        "is_stale": run.completed_at is None,
        "go_on": (await taking.look(session, _taker(run))).next_place,
        "share_address": address,
    }


def _given(options: Sequence[str], value: str, text: str) -> Answer:
    try:
        return Answer.model_validate(
            {"options": options, "value": int(value) if value.strip() else None, "text": text}
        )
    except (ValueError, ValidationError) as error:
        raise AnswerUnfit(N_("Choose from what is offered.")) from error


def _taker(run: QuizRun) -> Taker:
    return Taker(run.user_id, run.token_digest)
