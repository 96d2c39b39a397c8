"""What is told about orders. Builds news; tells nobody by itself."""

from dataclasses import dataclass, replace
from datetime import datetime

from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service.telling import News, Recipient
from cloud.notifications.service.writing import Writer
from cloud.notifications.texts import Texts
from cloud.orders.links import OrderLinks
from cloud.orders.schemas import OrderView
from cloud.returns.schemas import ReturnView
from cloud.returns.stages import ReturnStage

_Kind = NotificationKind


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
        if not order.shipping_method:
            rows = {"items": self._items(), "total": total}
            return self._news(
                _Kind.ORDER_CONFIRMATION,
                "confirmed",
                {"total": total},
                wording="ORDER_CONFIRMATION_CARDS",
                rows=rows,
            )
        return self._news(
            _Kind.ORDER_CONFIRMATION,
            "confirmed",
            {"total": total, "arrives_on": write.day(order.arrives_on)},
            rows={"items": self._items(), "total": total, "ships_to": self._ships_to()},
        )

    def payment_received(self) -> News:
        """The payment is there: for the list alone, for the confirmation is its mail."""
        total = self._write.money(self.order.total_minor, self.order.currency)
        news = self._news(_Kind.ORDER_PAYMENT_SUCCESS, "payment_received", {"total": total})
        return replace(news, by_mail=False)

    def out_for_delivery(self) -> News:
        """The parcel is in the van."""
        return self._news(_Kind.ORDER_OUT_FOR_DELIVERY, "out_for_delivery", {})

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

    def payment_asked(self, at: datetime) -> News:
        """Staff placed the order for its buyer; `at` tells one asking from the next."""
        facts = {
            "total": self._write.money(self.order.total_minor, self.order.currency),
            "pay_until": self._write.moment(self.order.pay_until),
        }
        return self._news(
            _Kind.ORDER_STATUS_UPDATE,
            f"payment_asked:{at.isoformat()}",
            facts,
            wording="ORDER_PAYMENT_ASKED",
        )

    def cancelled(self, reason: str) -> News:
        """The order was called off."""
        rows = {"reason": reason} if reason else {}
        return self._news(_Kind.ORDER_CANCELLED, "cancelled", {}, rows=rows)

    def refunded(self, amount_minor: int) -> News:
        """Money is on its way back; the same amount twice is told by what went back in all."""
        amount = self._write.money(amount_minor, self.order.currency)
        key = f"refunded:{self.order.refunded_minor}:{amount_minor}"
        return self._news(_Kind.ORDER_REFUNDED, key, {"amount": amount})

    def returned(self, back: ReturnView) -> News:
        """A return was decided, or arrived."""
        said = {"answer": back.answer, "label": back.label_url}
        is_answer = back.stage in (ReturnStage.APPROVED, ReturnStage.REFUSED)
        return self._news(
            _Kind.ORDER_STATUS_UPDATE,
            f"return:{back.id}:{back.stage.value}",
            {"return_number": back.number},
            rows={label: text for label, text in said.items() if text and is_answer},
            wording=f"RETURN_{back.stage.value.upper()}",
        )

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

    def payment_refused(self, payment_id: int, code: str) -> News:
        """A card was refused while its owner paid, and they left it at that."""
        facts = {
            "problem": self.texts.problem(code, self.language, otherwise="not_charged"),
            "pay_until": self._write.moment(self.order.pay_until),
        }
        return self._news(
            _Kind.ORDER_PAYMENT_FAILED,
            f"payment_failed:{payment_id}",
            facts,
            wording="ORDER_PAYMENT_REFUSED",
        )

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
            self._write.bottles(shown[item.id], item.product_name, item.variant_name)
            for item in named
        )

    def _ships_to(self) -> str:
        address = self.order.shipping_address
        if address is None:
            return self.order.email
        return f"{address.recipient}, {address.line1}, {address.postcode} {address.city}"
