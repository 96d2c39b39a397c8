"""Subscriptions over HTTP: what members see, agree to and change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.identity import SignedIn
from cloud.foundation.secrets import mint_token
from cloud.foundation.web import CurrentUser, RequestClock, Session
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.orders.actors import customer_actor
from cloud.subscriptions import service
from cloud.subscriptions.schemas import (
    DayAsked,
    Home,
    NewSubscription,
    ParcelAsked,
    ParcelNamed,
    ParcelQuote,
    PauseAsked,
    PriceAccepted,
    RetryAsked,
    Seen,
    SubscriptionChange,
    SubscriptionSummary,
    SubscriptionView,
)
from cloud.subscriptions.service import Desk

# A deed that can be asked for without a body.
_UNSAID = Seen()


@dataclass(frozen=True, slots=True)
class _OwnHand:
    """A member's hand on one subscription of theirs, at the moment of a request."""

    subscription_id: int
    session: AsyncSession
    user: SignedIn
    now: datetime

    @property
    def reach(self) -> tuple[AsyncSession, SignedIn, int]:
        """Return what every deed begins with: in which session, by whom, on which."""
        return self.session, self.user, self.subscription_id

    async def view(self) -> SubscriptionView:
        """Return the subscription as it stands."""
        return await service.get_view(
            self.session, self.subscription_id, self.user.user_id, self.now
        )


def _own_hand(
    subscription_id: RowId, session: Session, user: CurrentUser, clock: RequestClock
) -> _OwnHand:
    return _OwnHand(subscription_id, session, user, clock.now())


Mine = Annotated[_OwnHand, Depends(_own_hand)]


def routes(desk: Desk) -> APIRouter:
    """Return the members' routes of subscriptions."""
    router = APIRouter(prefix="/api/v1/me/subscriptions", tags=["subscriptions"])
    _beginning(router)
    _turning(router)
    _editing(router)
    _ending(router, desk)
    return router


def _beginning(router: APIRouter) -> None:
    @router.get("")
    async def get_subscriptions(
        session: Session, user: CurrentUser, clock: RequestClock
    ) -> list[SubscriptionSummary]:
        """Return the caller's subscriptions, those that go on first."""
        return await service.list_subscriptions(session, user.user_id, clock.now())

    @router.post("/quote")
    async def quote(
        asked: ParcelAsked, session: Session, user: CurrentUser, clock: RequestClock
    ) -> ParcelQuote:
        """Return what a parcel costs at the caller's address, before they agree to it."""
        return await service.quote(session, user.user_id, asked, clock.now())

    @router.post("", status_code=201)
    async def create(
        asked: NewSubscription, session: Session, user: CurrentUser, clock: RequestClock
    ) -> SubscriptionView:
        """Subscribe: the card is charged on the first day, and on each one after it."""
        now = clock.now()
        made = await service.create(
            session, user.user_id, asked, key=mint_token(), actor=customer_actor(user), now=now
        )
        return await service.get_view(session, made.id, user.user_id, now)

    @router.get("/{subscription_id}")
    async def get_subscription(mine: Mine) -> SubscriptionView:
        """Return one subscription."""
        return await mine.view()


def _turning(router: APIRouter) -> None:
    @router.post("/{subscription_id}/pause")
    async def pause(mine: Mine, asked: PauseAsked) -> SubscriptionView:
        """Charge nothing until it is resumed, or by itself on a day."""
        await service.pause_own(*mine.reach, asked, mine.now)
        return await mine.view()

    @router.post("/{subscription_id}/resume")
    async def resume(mine: Mine, asked: Seen = _UNSAID) -> SubscriptionView:
        """Go on after a pause, or begin again one that ended unpaid."""
        await service.resume_own(*mine.reach, asked, mine.now)
        return await mine.view()

    @router.post("/{subscription_id}/skip")
    async def skip(mine: Mine, asked: ParcelNamed) -> SubscriptionView:
        """Leave the next parcel, which is named, out; a second time changes nothing."""
        await service.skip_own(*mine.reach, asked.number, mine.now)
        return await mine.view()

    @router.post("/{subscription_id}/retry")
    async def retry(mine: Mine, asked: RetryAsked) -> SubscriptionView:
        """Have the unpaid parcel charged again, now, unless it was tried since it was seen."""
        await service.retry_own(*mine.reach, asked, mine.now)
        return await mine.view()


def _editing(router: APIRouter) -> None:
    @router.patch("/{subscription_id}")
    async def change(mine: Mine, asked: SubscriptionChange) -> SubscriptionView:
        """Change product, quantity, frequency, address, card or limits; what is absent stays."""
        await service.change_own(*mine.reach, asked, mine.now)
        return await mine.view()

    @router.put("/{subscription_id}/next-day")
    async def put_day(mine: Mine, asked: DayAsked) -> SubscriptionView:
        """Move the next charge to another day; today is charged at once."""
        await service.choose_own_day(*mine.reach, asked, mine.now)
        return await mine.view()

    @router.put("/{subscription_id}/home")
    async def put_home(mine: Mine, asked: Home) -> SubscriptionView:
        """Say for which home it is: its devices may claim parcels, within the limits."""
        await service.choose_own_home(*mine.reach, asked, mine.now)
        return await mine.view()

    @router.post("/{subscription_id}/accept-price")
    async def accept_price(mine: Mine, asked: PriceAccepted) -> SubscriptionView:
        """Agree to a price above the limit; the charge follows on its day."""
        await service.accept_own_price(*mine.reach, asked, mine.now)
        return await mine.view()


def _ending(router: APIRouter, desk: Desk) -> None:
    @router.post("/{subscription_id}/cancel")
    async def cancel(mine: Mine) -> SubscriptionView:
        """End it, at any time; what is paid still comes, what is not paid is called off."""
        await service.cancel_own(mine.session, desk, mine.user, mine.subscription_id, mine.now)
        return await mine.view()
