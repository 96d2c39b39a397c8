"""The hubs out there: when they were last heard, what is wrong with them, and taking one out."""

from typing import Annotated

from fastapi import Form, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from cloud.accounts.service.customers import get_customer
from cloud.admin.back_office import BackOffice, show
from cloud.admin.hub_lists import HUBS, ONLINE_WITHIN
from cloud.admin.lists import show_list
from cloud.admin.steps import take_step
from cloud.foundation import audit, permits
from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_
from cloud.hubs.repository.hubs import HubKey
from cloud.hubs.service import fleet
from cloud.hubs.service.files import read_hub_file

_HOME = "/admin/hubs"
_DONE = {"revoked": N_("The hub's key is worth nothing from now on.")}


class RevocationUnconfirmed(Invalid):
    """The number typed to confirm is not the hub's."""

    code = "revocation_unconfirmed"

    def __init__(self) -> None:
        super().__init__(
            N_("This is not the number of that hub."),
            hint=N_("Type the number that stands behind its name."),
            field="confirmation",
        )


def home_pages(office: BackOffice) -> APIRouter:
    """Return the pages of households and hubs."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)

    @router.get("")
    async def listing(
        request: Request, pages: Pages, _user: SignedIn = allowed(permits.HOMES_VIEW)
    ) -> Response:
        """Return the hubs, the latest connected first."""
        context: dict[str, object] = {
            "title": N_("Homes and hubs"),
            "empty": (
                N_("No hub is connected yet"),
                N_("Hubs appear here when a household connects one."),
            ),
            "online_since": office.clock.now() - ONLINE_WITHIN,
        }
        return await show_list(office, request, pages, HUBS, context, template="hubs")

    @router.get("/{hub_id}")
    async def one(
        request: Request,
        pages: Pages,
        hub_id: RowId,
        done: Annotated[str, Query(max_length=20)] = "",
        _user: SignedIn = allowed(permits.HOMES_VIEW),
    ) -> Response:
        """Return one hub with its home."""
        return await _show(office, request, pages, hub_id, done=done)

    @router.post("/{hub_id}/revoke")
    async def revoke(
        request: Request,
        pages: Pages,
        hub_id: RowId,
        reason: Annotated[str, Form(max_length=400)] = "",
        confirmation: Annotated[str, Form(max_length=40)] = "",
        staff: SignedIn = allowed(permits.HOMES_REVOKE),
    ) -> Response:
        """Make a hub's key worth nothing; its slots' refills freeze."""

        async def step(session: AsyncSession) -> None:
            if confirmation.strip() != str(hub_id):
                raise RevocationUnconfirmed
            hub = (await read_hub_file(session, hub_id)).hub
            key = HubKey(hub.household_id, hub_id)
            await fleet.revoke(session, key, office.clock.now(), reason=reason.strip())
            before = {"hub_id": hub_id, "revoked": False}
            after = {"hub_id": hub_id, "revoked": True, "reason": reason.strip()}
            await audit.note(
                session, staff, "revoke", "homes", key.household_id, before=before, after=after
            )

        async def again(error: CloudError) -> Response:
            typed = {"reason": reason, "confirmation": confirmation}
            return await _show(office, request, pages, hub_id, error=error, typed=typed)

        return await take_step(office, step, f"{_HOME}/{hub_id}?done=revoked", again)

    return router


async def _show(
    office: BackOffice,
    request: Request,
    pages: Templates,
    hub_id: int,
    *,
    done: str = "",
    error: CloudError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    async with office.database.unit_of_work() as session:
        found = await read_hub_file(session, hub_id)
        members = [(await get_customer(session, user_id), role) for user_id, role in found.members]
    seen_at = found.hub.seen_at
    context = {
        "file": found,
        "members": members,
        "is_online": seen_at is not None and office.clock.now() - seen_at < ONLINE_WITHIN,
        "typed": typed or {"reason": "", "confirmation": ""},
        "done": _DONE.get(done, ""),
    }
    return await show(request, pages, "hub", context, error=error)
