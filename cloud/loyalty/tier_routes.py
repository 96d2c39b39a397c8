"""Tiers over HTTP: what there are, where a member stands, and the staff's keeping of them."""

from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import CurrentUser, RequestClock, Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.loyalty.repository.tiers import list_tiers
from cloud.loyalty.schemas import ProgressView, TierChange, TierFields, TierOfStaff, TierView
from cloud.loyalty.service import tier_editing as editing
from cloud.loyalty.service.views import view_progress, view_tiers


def tier_routes() -> APIRouter:
    """Return the routes of tiers."""
    router = APIRouter(prefix="/api/v1", tags=["tiers"])

    @router.get("/tiers")
    async def get_tiers(session: Session) -> list[TierView]:
        """Return the tiers that members can reach, the lowest first."""
        return await view_tiers(session)

    @router.get("/me/tier")
    async def get_own_tier(
        session: Session, user: CurrentUser, clock: RequestClock
    ) -> ProgressView:
        """Return where the caller stands, until when, and what the next tier takes."""
        return await view_progress(session, user.user_id, clock.now())

    router.include_router(_staff_routes())
    return router


def _staff_routes() -> APIRouter:
    router = APIRouter(prefix="/staff/tiers")

    @router.get("")
    async def get_all_tiers(
        session: Session, _staff: SignedIn = allowed(permits.TIERS_VIEW)
    ) -> list[TierOfStaff]:
        """Return every tier, the lowest first."""
        return [TierOfStaff.model_validate(one) for one in await list_tiers(session)]

    @router.post("", status_code=201)
    async def make_tier(
        wish: TierFields, session: Session, staff: SignedIn = allowed(permits.TIERS_CHANGE)
    ) -> TierOfStaff:
        """Add a tier; members whose points reach it are put into it soon."""
        return TierOfStaff.model_validate(await editing.make(session, staff, wish))

    @router.get("/{tier_id}")
    async def get_tier(
        tier_id: RowId, session: Session, _staff: SignedIn = allowed(permits.TIERS_VIEW)
    ) -> TierOfStaff:
        """Return a tier."""
        return TierOfStaff.model_validate(await editing.get(session, tier_id))

    @router.put("/{tier_id}")
    async def change_tier(
        tier_id: RowId,
        wish: TierChange,
        session: Session,
        staff: SignedIn = allowed(permits.TIERS_CHANGE),
    ) -> TierOfStaff:
        """Change a tier; what it gives counts for its members at once."""
        fields = TierFields(**wish.model_dump(exclude={"version"}))
        changed = await editing.change(session, staff, tier_id, fields, seen=wish.version)
        return TierOfStaff.model_validate(changed)

    @router.delete("/{tier_id}", status_code=204)
    async def delete_tier(
        tier_id: RowId, session: Session, staff: SignedIn = allowed(permits.TIERS_CHANGE)
    ) -> None:
        """Delete a tier that no reward asks for."""
        await editing.remove(session, staff, tier_id)

    return router
