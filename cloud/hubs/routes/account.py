"""What account pages ask: pairing, and the hubs of a household."""

from datetime import datetime

from fastapi import Request
from pydantic import BaseModel, Field

from cloud.foundation.web import CurrentUser, RequestClock, Session
from cloud.foundation.web.ids import MOST_ID, RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.hubs.models import Hub
from cloud.hubs.service import fleet
from cloud.hubs.service.fleet import Home
from cloud.hubs.service.pairings import Pairings


class CodeTyped(BaseModel):
    """A code as somebody typed it, in any case and spacing."""

    code: str = Field(max_length=40)


class Approval(CodeTyped):
    """Yes to a hub: into which household, and whether it takes the place of another hub."""

    household_id: int | None = Field(
        default=None, ge=1, le=MOST_ID, description="None: the household you own."
    )
    replaces_hub_id: int | None = Field(
        default=None,
        ge=1,
        le=MOST_ID,
        description="The hub whose machine this one replaces; None: a new hub.",
    )


class OfferAnswer(BaseModel):
    """A hub that waits; compare the words with its own screen before you approve."""

    code: str
    hub_name: str
    software: str
    words: tuple[str, str, str, str]
    expires_at: datetime


class HubAnswer(BaseModel):
    """A hub."""

    id: int
    household_id: int
    name: str
    software: str
    paired_at: datetime
    seen_at: datetime | None
    revoked_at: datetime | None
    is_duplicated: bool


class SlotAnswer(BaseModel):
    """A slot and its cartridge; microlitres, `days_left` None: more than a year."""

    id: int
    diffuser_id: str
    slot_no: int
    diffuser_name: str
    room: str
    scent_sku: str | None
    capacity_ul: int
    remaining_ul: int
    level_quality: str
    days_left: float | None
    level_at: datetime


class HomeAnswer(BaseModel):
    """A hub with its slots."""

    household_name: str
    hub: HubAnswer
    slots: list[SlotAnswer]


class NewName(BaseModel):
    """Another name for a hub."""

    name: str = Field(min_length=1, max_length=80)


def account_routes(pairings: Pairings) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api/v1", tags=["hubs"])
    router.include_router(_pairing_routes(pairings))
    router.include_router(_hub_routes())
    return router


def _pairing_routes(pairings: Pairings) -> APIRouter:
    router = APIRouter(prefix="/pairing")

    @router.post("/look-up")
    async def look_up(
        request: Request, body: CodeTyped, user: CurrentUser, session: Session, clock: RequestClock
    ) -> OfferAnswer:
        """Find the hub that shows a code. Needs a sign-in of the last ten minutes."""
        view = await pairings.look_up(
            session, user, body.code, address=_address(request), now=clock.now()
        )
        return OfferAnswer(
            code=view.user_code,
            hub_name=view.hub_name,
            software=view.software,
            words=view.words,
            expires_at=view.expires_at,
        )

    @router.post("/approve")
    async def approve(
        request: Request, body: Approval, user: CurrentUser, session: Session, clock: RequestClock
    ) -> HubAnswer:
        """Take a hub into your household. Owners only; needs a sign-in of the last ten minutes."""
        hub = await pairings.approve(
            session,
            user,
            body.code,
            address=_address(request),
            now=clock.now(),
            household_id=body.household_id,
            replaces_hub_id=body.replaces_hub_id,
        )
        return HubAnswer.model_validate(_hub_facts(hub))

    @router.post("/deny", status_code=204)
    async def deny(
        request: Request, body: CodeTyped, user: CurrentUser, session: Session, clock: RequestClock
    ) -> None:
        """Refuse a hub whose words are not those on its screen."""
        await pairings.deny(session, user, body.code, address=_address(request), now=clock.now())

    return router


def _hub_routes() -> APIRouter:
    router = APIRouter(prefix="/hubs")

    @router.get("")
    async def list_homes(user: CurrentUser, session: Session) -> list[HomeAnswer]:
        """List the hubs of your households with their slots, removed ones last."""
        return [_home_answer(home) for home in await fleet.list_homes(session, user.user_id)]

    @router.patch("/{hub_id}")
    async def rename(
        hub_id: RowId, body: NewName, user: CurrentUser, session: Session
    ) -> HubAnswer:
        """Give a hub another name. Owners only."""
        hub = await fleet.rename_hub(session, user.user_id, hub_id, body.name)
        return HubAnswer.model_validate(_hub_facts(hub))

    @router.delete("/{hub_id}", status_code=204)
    async def remove(
        hub_id: RowId, user: CurrentUser, session: Session, clock: RequestClock
    ) -> None:
        """Remove a hub: its key is worth nothing from now on. Owners only."""
        await fleet.remove_hub(session, user.user_id, hub_id, clock.now())

    return router


def _home_answer(home: Home) -> HomeAnswer:
    return HomeAnswer(
        household_name=home.household_name,
        hub=HubAnswer.model_validate(_hub_facts(home.hub)),
        slots=[SlotAnswer.model_validate(slot, from_attributes=True) for slot in home.slots],
    )


def _hub_facts(hub: Hub) -> dict[str, object]:
    return {
        "id": hub.id,
        "household_id": hub.household_id,
        "name": hub.name,
        "software": hub.software,
        "paired_at": hub.paired_at,
        "seen_at": hub.seen_at,
        "revoked_at": hub.revoked_at,
        "is_duplicated": hub.duplicated_at is not None,
    }


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
