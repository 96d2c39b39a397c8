"""One's own postal addresses."""

from cloud.accounts.schemas import AddressIn, AddressOut, NewAddress
from cloud.accounts.service import addresses
from cloud.accounts.service.addresses import PostalAddress
from cloud.foundation.web import CurrentUser, Session
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter


def routes() -> APIRouter:
    """Return the routes of one's own addresses."""
    router = APIRouter(prefix="/api/v1/me/addresses")

    @router.get("")
    async def list_addresses(session: Session, me: CurrentUser) -> list[AddressOut]:
        """Return the addresses, defaults first."""
        found = await addresses.list_addresses(session, me.user_id)
        return [AddressOut.model_validate(address) for address in found]

    @router.post("", status_code=201)
    async def add_address(session: Session, me: CurrentUser, new: NewAddress) -> AddressOut:
        """Add an address; the first of its kind is the default."""
        address = await addresses.add_address(
            session, me.user_id, new.kind, _written(new), is_default=new.is_default
        )
        return AddressOut.model_validate(address)

    @router.put("/{address_id}")
    async def change_address(
        session: Session, me: CurrentUser, address_id: RowId, change: AddressIn
    ) -> AddressOut:
        """Rewrite an address. Orders keep the one they were placed with."""
        address = await addresses.change_address(session, me.user_id, address_id, _written(change))
        return AddressOut.model_validate(address)

    @router.put("/{address_id}/default")
    async def make_default(session: Session, me: CurrentUser, address_id: RowId) -> AddressOut:
        """Make an address the default of its kind."""
        address = await addresses.make_default(session, me.user_id, address_id)
        return AddressOut.model_validate(address)

    @router.delete("/{address_id}", status_code=204)
    async def remove_address(session: Session, me: CurrentUser, address_id: RowId) -> None:
        """Remove an address."""
        await addresses.remove_address(session, me.user_id, address_id)

    return router


def _written(address: AddressIn) -> PostalAddress:
    return PostalAddress(**address.model_dump(include=set(AddressIn.model_fields)))
