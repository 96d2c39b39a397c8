"""The quiz and recommendations over HTTP, with or without an account."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from cloud.foundation.web import CurrentUser, Limiter, OptionalUser, RequestClock, Session
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.recommendations.errors import QuizNotFinished
from cloud.recommendations.limits import count_answer, count_result
from cloud.recommendations.repository import runs
from cloud.recommendations.schemas import PicksView, QuizView, UseConsentChange, UseConsentView
from cloud.recommendations.service import consent, showing, taking
from cloud.recommendations.service.showing import Eyes
from cloud.recommendations.service.views import view_picks, view_quiz
from cloud.recommendations.shapes import Answer
from cloud.recommendations.visitors import look, visit
from cloud.site.service import SiteReader
from cloud.site.visitors import conversion_for, language_for

Place = Annotated[int, Path(ge=1, le=200)]
Slug = Annotated[str, Path(max_length=100)]
Limit = Annotated[int, Query(ge=1, le=24)]


def routes(site: SiteReader) -> APIRouter:
    """Return the routes of the quiz and of recommendations."""
    router = APIRouter(prefix="/api/v1", tags=["recommendations"])
    router.include_router(_quiz(site))
    router.include_router(_results(site))
    router.include_router(_suggestions(site))
    return router


def _quiz(site: SiteReader) -> APIRouter:
    router = APIRouter(prefix="/quiz")

    @router.get("")
    async def get_quiz(
        request: Request,
        response: Response,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
    ) -> QuizView:
        """Return the quiz with the caller's answers."""
        seen = await look(session, request, user, clock.now())
        seen.remember(request, response)
        eyes = await _eyes(request, site, clock)
        return view_quiz(await taking.look(session, seen.taker), eyes.language)

    @router.put("/answers/{place}")
    async def answer_question(
        request: Request,
        response: Response,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
        limiter: Limiter,
        place: Place,
        given: Answer,
    ) -> QuizView:
        """Answer the question at a place, from 1; an empty answer takes it back."""
        await count_answer(limiter, request)
        now = clock.now()
        seen = await visit(session, request, user, now)
        progress = await taking.answer(session, seen.taker, place - 1, given, now)
        seen.remember(request, response)
        return view_quiz(progress, (await _eyes(request, site, clock)).language)

    @router.post("/again")
    async def answer_again(
        request: Request,
        response: Response,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
        limiter: Limiter,
    ) -> QuizView:
        """Begin anew on the newest edition, with the answers that still fit."""
        await count_answer(limiter, request)
        now = clock.now()
        seen = await visit(session, request, user, now)
        await taking.redo(session, seen.taker, now)
        seen.remember(request, response)
        progress = await taking.look(session, seen.taker)
        return view_quiz(progress, (await _eyes(request, site, clock)).language)

    return router


def _results(site: SiteReader) -> APIRouter:
    router = APIRouter(prefix="/quiz")

    @router.post("/result")
    async def finish_quiz(
        request: Request,
        response: Response,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
        limiter: Limiter,
    ) -> PicksView:
        """Work out what the caller's answers recommend."""
        await count_result(limiter, request)
        now = clock.now()
        seen = await visit(session, request, user, now)
        run = await taking.finish(session, seen.taker, now)
        seen.remember(request, response)
        shown = await showing.result(session, run, await _eyes(request, site, clock))
        return view_picks(shown, await language_for(request, site))

    @router.get("/result")
    async def get_result(
        request: Request,
        response: Response,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
    ) -> PicksView:
        """Return what the caller's answers recommended."""
        seen = await look(session, request, user, clock.now())
        seen.remember(request, response)
        run = await runs.find_run(session, seen.taker) if seen.taker else None
        if run is None or run.first_completed_at is None:
            raise QuizNotFinished
        shown = await showing.result(session, run, await _eyes(request, site, clock))
        return view_picks(shown, await language_for(request, site))

    @router.get("/results/{slug}")
    async def get_shared_result(
        request: Request, session: Session, clock: RequestClock, slug: Slug
    ) -> PicksView:
        """Return a result that somebody shares."""
        run = await runs.find_shared(session, slug)
        if run is None:
            raise QuizNotFinished
        shown = await showing.result(session, run, await _eyes(request, site, clock))
        return view_picks(shown, await language_for(request, site))

    return router


def _suggestions(site: SiteReader) -> APIRouter:
    router = APIRouter()

    @router.get("/products/{product_id}/goes-with")
    async def get_goes_with(
        request: Request, session: Session, clock: RequestClock, product_id: RowId
    ) -> PicksView:
        """Return what people who bought a product took too."""
        shown = await showing.along(session, [product_id], await _eyes(request, site, clock))
        return view_picks(shown, await language_for(request, site))

    @router.get("/products/{product_id}/alike")
    async def get_alike(
        request: Request, session: Session, clock: RequestClock, product_id: RowId
    ) -> PicksView:
        """Return the scents most like one."""
        shown = await showing.alike(session, product_id, await _eyes(request, site, clock))
        return view_picks(shown, await language_for(request, site))

    @router.get("/me/suggestions")
    async def get_suggestions(
        request: Request,
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
        limit: Limit = showing.MOST_SHOWN,
    ) -> PicksView:
        """Return what is suggested to the caller."""
        eyes = await _eyes(request, site, clock)
        shown = await showing.for_member(session, user.user_id, eyes, limit)
        return view_picks(shown, await language_for(request, site))

    @router.get("/me/use-consent")
    async def get_use_consent(session: Session, user: CurrentUser) -> UseConsentView:
        """Tell whether we may learn from what the caller's diffusers run."""
        return UseConsentView(given_at=await consent.given_at(session, user.user_id))

    @router.put("/me/use-consent")
    async def change_use_consent(
        session: Session, user: CurrentUser, clock: RequestClock, wish: UseConsentChange
    ) -> UseConsentView:
        """Let us learn from what the caller's diffusers run, or have all of it forgotten."""
        change = consent.give if wish.is_given else consent.withdraw
        await change(session, user.user_id, clock.now())
        return UseConsentView(given_at=await consent.given_at(session, user.user_id))

    return router


async def _eyes(request: Request, site: SiteReader, clock: RequestClock) -> Eyes:
    language = await language_for(request, site)
    own = (await site.facts()).languages[0]
    shown = await conversion_for(request, site)
    return Eyes(None if language == own else language, shown, clock.now())
