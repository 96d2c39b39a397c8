"""Reorders over HTTP: what members see, decide and agree to."""

from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from cloud.foundation.money import Money
from cloud.foundation.web import CurrentUser, Limiter, RequestClock, Session
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.orders.schemas import PostalAddress
from cloud.pricing.schemas import QuoteAnswer
from cloud.reorders import service
from cloud.reorders.limits import PROPOSALS, proposals_of
from cloud.reorders.schemas import (
    BegunTest,
    Bounds,
    Confirmation,
    ConfirmationAnswer,
    ExplainedReorder,
    HouseholdView,
    NewConsent,
    Pause,
    PushBackReply,
    PushBackView,
    RefillReply,
    ReorderView,
    SlotView,
    SlotWish,
)
from cloud.reorders.service import Desk

_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}}
}


class TermsAnswer(BaseModel):
    """What a consent would be about."""

    quote: QuoteAnswer
    ships_to: PostalAddress


def routes(desk: Desk) -> APIRouter:
    """Return the routes of reorders."""
    router = APIRouter(prefix="/api/v1/me", tags=["reorders"])
    router.include_router(_reads(desk))
    router.include_router(_answers(desk))
    router.include_router(_wishes(desk))
    router.include_router(_homes(desk))
    return router


def _reads(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/reorders")

    @router.get("")
    async def get_reorders(
        session: Session, user: CurrentUser, *, only_proposals: bool = False
    ) -> list[ReorderView]:
        """Return the refills of the caller's households, newest first."""
        if only_proposals:
            return await service.list_proposals(session, desk, user.user_id)
        return await service.list_reorders(session, desk, user.user_id)

    @router.get("/history.json")
    async def export_json(session: Session, user: CurrentUser) -> list[ExplainedReorder]:
        """Return the caller's refills with everything each rests on, newest first."""
        return await service.list_history(session, desk, user.user_id)

    @router.get("/history.csv", response_class=Response, responses=_CSV)
    async def export_csv(session: Session, user: CurrentUser) -> Response:
        """Return the same as CSV, one refill a line."""
        history = await service.list_history(session, desk, user.user_id)
        headers = {"content-disposition": 'attachment; filename="refills.csv"'}
        return Response(service.as_csv(history), media_type="text/csv", headers=headers)

    @router.get("/{reorder_id}")
    async def get_reorder(reorder_id: RowId, session: Session, user: CurrentUser) -> ReorderView:
        """Return one refill."""
        return await service.get_reorder_view(session, desk, reorder_id, user.user_id)

    @router.get("/{reorder_id}/why")
    async def explain(reorder_id: RowId, session: Session, user: CurrentUser) -> ExplainedReorder:
        """Return a refill with its evidence, decision, consent and steps."""
        return await service.explain_reorder(session, desk, reorder_id, user.user_id)

    return router


def _answers(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/reorders/{reorder_id}")

    @router.post("/refresh")
    async def refresh(
        reorder_id: RowId, session: Session, user: CurrentUser, clock: RequestClock
    ) -> ReorderView:
        """Bring a proposal's price and day up to date, and return it."""
        await service.refresh_proposal(session, desk, reorder_id, user.user_id, clock.now())
        return await service.get_reorder_view(session, desk, reorder_id, user.user_id)

    @router.post("/confirm")
    async def confirm(
        reorder_id: RowId,
        asked: Confirmation,
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
    ) -> ConfirmationAnswer:
        """Order a proposed refill, with the duty to pay; twice is once."""
        made = await service.confirm_proposal(
            session,
            desk,
            reorder_id,
            user.user_id,
            seen_total_minor=asked.seen_total_minor,
            now=clock.now(),
        )
        return ConfirmationAnswer(order_number=made.order_number, pay_by_page=made.pay_by_page)

    @router.post("/decline")
    async def decline(
        reorder_id: RowId, session: Session, user: CurrentUser, clock: RequestClock
    ) -> ReorderView:
        """Say no to a proposed or announced refill."""
        await service.decline_proposal(session, desk, reorder_id, user.user_id, now=clock.now())
        return await service.get_reorder_view(session, desk, reorder_id, user.user_id)

    @router.post("/cancel")
    async def cancel(
        reorder_id: RowId, session: Session, user: CurrentUser, clock: RequestClock
    ) -> ReorderView:
        """Call a refill off as long as nothing left the house; what was paid goes back."""
        await service.cancel_reorder(session, desk, reorder_id, user.user_id, now=clock.now())
        return await service.get_reorder_view(session, desk, reorder_id, user.user_id)

    @router.post("/claim")
    async def claim(
        reorder_id: RowId, session: Session, user: CurrentUser, clock: RequestClock
    ) -> ReorderView:
        """Let a proposed refill come with the next parcel of the home's subscription instead."""
        await service.answer_with_parcel(session, desk, reorder_id, user.user_id, clock.now())
        return await service.get_reorder_view(session, desk, reorder_id, user.user_id)

    @router.post("/keep")
    async def keep(
        reorder_id: RowId, session: Session, user: CurrentUser, clock: RequestClock
    ) -> ReorderView:
        """Let an ordered refill come although its device left the home."""
        await service.keep_reorder(session, desk, reorder_id, user.user_id, clock.now())
        return await service.get_reorder_view(session, desk, reorder_id, user.user_id)

    @router.post("/refilled")
    async def answer_refill(
        reorder_id: RowId,
        reply: RefillReply,
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
    ) -> ReorderView:
        """Say whether the delivered bottle is in; yes begins the new cycle."""
        await service.answer_refill(
            session, desk, reorder_id, user.user_id, reply.answer, clock.now()
        )
        return await service.get_reorder_view(session, desk, reorder_id, user.user_id)

    return router


def _wishes(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get("/slots")
    async def get_slots(session: Session, user: CurrentUser) -> list[SlotView]:
        """Return the slots of the caller's households and what is wished for each."""
        return await service.list_slots(session, desk, user.user_id)

    @router.patch("/slots/{slot_id}/wish", status_code=204)
    async def patch_wish(
        slot_id: RowId, wished: SlotWish, session: Session, user: CurrentUser, clock: RequestClock
    ) -> None:
        """Change how a slot is refilled; what is absent stays."""
        await service.change_wish(session, desk, user.user_id, slot_id, wished, clock.now())

    @router.post("/slots/{slot_id}/consent/preview")
    async def preview(
        slot_id: RowId, asked: NewConsent, session: Session, user: CurrentUser, clock: RequestClock
    ) -> TermsAnswer:
        """Return what a consent would be about: bottle, whole price, address."""
        terms = await service.preview_consent(session, user.user_id, slot_id, asked, clock.now())
        return TermsAnswer(quote=QuoteAnswer.of(terms.refill.quote), ships_to=terms.address)

    @router.put("/slots/{slot_id}/consent", status_code=204)
    async def put_consent(
        slot_id: RowId, asked: NewConsent, session: Session, user: CurrentUser, clock: RequestClock
    ) -> None:
        """Agree to how a slot is refilled, in place of what held before."""
        await service.give_consent(session, user.user_id, slot_id, asked, clock.now())

    @router.delete("/slots/{slot_id}/consent", status_code=204)
    async def delete_consent(
        slot_id: RowId, session: Session, user: CurrentUser, clock: RequestClock
    ) -> None:
        """Take a consent back; orders stop, and nothing else."""
        await service.revoke_consent(session, desk, user.user_id, slot_id, clock.now())

    @router.post("/slots/{slot_id}/proposal")
    async def propose(
        slot_id: RowId,
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
        limiter: Limiter,
    ) -> ReorderView:
        """Ask the adults of the home for a refill, as every member may; it buys nothing.

        Returns the open refill of the slot if there is one.
        """
        await limiter.count(proposals_of(user.user_id), PROPOSALS)
        made = await service.propose_by_member(session, desk, user.user_id, slot_id, clock.now())
        return await service.get_reorder_view(session, desk, made, user.user_id)

    @router.post("/slots/{slot_id}/test", status_code=201)
    async def begin_test(
        slot_id: RowId, session: Session, user: CurrentUser, clock: RequestClock
    ) -> BegunTest:
        """Go through a refill of this slot without any charge, as if it ran low now."""
        begun = await service.begin_test(session, desk, user.user_id, slot_id, clock.now())
        return BegunTest(reorder_id=begun)

    return router


def _homes(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get("/push-backs")
    async def get_push_backs(session: Session, user: CurrentUser) -> list[PushBackView]:
        """Return the parcels that would come while their bottles are full."""
        return await service.list_push_backs(session, user.user_id)

    @router.post("/push-backs/{push_back_id}", status_code=204)
    async def answer_push_back(
        push_back_id: RowId,
        reply: PushBackReply,
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
    ) -> None:
        """Say whether the next parcel shall wait; the first answer counts."""
        await service.answer_push_back(
            session, push_back_id, user.user_id, is_wanted=reply.is_wanted, now=clock.now()
        )

    @router.get("/reorder-households")
    async def get_households(
        session: Session, user: CurrentUser, clock: RequestClock
    ) -> list[HouseholdView]:
        """Return pause, bound and spending of the caller's households."""
        return await service.list_households(session, desk, user.user_id, clock.now())

    @router.put("/households/{household_id}/reorder-bounds", status_code=204)
    async def put_bounds(
        household_id: RowId,
        bounds: Bounds,
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
    ) -> None:
        """Bound what a household's refills may cost by themselves in a calendar month."""
        minor = bounds.month_cap_minor
        cap = None if minor is None else Money(minor, bounds.currency)
        await service.cap_household(session, user.user_id, household_id, cap, clock.now())

    @router.put("/households/{household_id}/reorder-pause", status_code=204)
    async def put_pause(
        household_id: RowId, pause: Pause, session: Session, user: CurrentUser, clock: RequestClock
    ) -> None:
        """Pause all refills of a household, or end the pause."""
        await service.pause_household(session, user.user_id, household_id, pause.until, clock.now())

    return router
