"""Reorders over HTTP: what members see, decide and agree to."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from cloud.foundation.web import CurrentUser, RequestClock, Session
from cloud.orders.schemas import PostalAddress
from cloud.pricing.schemas import QuoteAnswer
from cloud.reorders import service
from cloud.reorders.schemas import (
    Confirmation,
    ConfirmationAnswer,
    ExplainedReorder,
    NewConsent,
    Pause,
    ReorderView,
    SlotView,
    SlotWish,
)
from cloud.reorders.service import Desk

Id = Annotated[int, Path(ge=1, le=2**62)]


class TermsAnswer(BaseModel):
    """What a consent would be about."""

    quote: QuoteAnswer
    ships_to: PostalAddress


def routes(desk: Desk) -> APIRouter:
    """Return the routes of reorders."""
    router = APIRouter(prefix="/api/v1/me", tags=["reorders"])
    router.include_router(_answers(desk))
    router.include_router(_wishes(desk))
    return router


def _answers(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/reorders")

    @router.get("")
    async def get_reorders(
        session: Session, user: CurrentUser, *, only_proposals: bool = False
    ) -> list[ReorderView]:
        """Return the refills of the caller's households, newest first."""
        if only_proposals:
            return await service.list_proposals(session, desk, user.user_id)
        return await service.list_reorders(session, desk, user.user_id)

    @router.get("/{reorder_id}")
    async def get_reorder(reorder_id: Id, session: Session, user: CurrentUser) -> ReorderView:
        """Return one refill."""
        return await service.get_reorder_view(session, desk, reorder_id, user.user_id)

    @router.get("/{reorder_id}/why")
    async def explain(reorder_id: Id, session: Session, user: CurrentUser) -> ExplainedReorder:
        """Return a refill with its evidence, decision, consent and steps."""
        return await service.explain_reorder(session, desk, reorder_id, user.user_id)

    @router.post("/{reorder_id}/refresh")
    async def refresh(
        reorder_id: Id, session: Session, user: CurrentUser, clock: RequestClock
    ) -> ReorderView:
        """Bring a proposal's price and day up to date, and return it."""
        await service.refresh_proposal(session, desk, reorder_id, user.user_id, clock.now())
        return await service.get_reorder_view(session, desk, reorder_id, user.user_id)

    @router.post("/{reorder_id}/confirm")
    async def confirm(
        reorder_id: Id,
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

    @router.post("/{reorder_id}/decline")
    async def decline(
        reorder_id: Id, session: Session, user: CurrentUser, clock: RequestClock
    ) -> ReorderView:
        """Say no to a proposed or announced refill."""
        await service.decline_proposal(session, desk, reorder_id, user.user_id, now=clock.now())
        return await service.get_reorder_view(session, desk, reorder_id, user.user_id)

    @router.post("/{reorder_id}/cancel")
    async def cancel(
        reorder_id: Id, session: Session, user: CurrentUser, clock: RequestClock
    ) -> ReorderView:
        """Call a refill off as long as nothing left the house; what was paid goes back."""
        await service.cancel_reorder(session, desk, reorder_id, user.user_id, now=clock.now())
        return await service.get_reorder_view(session, desk, reorder_id, user.user_id)

    return router


def _wishes(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get("/slots")
    async def get_slots(session: Session, user: CurrentUser) -> list[SlotView]:
        """Return the slots of the caller's households and what is wished for each."""
        return await service.list_slots(session, user.user_id)

    @router.patch("/slots/{slot_id}/wish", status_code=204)
    async def patch_wish(
        slot_id: Id, wished: SlotWish, session: Session, user: CurrentUser, clock: RequestClock
    ) -> None:
        """Change how a slot is refilled; what is absent stays."""
        await service.change_wish(session, desk, user.user_id, slot_id, wished, clock.now())

    @router.post("/slots/{slot_id}/consent/preview")
    async def preview(
        slot_id: Id, asked: NewConsent, session: Session, user: CurrentUser, clock: RequestClock
    ) -> TermsAnswer:
        """Return what a consent would be about: bottle, whole price, address."""
        terms = await service.preview_consent(session, user.user_id, slot_id, asked, clock.now())
        return TermsAnswer(quote=QuoteAnswer.of(terms.refill.quote), ships_to=terms.address)

    @router.put("/slots/{slot_id}/consent", status_code=204)
    async def put_consent(
        slot_id: Id, asked: NewConsent, session: Session, user: CurrentUser, clock: RequestClock
    ) -> None:
        """Agree to how a slot is refilled, in place of what held before."""
        await service.give_consent(session, user.user_id, slot_id, asked, clock.now())

    @router.delete("/slots/{slot_id}/consent", status_code=204)
    async def delete_consent(
        slot_id: Id, session: Session, user: CurrentUser, clock: RequestClock
    ) -> None:
        """Take a consent back; orders stop, and nothing else."""
        await service.revoke_consent(session, desk, user.user_id, slot_id, clock.now())

    @router.put("/households/{household_id}/reorder-pause", status_code=204)
    async def put_pause(
        household_id: Id, pause: Pause, session: Session, user: CurrentUser, clock: RequestClock
    ) -> None:
        """Pause all refills of a household, or end the pause."""
        await service.pause_household(session, user.user_id, household_id, pause.until, clock.now())

    return router
