"""Orders that staff place for somebody, and money that came to the shop's bank account."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.accounts.postcodes import clean_postcode
from cloud.catalogue import service as catalogue
from cloud.checkout.errors import UnknownBottle
from cloud.checkout.service.attempting import require_waiting
from cloud.checkout.service.placing import Buyer, Purchase, PurchaseLine, place_order, shopper_of
from cloud.checkout.service.settling import settle_transfer
from cloud.discounts import service as discounts
from cloud.foundation import audit
from cloud.foundation.events import emit
from cloud.foundation.identity import SignedIn
from cloud.foundation.money import Money
from cloud.orders import service as orders
from cloud.orders.actors import staff_actor
from cloud.orders.events import OrderPaymentAsked
from cloud.orders.models import Order
from cloud.orders.schemas import PostalAddress
from cloud.orders.status import OrderSource
from cloud.pricing.quotes import Quote
from cloud.pricing.reductions import AmountOff, Reduction
from cloud.site.service import read_site


class StaffOrder(BaseModel):
    """An order that staff place: who buys, what (SKU to bottles), where to, until when to pay.

    The bottles are set aside for `keep_days`, and the order is given up unpaid after them.
    `seen_total_minor` is what the member of staff was shown; `adds_to` the number of an order
    that it is packed with. `form_key` names the form that was filled in: one order a form.
    `discount_minor` of the shop's own currency is taken off the goods, for a reason that the buyer
    reads.
    """

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
    bottles: dict[str, int] = Field(min_length=1, max_length=50)
    address: PostalAddress
    method: str | None = Field(default=None, max_length=40)
    note: str = Field(default="", max_length=1000, pattern=r"^[^\x00]*$")
    keep_days: int = Field(default=7, ge=1, le=30)
    adds_to: str = Field(default="", max_length=40)
    seen_total_minor: int | None = Field(default=None, ge=0, lt=2**53)
    form_key: str | None = Field(default=None, pattern=r"^[\w-]{16,64}$")
    discount_minor: int = Field(default=0, ge=0, lt=2**53)
    discount_reason: str = Field(default="", max_length=120, pattern=r"^[^\x00]*$")


async def quote_for(session: AsyncSession, wish: StaffOrder, language: str, now: datetime) -> Quote:
    """Return what an order would cost today.

    Raises what pricing raises, UnknownBottle, OrderNotFound and NotAddable (for `adds_to`).
    """
    buyer = await _buyer(session, wish, language)
    await _added(session, wish, buyer)
    quoted = await discounts.quote(
        session,
        await _lines(session, wish),
        wish.address.country,
        now,
        method=wish.method,
        shopper=await shopper_of(session, buyer),
        postcode=wish.address.postcode,
        granted=await _granted(session, wish),
    )
    return quoted.quote


async def place_by_staff(
    session: AsyncSession, staff: SignedIn, wish: StaffOrder, language: str, now: datetime
) -> Order:
    """Place an order for somebody and mail them the way to pay it; return it.

    A second copy of the form gets the first one's order, and mails nothing. `language` is the one
    of a buyer who has no account. Raises UnknownBottle, OrderNotFound and NotAddable (for
    `adds_to`), and what `place_order` raises.
    """
    if wish.form_key:
        made = await orders.find_order_of_form(session, wish.form_key)
        if made is not None:
            return made
    purchase = await purchase_of(session, wish, language)
    order = await place_order(session, purchase, actor=staff_actor(staff), now=now)
    said = wish.model_dump(mode="json", include={"bottles", "keep_days", "adds_to"})
    after = {**said, "total_minor": order.total_minor, "currency": order.currency}
    await audit.note(session, staff, "create", "orders", order.number, after=after)
    await _ask(session, order, now)
    return order


async def purchase_of(session: AsyncSession, wish: StaffOrder, language: str) -> Purchase:
    """Return the purchase that an order of staff describes; raises as `place_by_staff`."""
    buyer = await _buyer(session, wish, language)
    added = await _added(session, wish, buyer)
    keep = timedelta(days=wish.keep_days)
    return Purchase(
        buyer=buyer,
        lines=await _lines(session, wish),
        shipping_address=_place(wish),
        method=wish.method,
        note=wish.note,
        seen_total_minor=wish.seen_total_minor,
        hold_for=keep,
        pay_within=keep,
        source=OrderSource.STAFF,
        adds_to_order_id=added.id if added else None,
        form_key=wish.form_key,
        granted=await _granted(session, wish),
    )


async def ask_payment(session: AsyncSession, staff: SignedIn, number: str, now: datetime) -> None:
    """Mail the buyer of a waiting order the way to pay it once more; NotPayable."""
    order = await orders.lock(session, (await orders.view_by_number(session, number)).id)
    require_waiting(order)
    await audit.note(session, staff, "ask", "orders", number, after={"asked": now.isoformat()})
    await _ask(session, order, now)


async def note_transfer(
    session: AsyncSession, staff: SignedIn, number: str, reference: str, now: datetime
) -> None:
    """Pay a waiting order by money that a member of staff saw on the shop's bank account.

    A second time is refused. Raises NotPayable, PaymentUnderWay (a card is being charged),
    DiscountGone, OutOfStock.
    """
    order = await orders.lock(session, (await orders.view_by_number(session, number)).id)
    await settle_transfer(session, order, reference, staff_actor(staff), now)
    after = {"paid_by": "transfer", "reference": reference, "amount_minor": order.due_minor}
    await audit.note(session, staff, "settle", "orders", number, after=after)


async def _ask(session: AsyncSession, order: Order, now: datetime) -> None:
    await emit(session, OrderPaymentAsked(order.id, order.number, order.user_id, now))


async def _granted(session: AsyncSession, wish: StaffOrder) -> list[Reduction]:
    if not wish.discount_minor:
        return []
    amount = Money(wish.discount_minor, (await read_site(session)).currency)
    return [Reduction(None, "", wish.discount_reason, AmountOff(amount))]


async def _added(session: AsyncSession, wish: StaffOrder, buyer: Buyer) -> Order | None:
    if not wish.adds_to:
        return None
    return await orders.require_addable(
        session, wish.adds_to, buyer.user_id, buyer.email, _place(wish)
    )


def _place(wish: StaffOrder) -> PostalAddress:
    address = wish.address
    postcode = clean_postcode(address.country, address.postcode)
    return address.model_copy(update={"postcode": postcode})


async def _buyer(session: AsyncSession, wish: StaffOrder, language: str) -> Buyer:
    user = await accounts.find_user_by_email(session, wish.email)
    if user is None:
        return Buyer(None, wish.email.lower(), language)
    return Buyer(user.id, user.email, user.language or language)


async def _lines(session: AsyncSession, wish: StaffOrder) -> list[PurchaseLine]:
    ids = await catalogue.ids_by_sku(session, wish.bottles)
    for sku in wish.bottles:
        if sku not in ids:
            raise UnknownBottle(sku)
    return [PurchaseLine(ids[sku], quantity) for sku, quantity in wish.bottles.items()]
