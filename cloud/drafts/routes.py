"""The staff's drafts over HTTP: write, change, price, send, give up."""

from typing import Annotated

from fastapi import Path, Query

from cloud.drafts import service
from cloud.drafts.schemas import DraftChange, DraftPage, DraftStep, DraftView, NewDraft
from cloud.drafts.states import DraftState
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import RequestClock, Session, allowed
from cloud.foundation.web.late_routes import APIRouter
from cloud.pricing.schemas import QuoteAnswer

DraftNumber = Annotated[str, Path(min_length=3, max_length=40, pattern=r"^D-[0-9]+$")]
After = Annotated[int | None, Query(ge=1, lt=2**63, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=100)]
_VIEW: SignedIn = allowed(permits.ORDERS_VIEW)
_CREATE: SignedIn = allowed(permits.ORDERS_CREATE)


def routes() -> APIRouter:
    """Return the routes of drafts."""
    router = APIRouter(prefix="/api/v1/staff/drafts", tags=["orders"])
    _looking(router)
    _writing(router)
    return router


def _looking(router: APIRouter) -> None:
    @router.get("")
    async def get_drafts(
        session: Session,
        clock: RequestClock,
        state: DraftState | None = None,
        after: After = None,
        limit: Limit = 50,
        _staff: SignedIn = _VIEW,
    ) -> DraftPage:
        """Return drafts, newest first, of one state or of all."""
        return await service.list_drafts(session, state, clock.now(), after=after, limit=limit)

    @router.get("/{number}")
    async def get_draft(
        number: DraftNumber, session: Session, clock: RequestClock, _staff: SignedIn = _VIEW
    ) -> DraftView:
        """Return one draft."""
        return await service.get_draft(session, number, clock.now())

    @router.get("/{number}/quote")
    async def get_draft_quote(
        number: DraftNumber, session: Session, clock: RequestClock, _staff: SignedIn = _VIEW
    ) -> QuoteAnswer:
        """Return what a draft costs now."""
        draft = await service.get_draft(session, number, clock.now())
        return QuoteAnswer.of(await service.quote_draft(session, draft, clock.now()))


def _writing(router: APIRouter) -> None:
    @router.post("", status_code=201)
    async def make_draft(
        new: NewDraft, session: Session, clock: RequestClock, staff: SignedIn = _CREATE
    ) -> DraftView:
        """Write a draft; a second copy with the same `form_key` gets the first one's."""
        return await service.make_draft(session, staff, new, clock.now())

    @router.put("/{number}")
    async def put_draft(
        number: DraftNumber,
        change: DraftChange,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = _CREATE,
    ) -> DraftView:
        """Let a draft say something else; one that was sent has to be sent again."""
        return await service.change_draft(session, staff, number, change, clock.now())

    @router.post("/{number}/send")
    async def send_draft(
        number: DraftNumber,
        step: DraftStep,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = _CREATE,
    ) -> DraftView:
        """Send a draft to its customer, who may order and pay it from then on."""
        return await service.send_draft(session, staff, number, step.version, clock.now())

    @router.post("/{number}/cancel")
    async def cancel_draft(
        number: DraftNumber,
        step: DraftStep,
        session: Session,
        clock: RequestClock,
        staff: SignedIn = _CREATE,
    ) -> DraftView:
        """Give a draft up."""
        await service.cancel_draft(session, staff, number, step.version, clock.now())
        return await service.get_draft(session, number, clock.now())
