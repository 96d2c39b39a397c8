"""Rewards over HTTP: what there is, what a member took, and the staff's keeping of them."""

from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.sealing import Sealer
from cloud.foundation.web import CurrentUser, RequestClock, Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.loyalty.repository import rewards as rows
from cloud.loyalty.schemas import (
    OfferView,
    RewardChange,
    RewardFields,
    RewardView,
    TakenView,
)
from cloud.loyalty.service import editing, redeeming
from cloud.loyalty.service.views import view_taken

# More than this nobody took; the oldest are left out.
_MOST = 200


def reward_routes(sealer: Sealer) -> APIRouter:
    """Return the routes of rewards."""
    router = APIRouter(prefix="/api/v1", tags=["rewards"])

    @router.get("/rewards")
    async def get_rewards(session: Session, clock: RequestClock) -> list[OfferView]:
        """Return the rewards that can be taken now, the cheapest first."""
        found = await rows.list_offered(session, clock.now())
        return [OfferView.model_validate(one) for one in found]

    @router.post("/rewards/{reward_id}/redeem", status_code=201)
    async def redeem_reward(
        reward_id: RowId, session: Session, user: CurrentUser, clock: RequestClock
    ) -> TakenView:
        """Take a reward for points."""
        now = clock.now()
        taken = await redeeming.redeem(session, sealer, user.user_id, reward_id, now)
        return view_taken(taken, now)

    @router.get("/me/rewards")
    async def get_own_rewards(
        session: Session, user: CurrentUser, clock: RequestClock
    ) -> list[TakenView]:
        """Return the rewards that the caller took, the newest first, with their codes."""
        found = await redeeming.list_taken(session, sealer, user.user_id, most=_MOST)
        return [view_taken(one, clock.now()) for one in found]

    router.include_router(_staff_routes())
    return router


def _staff_routes() -> APIRouter:
    router = APIRouter(prefix="/staff/rewards")

    @router.get("")
    async def get_all_rewards(
        session: Session, _staff: SignedIn = allowed(permits.REWARDS_VIEW)
    ) -> list[RewardView]:
        """Return every reward, the cheapest first."""
        return [RewardView.model_validate(one) for one in await rows.list_rewards(session)]

    @router.post("", status_code=201)
    async def make_reward(
        wish: RewardFields,
        session: Session,
        staff: SignedIn = allowed(permits.REWARDS_CHANGE),
    ) -> RewardView:
        """Add a reward."""
        return RewardView.model_validate(await editing.make(session, staff, wish))

    @router.get("/{reward_id}")
    async def get_reward(
        reward_id: RowId, session: Session, _staff: SignedIn = allowed(permits.REWARDS_VIEW)
    ) -> RewardView:
        """Return a reward."""
        return RewardView.model_validate(await editing.get(session, reward_id))

    @router.put("/{reward_id}")
    async def change_reward(
        reward_id: RowId,
        wish: RewardChange,
        session: Session,
        staff: SignedIn = allowed(permits.REWARDS_CHANGE),
    ) -> RewardView:
        """Change a reward; what it gives stays as it is."""
        fields = RewardFields(**wish.model_dump(exclude={"version"}))
        changed = await editing.change(session, staff, reward_id, fields, seen=wish.version)
        return RewardView.model_validate(changed)

    @router.delete("/{reward_id}", status_code=204)
    async def delete_reward(
        reward_id: RowId,
        session: Session,
        staff: SignedIn = allowed(permits.REWARDS_CHANGE),
    ) -> None:
        """Delete a reward that nobody took."""
        await editing.remove(session, staff, reward_id)

    return router
