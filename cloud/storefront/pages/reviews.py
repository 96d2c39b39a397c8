"""Reviews: all of a scent's, the form for one's own, one's own together, and votes."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Form, Path, Query, Request
from pydantic import BeforeValidator, ValidationError
from starlette.responses import RedirectResponse, Response

from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.identity import SignedIn
from cloud.foundation.validation import in_words
from cloud.foundation.web import CurrentUser, Limiter, OptionalUser, Pages, Templates
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.onward import local_path
from cloud.foundation.words import N_
from cloud.reviews import repository, service
from cloud.reviews.errors import NothingToReview, ReviewNotFound
from cloud.reviews.limits import VOTES, WRITINGS
from cloud.reviews.schemas import ReviewText
from cloud.reviews.states import ReviewOrder, ReviewStatus
from cloud.storefront.front_desk import FrontDesk, show

Slug = Annotated[str, Path(max_length=200, pattern=r"^[a-z0-9-]+$")]
# An empty field of the form is no wish.
Stars = Annotated[int | None, BeforeValidator(lambda typed: typed or None), Query(ge=1, le=5)]
After = Annotated[str, Query(max_length=200)]
_ORDERS = (
    (ReviewOrder.HELPFUL, N_("Most helpful first")),
    (ReviewOrder.NEWEST, N_("Newest")),
    (ReviewOrder.BEST, N_("Best first")),
    (ReviewOrder.WORST, N_("Worst first")),
)
_STATES = {
    ReviewStatus.PENDING: (N_("Being read"), "info"),
    ReviewStatus.APPROVED: (N_("Shown"), "good"),
    ReviewStatus.REJECTED: (N_("Not shown"), "bad"),
}
_DONE = {
    "written": N_("Thank you. Others can read it once we have."),
    "removed": N_("Your review is deleted."),
}
_VOTES = {"yes": True, "no": False, "none": None}


class ReviewUnreadable(Invalid):
    """A field of the form cannot be taken."""

    code = "review_unreadable"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem, hint=N_("Look at the marked field."), field=field)


def review_pages(desk: FrontDesk) -> list[APIRouter]:
    """Return the pages of reviews."""
    return [_reading(desk), _writing(desk), _own(desk)]


def _reading(desk: FrontDesk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/products/{slug}/reviews")
    async def reviews(
        request: Request,
        pages: Pages,
        slug: Slug,
        user: OptionalUser,
        order: ReviewOrder = ReviewOrder.HELPFUL,
        stars: Stars = None,
        after: After = "",
    ) -> Response:
        """Return one page of what buyers say about a scent."""
        now = desk.clock.now()
        async with desk.database.reading() as connection:
            product = await repository.find_product(connection, slug, now)
            if product is None:
                raise NothingToReview
            page = await service.read_page(
                connection, slug, now, order=order, stars=stars, after=after or None
            )
            ids = [one.id for one in page.reviews]
            votes = await service.voted(connection, user.user_id, ids) if user else {}
        address = f"/products/{slug}/reviews"
        query = urlencode({"order": order.value} | ({"stars": stars} if stars else {}))
        context = {
            "product": product,
            "stand": page.stand,
            "reviews": page.reviews,
            "next": page.next,
            "votes": votes,
            "orders": _ORDERS,
            "order": order,
            "stars": stars,
            "address": address,
            "query": query,
            "here": f"{address}?{query}" + (f"&after={after}" if after else ""),
            "is_later": bool(after),
            "is_narrowed": bool(after or stars or order is not ReviewOrder.HELPFUL),
            "canonical": f"{desk.public_url}{address}",
        }
        return await show(request, pages, "reviews", context)

    @router.post("/reviews/{review_id}/vote")
    async def vote(
        review_id: RowId,
        user: CurrentUser,
        limiter: Limiter,
        vote: Annotated[str, Form(pattern="^(yes|no|none)$")],
        back: Annotated[str, Form(max_length=600)] = "",
    ) -> Response:
        """Say whether a review was helpful, or take that back."""
        await limiter.count(f"review-votes:{user.user_id}", VOTES)
        async with desk.database.unit_of_work() as session:
            slug = await service.vote(
                session,
                user.user_id,
                review_id,
                is_helpful=_VOTES[vote],
                now=desk.clock.now(),
            )
        onward = local_path(back) or f"/products/{slug}/reviews"
        return RedirectResponse(f"{onward}#review-{review_id}", 303)

    return router


def _writing(desk: FrontDesk) -> APIRouter:
    router = APIRouter(prefix="/products/{slug}/review", include_in_schema=False)

    @router.get("")
    async def form(request: Request, pages: Pages, slug: Slug, user: CurrentUser) -> Response:
        """Return the form for one's own review, filled in with what is there."""
        return await _form(desk, request, pages, slug, user)

    @router.post("")
    async def write(
        request: Request, pages: Pages, slug: Slug, user: CurrentUser, limiter: Limiter
    ) -> Response:
        """Keep what a member says about a scent."""
        typed = {name: str(value) for name, value in (await request.form()).items()}
        language, _languages = await pages.language_of(request)
        try:
            said = _read(typed)
            await limiter.count(f"reviews:{user.user_id}", WRITINGS)
            async with desk.database.unit_of_work() as session:
                now = desk.clock.now()
                await service.write(session, user.user_id, slug, said, language, now)
        except CloudError as error:
            return await _form(desk, request, pages, slug, user, typed=typed, error=error)
        return RedirectResponse("/account/reviews?done=written", 303)

    @router.post("/remove")
    async def remove(slug: Slug, user: CurrentUser) -> Response:
        """Delete one's own review."""
        async with desk.database.unit_of_work() as session:
            await service.remove(session, user.user_id, slug)
        return RedirectResponse("/account/reviews?done=removed", 303)

    return router


def _own(desk: FrontDesk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/account/reviews")
    async def own(request: Request, pages: Pages, user: CurrentUser, done: str = "") -> Response:
        """Return what a member wrote, and what they could write about."""
        async with desk.database.unit_of_work() as session:
            written = await service.list_own(session, user.user_id)
            waiting = await service.list_to_review(session, user.user_id, desk.clock.now())
        context = {
            "reviews": written,
            "to_review": waiting,
            "states": _STATES,
            "done": _DONE.get(done, ""),
        }
        return await show(request, pages, "own_reviews", context)

    return router


async def _form(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    slug: str,
    user: SignedIn,
    *,
    typed: dict[str, str] | None = None,
    error: CloudError | None = None,
) -> Response:
    now = desk.clock.now()
    async with desk.database.unit_of_work() as session:
        product = await repository.find_product(session, slug, now)
        if product is None:
            raise NothingToReview
        try:
            own = await service.view_own(session, user.user_id, slug, now)
        except ReviewNotFound:
            own = None
    kept = own.model_dump() if own else {"author_name": user.name}
    shown = typed if typed is not None else kept
    context = {
        "product": product,
        "own": own,
        "typed": {
            "rating": str(shown.get("rating", "")),
            "title": shown.get("title", ""),
            "body": shown.get("body", ""),
            "author_name": shown.get("author_name", ""),
            "keeps_text": bool(shown.get("keeps_text")),
        },
    }
    return await show(request, pages, "review", context, error=error)


def _read(typed: dict[str, str]) -> ReviewText:
    fields = {
        name: typed.get(name, "").strip() for name in ("rating", "title", "body", "author_name")
    }
    try:
        return ReviewText.model_validate({**fields, "keeps_text": "keeps_text" in typed})
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        problem = N_("Choose one to five stars.") if field == "rating" else in_words(first)
        raise ReviewUnreadable(field, problem) from error
