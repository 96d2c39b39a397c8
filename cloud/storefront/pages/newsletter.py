"""The newsletter: asked for, confirmed from the mail, changed by members, and left.

Mail programs and scanners follow links, so a GET never does anything; and mail programs end the
newsletter with a POST of their own, with nothing of ours but the link (RFC 8058).
"""

from typing import Annotated

from fastapi import Form, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from cloud.foundation.errors import CloudError
from cloud.foundation.web import CurrentUser, Limiter, OptionalUser, Pages, Templates
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.newsletter import repository, service
from cloud.newsletter.errors import AddressUnfit, IssueNotFound, LeaveLinkUnknown
from cloud.newsletter.limits import count_wish
from cloud.newsletter.routes import own_view, prove, visitor_of
from cloud.newsletter.schemas import NewsletterWish, OwnWish
from cloud.newsletter.service import Sender
from cloud.newsletter.service.issues import view_issue
from cloud.newsletter.states import (
    CONSENT_TEXTS,
    CONSENT_VERSION,
    Interest,
    Source,
    SubscriberStage,
)
from cloud.storefront.front_desk import FrontDesk, show

_PAGE = "/newsletter"
LEAVE = f"{_PAGE}/leave/"
INTERESTS = {
    Interest.NEW_SCENTS: N_("New scents"),
    Interest.OFFERS: N_("Offers"),
    Interest.STORIES: N_("Stories and tips"),
    Interest.SMART_HOME: N_("Scents and the smart home"),
}
_DONE = {
    "asked": N_("Look into your mails: one click there, and you are on the list."),
    "saved": N_("It is saved."),
    "left": N_("You get the newsletter no more."),
}


def newsletter_pages(desk: FrontDesk) -> list[APIRouter]:
    """Return the pages of the newsletter."""
    return [_asking(desk), _own(desk), _leaving(desk)]


def _asking(desk: FrontDesk) -> APIRouter:
    router = APIRouter(prefix=_PAGE, include_in_schema=False)

    @router.get("")
    async def form(request: Request, pages: Pages, user: OptionalUser, done: str = "") -> Response:
        """Return the form; for a member, what they get now."""
        return await _page(desk, request, pages, user, done=done)

    @router.post("")
    async def ask(request: Request, pages: Pages, user: OptionalUser, limiter: Limiter) -> Response:
        """Have a link mailed that confirms the wish."""
        form = await request.form()
        typed = {name: str(form.get(name, "")) for name in ("email", "name")}
        source = Source.FOOTER if form.get("source") == "footer" else Source.PAGE
        visitor = visitor_of(request)
        try:
            wish = _read(typed, [str(one) for one in form.getlist("interests")])
            await count_wish(limiter, visitor, wish.email)
            language, _languages = await pages.language_of(request)
            async with desk.database.unit_of_work() as session:
                sender = Sender(source, visitor)
                await service.ask(session, wish, language, sender, desk.clock.now())
        except CloudError as error:
            return await _page(desk, request, pages, user, typed=typed, error=error)
        return RedirectResponse(f"{_PAGE}?done=asked", 303)

    @router.get("/issues/{issue_id}")
    async def issue(request: Request, pages: Pages, issue_id: RowId) -> Response:
        """Return an issue that went out, to be read here."""
        language, languages = await pages.language_of(request)
        async with desk.database.unit_of_work() as session:
            found = await view_issue(session, issue_id)
        if found.begun_at is None:
            raise IssueNotFound
        subject, body = found.said_in(language, languages[0])
        context = {"subject": subject, "paragraphs": body.split("\n\n"), "at": found.begun_at}
        return await show(request, pages, "newsletter_issue", context)

    @router.get("/confirm/{token}")
    async def look(request: Request, pages: Pages, token: str) -> Response:
        """Return the button that confirms."""
        return await show(request, pages, "newsletter_confirm", {"token": token, "done": False})

    @router.post("/confirm/{token}")
    async def confirm(request: Request, pages: Pages, token: str) -> Response:
        """Confirm the wish; twice is once."""
        context = {"token": token, "done": True}
        try:
            async with desk.database.unit_of_work() as session:
                sender = Sender(Source.MAIL, visitor_of(request))
                await service.confirm(session, token, sender, desk.clock.now())
        except CloudError as error:
            return await show(request, pages, "newsletter_confirm", context, error=error)
        return await show(request, pages, "newsletter_confirm", context)

    return router


def _own(desk: FrontDesk) -> APIRouter:
    router = APIRouter(prefix="/account/newsletter", include_in_schema=False)

    @router.post("")
    async def save(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        act: Annotated[str, Form(pattern="^(get|leave)$")] = "get",
    ) -> Response:
        """Get the newsletter at the account's address, change what it is about, or leave."""
        chosen = [str(one) for one in (await request.form()).getlist("interests")]
        sender, now = Sender(Source.ACCOUNT, visitor_of(request)), desk.clock.now()
        language, _languages = await pages.language_of(request)
        try:
            async with desk.database.unit_of_work() as session:
                await prove(session, user)
                if act == "leave":
                    found = await repository.lock_address(session, user.email)
                    if found is not None:
                        await service.leave(session, found, sender, now)
                else:
                    wish = OwnWish(interests=[one for one in Interest if one.value in chosen])
                    await service.join(
                        session, user.email, user.name, wish.interests, language, sender, now
                    )
        except CloudError as error:
            return await _page(desk, request, pages, user, error=error)
        return RedirectResponse(f"{_PAGE}?done={'left' if act == 'leave' else 'saved'}", 303)

    return router


def _leaving(desk: FrontDesk) -> APIRouter:
    router = APIRouter(prefix=f"{LEAVE}{{subscriber_id}}/{{key}}", include_in_schema=False)

    @router.get("")
    async def look(request: Request, pages: Pages, subscriber_id: RowId, key: str) -> Response:
        """Return the button that ends it, or say that it is ended."""
        return await _leave_page(desk, request, pages, subscriber_id, key, ends=False)

    @router.post("")
    async def end(request: Request, pages: Pages, subscriber_id: RowId, key: str) -> Response:
        """End the newsletter; twice is once."""
        return await _leave_page(desk, request, pages, subscriber_id, key, ends=True)

    return router


async def _leave_page(
    desk: FrontDesk, request: Request, pages: Templates, subscriber_id: int, key: str, *, ends: bool
) -> Response:
    if not desk.newsletter.opens(subscriber_id, key):
        raise LeaveLinkUnknown
    async with desk.database.unit_of_work() as session:
        subscriber = await repository.lock_subscriber(session, subscriber_id)
        if subscriber is not None and ends:
            sender = Sender(Source.MAIL, visitor_of(request))
            await service.leave(session, subscriber, sender, desk.clock.now())
    gets_it = subscriber is not None and subscriber.stage is SubscriberStage.ACTIVE
    context = {
        "email": subscriber.email if subscriber else "",
        "gets_it": gets_it,
        "address": request.url.path,
    }
    return await show(request, pages, "newsletter_leave", context)


async def _page(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user: OptionalUser,
    *,
    done: str = "",
    typed: dict[str, str] | None = None,
    error: CloudError | None = None,
) -> Response:
    own = None
    if user is not None:
        async with desk.database.unit_of_work() as session:
            own = await own_view(session, user)
    context = {
        "own": own,
        "typed": typed or {"email": "", "name": ""},
        "interests": INTERESTS,
        "consent": CONSENT_TEXTS[CONSENT_VERSION],
        "done": _DONE.get(done, ""),
    }
    return await show(request, pages, "newsletter", context, error=error)


def _read(typed: dict[str, str], chosen: list[str]) -> NewsletterWish:
    interests = [one for one in Interest if one.value in chosen]
    try:
        return NewsletterWish.model_validate(
            {"email": typed["email"], "name": typed["name"][:80], "interests": interests}
        )
    except ValidationError as error:
        raise AddressUnfit from error
