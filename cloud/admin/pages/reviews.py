"""Reviews: the list with its bulk decisions, and one with what was decided about it."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Form, Query, Request
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.history import HISTORY, Question, entries
from cloud.admin.lists import show_list
from cloud.admin.review_desks import REVIEWS, STATES
from cloud.admin.steps import Step, take_step
from cloud.foundation import permits
from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import FormId, RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_, Phrase
from cloud.reviews import service
from cloud.reviews.schemas import Decisions, Reply
from cloud.reviews.service import Verdict
from cloud.reviews.service.deciding import SUBJECT, decision_mark

_HOME = "/admin/reviews"
_DONE = {
    "approve": N_("Others can read it now."),
    "reject": N_("It is refused, and its writer reads why."),
    "reply": N_("Your answer stands below the review."),
}
Reason = Annotated[str, Form(max_length=500)]
Text = Annotated[str, Form(max_length=4000)]
Seen = Annotated[str, Form(max_length=40)]


class ReasonMissing(Invalid):
    """A refusal says nothing to the writer."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(
            "Say why it is refused.",
            hint="The writer reads it. Nothing was decided.",
            field="reason",
        )


class NothingPicked(Invalid):
    """No review is ticked, or what was ticked is none of ours."""

    code = "nothing_picked"

    def __init__(self) -> None:
        super().__init__("No review is ticked.", hint="Tick those that you have read.")


def review_pages(office: BackOffice) -> APIRouter:
    """Return the pages of reviews."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)
    router.include_router(_queue(office))
    router.include_router(_one(office))
    router.include_router(_answering(office))
    return router


def _queue(office: BackOffice) -> APIRouter:
    router = APIRouter()

    async def shown(
        request: Request, pages: Templates, decided: int | None, problem: CloudError | None = None
    ) -> Response:
        context = {
            "title": N_("Reviews"),
            "states": STATES,
            "empty": (
                N_("No reviews yet"),
                N_("What buyers say about a scent waits here until you have read it."),
            ),
            "problem": problem,
            "done": ""
            if decided is None
            else Phrase("Reviews decided about: %(number)d", number=decided),
        }
        return await show_list(office, request, pages, REVIEWS, context, template="reviews")

    @router.get("")
    async def listing(
        request: Request,
        pages: Pages,
        decided: Annotated[int | None, Query(ge=0, le=1000)] = None,
        _staff: SignedIn = allowed(permits.REVIEWS_VIEW),
    ) -> Response:
        """Return the reviews, the newest text first."""
        return await shown(request, pages, decided)

    @router.post("")
    async def decide(
        request: Request,
        pages: Pages,
        verdict: Annotated[str, Form(pattern="^(approve|reject)$")],
        reason: Reason = "",
        staff: SignedIn = allowed(permits.REVIEWS_CHANGE),
    ) -> Response:
        """Decide about all that are ticked alike."""
        picked = [str(value) for value in (await request.form()).getlist("pick")]
        try:
            decisions = _read(picked, reason if verdict == "reject" else None)
            async with office.database.unit_of_work() as session:
                decided = await service.decide_many(
                    session,
                    staff,
                    decisions.editions,
                    Verdict(decisions.reason),
                    office.clock.now(),
                )
        except CloudError as error:
            return await shown(request, pages, None, error)
        return RedirectResponse(f"{_HOME}?status=pending&decided={decided}", 303)

    return router


def _one(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix="/{review_id}")

    @router.get("")
    async def one(
        request: Request,
        pages: Pages,
        review_id: RowId,
        _staff: SignedIn = allowed(permits.REVIEWS_VIEW),
    ) -> Response:
        """Return one review with its text, what others read of it, and its history."""
        return await _shown(office, request, pages, review_id)

    @router.post("/approve")
    async def approve(
        request: Request,
        pages: Pages,
        review_id: RowId,
        edition: FormId,
        seen: Seen = "",
        staff: SignedIn = allowed(permits.REVIEWS_CHANGE),
    ) -> Response:
        """Let others read it."""

        async def step(session: AsyncSession) -> None:
            now = office.clock.now()
            await service.decide(session, staff, review_id, edition, Verdict(), now, seen=seen)

        return await _step(office, request, pages, review_id, "approve", step)

    @router.post("/reject")
    async def reject(
        request: Request,
        pages: Pages,
        review_id: RowId,
        edition: FormId,
        reason: Reason = "",
        hides_former: Annotated[str, Form(max_length=10)] = "",
        seen: Seen = "",
        staff: SignedIn = allowed(permits.REVIEWS_CHANGE),
    ) -> Response:
        """Refuse it, and say why."""

        async def step(session: AsyncSession) -> None:
            if not reason.strip():
                raise ReasonMissing
            verdict = Verdict(reason.strip(), hides_former=bool(hides_former))
            now = office.clock.now()
            await service.decide(session, staff, review_id, edition, verdict, now, seen=seen)

        typed = {"reason": reason}
        return await _step(office, request, pages, review_id, "reject", step, typed)

    return router


def _answering(office: BackOffice) -> APIRouter:
    router = APIRouter(prefix="/{review_id}")

    @router.post("/reply")
    async def reply(
        request: Request,
        pages: Pages,
        review_id: RowId,
        text: Text = "",
        seen: Text = "",
        staff: SignedIn = allowed(permits.REVIEWS_CHANGE),
    ) -> Response:
        """Answer it, or take the answer away."""

        async def step(session: AsyncSession) -> None:
            said = Reply(text=text).text
            now, before = office.clock.now(), Reply(text=seen).text
            await service.answer(session, staff, review_id, said, now, seen=before)

        return await _step(office, request, pages, review_id, "reply", step, {"reply": text})

    return router


async def _shown(
    office: BackOffice,
    request: Request,
    pages: Templates,
    review_id: int,
    *,
    error: CloudError | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    async with office.database.unit_of_work() as session:
        review = await service.view_for_staff(session, review_id)
        asked = Question(subject=SUBJECT, subject_id=str(review_id))
        history = await entries(session, asked, before=None, limit=HISTORY)
    context = {
        "review": review,
        "decision": decision_mark(review.decided_at),
        "typed": {"reason": review.reason, "reply": review.reply} | dict(typed or {}),
        "states": STATES,
        "history": history,
        "done": _DONE.get(request.query_params.get("done", ""), ""),
    }
    return await show(request, pages, "review", context, error=error)


async def _step(
    office: BackOffice,
    request: Request,
    pages: Templates,
    review_id: int,
    done: str,
    step: Step,
    typed: Mapping[str, str] | None = None,
) -> Response:
    async def again(error: CloudError) -> Response:
        return await _shown(office, request, pages, review_id, error=error, typed=typed)

    return await take_step(office, step, f"{_HOME}/{review_id}?done={done}", again)


_EDITIONS = TypeAdapter(dict[int, int])


def _read(picked: list[str], reason: str | None) -> Decisions:
    """Return what is to be decided: `picked` are "id:edition", `reason` None is yes."""
    if reason is not None and not reason.strip():
        raise ReasonMissing
    try:
        editions = _EDITIONS.validate_python(dict(one.split(":", 1) for one in picked))
        decisions = Decisions(editions=editions, reason=reason or "")
    except ValueError as error:
        raise NothingPicked from error
    if not editions:
        raise NothingPicked
    return decisions
