"""What a parcel would cost today, and why it cannot be had."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue import service as catalogue
from cloud.catalogue.offers import Offer
from cloud.discounts import service as discounts
from cloud.foundation.money import MixedCurrency
from cloud.inventory import service as inventory
from cloud.orders.schemas import PostalAddress
from cloud.pricing.errors import NotDelivered, TooHeavy
from cloud.pricing.quotes import Quote
from cloud.subscriptions.models import Subscription
from cloud.subscriptions.states import Question


@dataclass(frozen=True, slots=True)
class Parcel:
    """What would be sent, with its whole price. `quote` None: nothing of it goes there."""

    offer: Offer | None
    quote: Quote | None
    available: int
    quantity: int

    @property
    def total_minor(self) -> int:
        """Return the whole price; 0 for what has none."""
        return 0 if self.quote is None else self.quote.total.minor


async def price_parcel(
    session: AsyncSession, variant_id: int, quantity: int, address: PostalAddress, now: datetime
) -> Parcel:
    """Return a parcel as it would be sold now; what is out of sale is priced as if it were not."""
    offer = (await catalogue.offers(session, [variant_id], now)).get(variant_id)
    if offer is None:
        return Parcel(None, None, 0, quantity)
    priced = replace(offer, is_sellable=True)
    try:
        quoted = await discounts.quote_offers(
            session, [(priced, quantity)], address.country, now, postcode=address.postcode
        )
    except (NotDelivered, TooHeavy, MixedCurrency):
        return Parcel(offer, None, 0, quantity)
    available = await inventory.available(session, variant_id, now)
    return Parcel(offer, quoted.quote, available, quantity)


async def price_next(session: AsyncSession, subscription: Subscription, now: datetime) -> Parcel:
    """Return a subscription's next parcel as it would be sold now."""
    address = PostalAddress.model_validate(subscription.address)
    return await price_parcel(session, subscription.variant_id, subscription.quantity, address, now)


def objection(subscription: Subscription, parcel: Parcel) -> Question | None:
    """Return why a parcel cannot be charged without asking, stock aside; None: nothing."""
    if parcel.offer is None or not parcel.offer.is_sellable:
        return Question.NOT_SOLD
    if parcel.quote is None:
        return Question.NOT_DELIVERED
    is_other_money = parcel.quote.currency != subscription.currency
    if is_other_money or parcel.total_minor > subscription.max_total_minor:
        return Question.PRICE_ABOVE_LIMIT
    return None


def is_short(parcel: Parcel) -> bool:
    """Tell whether there are too few bottles for a parcel now."""
    return parcel.available < parcel.quantity
