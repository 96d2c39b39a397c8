"""What is told about orders. Builds news; tells nobody by itself."""

from dataclasses import dataclass
from datetime import date, datetime

from cloud.foundation.locale import format_date, format_moment, format_money
from cloud.foundation.money import Money
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service.telling import News, Recipient
from cloud.notifications.texts import Texts
from cloud.orders.links import OrderLinks
from cloud.orders.schemas import OrderView

_Kind = NotificationKind
_TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes amounts and days as one person reads them. `zone` is an IANA name."""

    language: str
    zone: str

    def money(self, minor: int, currency: str) -> str:
        """Return an amount."""
        return format_money(Money(minor, currency), self.language)

    def day(self, day: date | None) -> str:
        """Return a calendar day with its weekday; a dash for none."""
        return "-" if day is None else format_date(day, self.language, "full")

    def moment(self, moment: datetime | None) -> str:
        """Return a moment; a dash for none."""
        if moment is None:
            return "-"
        return format_moment(moment, self.language, self.zone, "medium")


@dataclass(frozen=True, slots=True)
class OrderNews:
    """News of one order for its buyer."""

    order: OrderView
    language: str
    texts: Texts
    links: OrderLinks
    zone: str

    @property
    def recipient(self) -> Recipient:
        """Return the buyer."""
        return Recipient(self.order.user_id, self.order.email, self.language)

    def confirmed(self) -> News:
        """The payment is there."""
        order, write = self.order, self._write
        total = write.money(order.total_minor, order.currency)
        return self._news(
            _Kind.ORDER_CONFIRMATION,
            "confirmed",
            {"total": total, "arrives_on": write.day(order.arrives_on)},
            rows={"items": self._items(), "total": total, "ships_to": self._ships_to()},
        )

    def shipped(self, shipment_id: int) -> News:
        """A parcel left."""
        order = self.order
        parcel = next(one for one in order.shipments if one.id == shipment_id)
        tracking = {"tracking": parcel.tracking} if parcel.tracking else {}
        return self._news(
            _Kind.ORDER_SHIPPED,
            f"shipped:{shipment_id}",
            {"carrier": parcel.carrier, "arrives_on": self._write.day(parcel.arrives_on)},
            rows={"items": self._items(parcel.item_quantities), **tracking},
        )

    def delivered(self) -> News:
        """Every parcel arrived."""
        return self._news(_Kind.ORDER_DELIVERED, "delivered", {})

    def cancelled(self, reason: str) -> News:
        """The order was called off."""
        rows = {"reason": reason} if reason else {}
        return self._news(_Kind.ORDER_CANCELLED, "cancelled", {}, rows=rows)

    def refunded(self, amount_minor: int) -> News:
        """Money is on its way back; the same amount twice is told by what went back in all."""
        amount = self._write.money(amount_minor, self.order.currency)
        key = f"refunded:{self.order.refunded_minor}:{amount_minor}"
        return self._news(_Kind.ORDER_REFUNDED, key, {"amount": amount})

    def payment_returned(self, amount_minor: int, currency: str, reason: str) -> News:
        """A payment that the order could not take goes back."""
        facts = {
            "amount": self._write.money(amount_minor, currency),
            "problem": self.texts.problem(reason, self.language),
        }
        return self._news(
            _Kind.ORDER_REFUNDED, f"returned:{reason}", facts, wording="ORDER_PAYMENT_RETURNED"
        )

    def payment_failed(self, payment_id: int, code: str) -> News:
        """The saved card was not charged."""
        facts = {
            "problem": self.texts.problem(code, self.language, otherwise="not_charged"),
            "pay_until": self._write.moment(self.order.pay_until),
        }
        return self._news(_Kind.ORDER_PAYMENT_FAILED, f"payment_failed:{payment_id}", facts)

    @property
    def _write(self) -> Writer:
        return Writer(self.language, self.zone)

    def _news(
        self,
        kind: NotificationKind,
        key: str,
        facts: dict[str, str],
        *,
        rows: dict[str, str] | None = None,
        wording: str | None = None,
    ) -> News:
        order = self.order
        return News(
            key=f"order:{order.id}:{key}",
            kind=kind,
            wording=wording or kind.value,
            facts={"number": order.number, **facts},
            link=self.links.order(order.number, is_guest=order.user_id is None),
            rows=rows or {},
        )

    def _items(self, quantities: dict[int, int] | None = None) -> str:
        counted = {item.id: item.quantity for item in self.order.items}
        shown = counted if quantities is None else quantities
        named = [item for item in self.order.items if item.id in shown]
        return ", ".join(
            f"{shown[item.id]} {_TIMES} {item.product_name} {item.variant_name}" for item in named
        )

    def _ships_to(self) -> str:
        address = self.order.shipping_address
        return f"{address.recipient}, {address.line1}, {address.postcode} {address.city}"
