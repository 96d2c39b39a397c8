"""The staff's subscriptions over HTTP: list, look, stop and go on, and the shop's own pause."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import RequestClock, Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.subscriptions import service
from cloud.subscriptions.schemas import (
    ParcelNamed,
    RetryAsked,
    Seen,
    ShopPause,
    ShopPauseView,
    StaffSubscriptions,
    StaffSubscriptionView,
    SuspensionAsked,
)
from cloud.subscriptions.service import Desk
from cloud.subscriptions.states import SubscriptionStatus

After = Annotated[int | None, Query(ge=1, lt=2**63, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=100)]
# A deed that can be asked for without a body.
_UNSAID = Seen()
Words = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]


@dataclass(frozen=True, slots=True)
class _StaffHand:
    """The hand of staff on one member's subscription, at the moment of a request."""

    subscription_id: int
    session: AsyncSession
    staff: SignedIn
    now: datetime

    @property
    def reach(self) -> tuple[AsyncSession, SignedIn, int]:
        """Return what every deed begins with: in which session, by whom, on which."""
        return self.session, self.staff, self.subscription_id

    async def view(self) -> StaffSubscriptionView:
        """Return the subscription as it stands."""
        return await service.get_staff_view(self.session, self.subscription_id, self.now)


def _staff_hand(
    subscription_id: RowId,
    session: Session,
    clock: RequestClock,
    staff: SignedIn = allowed(permits.SUBSCRIPTIONS_CHANGE),
) -> _StaffHand:
    return _StaffHand(subscription_id, session, staff, clock.now())


Theirs = Annotated[_StaffHand, Depends(_staff_hand)]


def staff_subscription_routes(desk: Desk) -> APIRouter:
    """Return the staff's routes of subscriptions."""
    router = APIRouter(prefix="/api/v1/staff/subscriptions", tags=["subscriptions"])
    _shop(router)
    _looking(router)
    _stopping(router, desk)
    _going_on(router)
    return router


def _shop(router: APIRouter) -> None:
    @router.get("/shop-pause")
    async def get_shop_pause(
        session: Session, _staff: SignedIn = allowed(permits.SUBSCRIPTIONS_VIEW)
    ) -> ShopPauseView:
        """Tell whether the shop charges no subscription for now."""
        return await service.shop_pause(session)

    @router.put("/shop-pause")
    async def put_shop_pause(
        asked: ShopPause, session: Session, staff: SignedIn = allowed(permits.SETTINGS_CHANGE)
    ) -> ShopPauseView:
        """Pause all charges, or let them go on: days move on meanwhile, nobody is ended."""
        return await service.set_shop_pause(session, asked, staff)


def _looking(router: APIRouter) -> None:
    @router.get("")
    async def get_subscriptions(
        session: Session,
        clock: RequestClock,
        status: SubscriptionStatus | None = None,
        q: Words = "",
        after: After = None,
        limit: Limit = 50,
        _staff: SignedIn = allowed(permits.SUBSCRIPTIONS_VIEW),
    ) -> StaffSubscriptions:
        """Return all members' subscriptions, the newest first."""
        return await service.list_for_staff(
            session, clock.now(), status=status, text=q, after=after, limit=limit
        )

    @router.get("/{subscription_id}")
    async def get_subscription(
        subscription_id: RowId,
        session: Session,
        clock: RequestClock,
        _staff: SignedIn = allowed(permits.SUBSCRIPTIONS_VIEW),
    ) -> StaffSubscriptionView:
        """Return a subscription with its owner and history."""
        return await service.get_staff_view(session, subscription_id, clock.now())


def _stopping(router: APIRouter, desk: Desk) -> None:
    @router.post("/{subscription_id}/pause")
    async def pause(theirs: Theirs, asked: Seen = _UNSAID) -> StaffSubscriptionView:
        """Pause it; its owner can resume it."""
        await service.pause_by_staff(*theirs.reach, asked, theirs.now)
        return await theirs.view()

    @router.post("/{subscription_id}/suspend")
    async def suspend(theirs: Theirs, asked: SuspensionAsked) -> StaffSubscriptionView:
        """Stop it so that only staff can let it go on; its owner can still cancel."""
        await service.suspend(*theirs.reach, asked, theirs.now)
        return await theirs.view()

    @router.post("/{subscription_id}/cancel")
    async def cancel(theirs: Theirs) -> StaffSubscriptionView:
        """End it; what is not paid is called off."""
        await service.cancel_by_staff(
            theirs.session, desk, theirs.staff, theirs.subscription_id, theirs.now
        )
        return await theirs.view()


def _going_on(router: APIRouter) -> None:
    @router.post("/{subscription_id}/resume")
    async def resume(theirs: Theirs, asked: Seen = _UNSAID) -> StaffSubscriptionView:
        """Go on with a paused one."""
        await service.resume_by_staff(*theirs.reach, asked, theirs.now)
        return await theirs.view()

    @router.post("/{subscription_id}/unsuspend")
    async def unsuspend(theirs: Theirs, asked: Seen = _UNSAID) -> StaffSubscriptionView:
        """Let a suspended one go on."""
        await service.unsuspend(*theirs.reach, asked, theirs.now)
        return await theirs.view()

    @router.post("/{subscription_id}/skip")
    async def skip(theirs: Theirs, asked: ParcelNamed) -> StaffSubscriptionView:
        """Leave the next parcel, which is named, out; a second time changes nothing."""
        await service.skip_by_staff(*theirs.reach, asked.number, theirs.now)
        return await theirs.view()

    @router.post("/{subscription_id}/retry")
    async def retry(theirs: Theirs, asked: RetryAsked) -> StaffSubscriptionView:
        """Have the unpaid parcel charged again, now, unless it was tried since it was seen."""
        await service.retry_by_staff(*theirs.reach, asked, theirs.now)
        return await theirs.view()
