"""A member's points: what there is, what can be had for them, and how they came and went."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.catalogue.service import list_early
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import CurrentUser, Pages, Templates
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.loyalty import terms
from cloud.loyalty.models import Reward
from cloud.loyalty.repository.rewards import list_offered, names_of
from cloud.loyalty.schemas import ProgressView, TierView
from cloud.loyalty.service.birthdays import find_birthday
from cloud.loyalty.service.redeeming import list_taken, redeem
from cloud.loyalty.service.referrals import can_be_invited
from cloud.loyalty.service.thanks import has_shared
from cloud.loyalty.service.views import (
    view_invitation,
    view_points,
    view_progress,
    view_taken,
    view_tiers,
)
from cloud.storefront.front_desk import FrontDesk, show

HOME = "/account/points"

Before = Annotated[int | None, Query(ge=1, lt=2**63)]
Code = Annotated[str, Query(max_length=40)]

_ENTRIES = 20
_TAKEN = 20
# A leap year, whose months have every day there is.
_MONTHS = tuple(date(2024, month, 1) for month in range(1, 13))


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the forms of the page, to be shown again."""

    invitation: str = ""
    day: str = ""
    month: str = ""


NOTHING_TYPED = Typed()


@dataclass(frozen=True, slots=True)
class Choice:
    """A reward as a member sees it: `missing` points, and the `tier` that it takes, if any."""

    reward: Reward
    product: str
    missing: int
    tier: TierView | None

    @property
    def can_be_had(self) -> bool:
        """Tell whether the member has what it takes."""
        return self.missing == 0 and self.tier is None


def point_pages(desk: FrontDesk) -> APIRouter:
    """Return the page of points and the form on it."""
    router = APIRouter(prefix=HOME, include_in_schema=False)

    @router.get("")
    async def points(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        before: Before = None,
        invitation: Code = "",
    ) -> Response:
        """Return the member's points."""
        typed = Typed(invitation=invitation)
        return await show_points(desk, request, pages, user, before=before, typed=typed)

    @router.post("/rewards/{reward_id}")
    async def take(request: Request, pages: Pages, user: CurrentUser, reward_id: RowId) -> Response:
        """Take a reward and show its code, on the page that it stays on."""
        try:
            async with desk.database.unit_of_work() as session:
                now = desk.clock.now()
                await redeem(session, desk.sealer, user.user_id, reward_id, now)
        except CloudError as error:
            return await show_points(desk, request, pages, user, error=error)
        return RedirectResponse(f"{HOME}#codes", 303)

    return router


async def show_points(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user: SignedIn,
    *,
    before: int | None = None,
    error: CloudError | None = None,
    typed: Typed = NOTHING_TYPED,
) -> Response:
    """Return the page of points, with why a form on it was refused if it was."""
    now, me = desk.clock.now(), user.user_id
    async with desk.database.unit_of_work() as session:
        points = await view_points(session, me, now, before=before, limit=_ENTRIES)
        progress, tiers = await view_progress(session, me, now), await view_tiers(session)
        taken = await list_taken(session, desk.sealer, me, most=_TAKEN)
        context = {
            "points": points,
            "progress": progress,
            "tiers": tiers,
            "choices": await _choices(desk, session, points.balance, progress, tiers),
            "taken": [view_taken(one, now) for one in taken],
            "early": await list_early(session, me, now),
            "invitation": await view_invitation(session, me, desk.public_url),
            "can_be_invited": await can_be_invited(session, me, now),
            "typed_invitation": typed.invitation,
            "typed_day": typed.day,
            "typed_month": typed.month,
            "has_shared": await has_shared(session, me, now),
            "birthday": await find_birthday(session, me),
            "months": _MONTHS,
            "terms": terms,
            "is_first": before is None,
        }
    return await show(request, pages, "points", context, error=error)


async def _choices(
    desk: FrontDesk,
    session: AsyncSession,
    balance: int,
    progress: ProgressView,
    tiers: list[TierView],
) -> list[Choice]:
    offers = await list_offered(session, desk.clock.now())
    names = await names_of(session, [one.product_id for one in offers if one.product_id])
    held = 0 if progress.tier is None else progress.tier.min_points
    by_id = {one.id: one for one in tiers}
    choices = []
    for one in offers:
        tier = by_id.get(one.tier_id or 0)
        choices.append(
            Choice(
                reward=one,
                product=names.get(one.product_id or 0, ""),
                missing=max(0, one.cost_points - balance),
                tier=tier if tier is not None and tier.min_points > held else None,
            )
        )
    return choices
