"""The newsletter over HTTP."""

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import CurrentUser, Limiter, Pages, RequestClock, Session
from cloud.foundation.web.late_routes import APIRouter
from cloud.newsletter import repository, service
from cloud.newsletter.errors import AddressUnproven
from cloud.newsletter.limits import count_wish
from cloud.newsletter.schemas import NewsletterProof, NewsletterWish, OwnWish, Subscription
from cloud.newsletter.service import Sender
from cloud.newsletter.states import Source


def routes() -> APIRouter:
    """Return the routes of the newsletter."""
    router = APIRouter(prefix="/api/v1", tags=["newsletter"])
    router.include_router(_anybodys())
    router.include_router(_own())
    return router


def _anybodys() -> APIRouter:
    router = APIRouter(prefix="/newsletter")

    @router.post("", status_code=204)
    async def ask_for_newsletter(
        request: Request,
        wish: NewsletterWish,
        session: Session,
        clock: RequestClock,
        limiter: Limiter,
        pages: Pages,
    ) -> None:
        """Have a link mailed that confirms the wish; whoever gets it already gets no mail."""
        visitor = visitor_of(request)
        await count_wish(limiter, visitor, wish.email)
        language, _languages = await pages.language_of(request)
        await service.ask(session, wish, language, Sender(Source.API, visitor), clock.now())

    @router.post("/confirm", status_code=204)
    async def confirm_newsletter(
        request: Request, proof: NewsletterProof, session: Session, clock: RequestClock
    ) -> None:
        """Confirm a wish with the token of the mailed link; twice is once."""
        sender = Sender(Source.MAIL, visitor_of(request))
        await service.confirm(session, proof.token, sender, clock.now())

    return router


def _own() -> APIRouter:
    router = APIRouter(prefix="/me/newsletter")

    @router.get("")
    async def get_own_newsletter(session: Session, user: CurrentUser) -> Subscription:
        """Return whether the caller gets the newsletter; no for an address not yet confirmed."""
        return await own_view(session, user)

    @router.put("")
    async def put_own_newsletter(
        request: Request,
        wish: OwnWish,
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
        pages: Pages,
    ) -> Subscription:
        """Get the newsletter, or change what it is about; needs a confirmed address."""
        await prove(session, user)
        language, _languages = await pages.language_of(request)
        sender = Sender(Source.ACCOUNT, visitor_of(request))
        await service.join(
            session, user.email, user.name, wish.interests, language, sender, clock.now()
        )
        return await service.view(session, user.email)

    @router.delete("")
    async def delete_own_newsletter(
        request: Request, session: Session, user: CurrentUser, clock: RequestClock
    ) -> Subscription:
        """Get it no more; needs a confirmed address, as whoever has the mail has its link."""
        await prove(session, user)
        found = await repository.lock_address(session, user.email)
        if found is not None:
            sender = Sender(Source.ACCOUNT, visitor_of(request))
            await service.leave(session, found, sender, clock.now())
        return await service.view(session, user.email)

    return router


async def prove(session: AsyncSession, user: SignedIn) -> None:
    """Raise AddressUnproven unless a member confirmed their account's address."""
    if not await _is_proven(session, user):
        raise AddressUnproven


async def own_view(session: AsyncSession, user: SignedIn) -> Subscription:
    """Return whether a member gets the newsletter; nothing of an address they did not confirm."""
    if not await _is_proven(session, user):
        return Subscription(is_active=False, stage=None, interests=[], confirmed_at=None)
    return await service.view(session, user.email)


async def _is_proven(session: AsyncSession, user: SignedIn) -> bool:
    account = await accounts.find_user(session, user.user_id)
    return account is not None and account.email_verified_at is not None


def visitor_of(request: Request) -> str:
    """Return the address on the net that a request comes from."""
    return request.client.host if request.client else "unknown"
