"""Friends, sharing, birthday and early access over HTTP: what brings points beside purchases."""

from cloud.catalogue.service import list_early
from cloud.foundation.web import CurrentUser, RequestClock, Session
from cloud.foundation.web.late_routes import APIRouter
from cloud.loyalty.schemas import (
    BirthdayView,
    BirthdayWish,
    EarlyView,
    InvitationView,
    InvitationWish,
)
from cloud.loyalty.service import birthdays, referrals, thanks
from cloud.loyalty.service.views import view_invitation


def member_routes(public_url: str) -> APIRouter:
    """Return the routes of invitations, birthdays, sharing and early access."""
    router = APIRouter(prefix="/api/v1/me", tags=["points"])

    @router.get("/invitation")
    async def get_invitation(session: Session, user: CurrentUser) -> InvitationView:
        """Return the caller's invitation and what became of it."""
        return await view_invitation(session, user.user_id, public_url)

    @router.post("/inviter", status_code=204)
    async def name_inviter(
        wish: InvitationWish, session: Session, user: CurrentUser, clock: RequestClock
    ) -> None:
        """Say by whose invitation the caller came."""
        await referrals.accept(session, user.user_id, wish.invitation, clock.now())

    @router.post("/shares", status_code=204)
    async def share(session: Session, user: CurrentUser, clock: RequestClock) -> None:
        """Say that the caller told others of the shop; brings points once a calendar month."""
        await thanks.thank_for_sharing(session, user.user_id, clock.now())

    @router.get("/birthday")
    async def get_birthday(session: Session, user: CurrentUser) -> BirthdayView | None:
        """Return the caller's birthday; null when they did not say."""
        found = await birthdays.find_birthday(session, user.user_id)
        return None if found is None else BirthdayView.model_validate(found)

    @router.put("/birthday", status_code=204)
    async def say_birthday(
        wish: BirthdayWish, session: Session, user: CurrentUser, clock: RequestClock
    ) -> None:
        """Say when the caller's birthday is; it must be known for thirty days before it pays."""
        now = clock.now()
        await birthdays.say_birthday(session, user.user_id, wish.month, wish.day, now)

    @router.delete("/birthday", status_code=204)
    async def forget_birthday(session: Session, user: CurrentUser) -> None:
        """Forget when the caller's birthday is."""
        await birthdays.forget_birthday(session, user.user_id)

    @router.get("/early-products")
    async def get_early_products(
        session: Session, user: CurrentUser, clock: RequestClock
    ) -> list[EarlyView]:
        """Return what the caller may buy before it is out, the first to be out first."""
        found = await list_early(session, user.user_id, clock.now())
        return [EarlyView.model_validate(one) for one in found]

    return router
