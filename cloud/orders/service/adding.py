"""What may be packed with an order: bottles for its buyer and place, while nothing has left."""

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders import repository
from cloud.orders.errors import NotAddable
from cloud.orders.models import Order
from cloud.orders.schemas import PostalAddress
from cloud.orders.service.transition import lock
from cloud.orders.service.views import view_by_number
from cloud.orders.status import CANCELLABLE

# A telephone number is for the carrier: another one is the same place.
_PLACE = ("recipient", "line1", "line2", "city", "region", "postcode", "country")


async def find_order_of_form(session: AsyncSession, form_key: str) -> Order | None:
    """Return the order that a form of staff made already; None: it made none.

    Until the caller's transaction ends, whoever asks for the same form waits.
    """
    return await repository.of_form(session, form_key)


async def require_addable(
    session: AsyncSession, number: str, user_id: int | None, email: str, address: PostalAddress
) -> Order:
    """Return an order, locked, that bottles for somebody at an address may be packed with.

    Raises OrderNotFound, or NotAddable: it is another buyer's, goes elsewhere, or a parcel of it
    has left.
    """
    order = await lock(session, (await view_by_number(session, number)).id)
    if order.status not in CANCELLABLE or await repository.shipments_of(session, order.id):
        raise NotAddable.closed(number)
    is_members = user_id is not None and order.user_id == user_id
    if not is_members and order.email.casefold() != email.casefold():
        raise NotAddable.of_another(number)
    goes_to = PostalAddress.model_validate(order.shipping_address) if order.has_parcels else None
    if goes_to is None or _place(goes_to) != _place(address):
        raise NotAddable.elsewhere(number)
    return order


def _place(address: PostalAddress) -> list[str]:
    return [" ".join(getattr(address, name).casefold().split()) for name in _PLACE]
