"""Writing a sheet: what an order was, in the words and numbers of its language. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cloud.foundation.locale import known_locale
from cloud.foundation.words import N_, say_many
from cloud.invoices.sheets import Line, Named, Row, Sheet, Sum
from cloud.invoices.taxes import RateSum, Taxed, by_rate
from cloud.invoices.terms import Terms
from cloud.orders.schemas import BillingAddress, ItemView, OrderView
from cloud.refunds.schemas import RefundView
from cloud.refunds.shares import Paid
from cloud.site.schemas import Site

_REVERSE = N_("Reverse charge: the recipient of the goods owes the VAT.")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Under which number and on which day a sheet is issued, by the shop's calendar."""

    number: str
    on: date


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the sheets of one order."""

    site: Site
    order: OrderView
    paid: Paid

    @property
    def terms(self) -> Terms:
        """Return how the order's buyer reads words and numbers."""
        return Terms(self.order.language, self.order.currency)

    def invoice(self, stamp: Stamp) -> Sheet:
        """Return the invoice of a paid order."""
        order = self.order
        lines = tuple(self._goods(item) for item in order.items)
        columns = (
            self.terms.say("Item"),
            self.terms.say("Quantity"),
            self.terms.say("Price"),
            self.terms.say("VAT rate"),
            self.terms.say("Amount"),
        )
        facts = (
            (self.terms.say("Invoice number"), stamp.number),
            (self.terms.say("Invoice date"), self.terms.day(stamp.on)),
            *self._order_facts(),
            (self.terms.say("Paid on"), self._paid_on()),
        )
        taxed = by_rate(self._taxed_order(), order.total_minor, order.tax_minor)
        return self._sheet(
            title=self.terms.say("Invoice"),
            number=stamp.number,
            facts=facts,
            columns=columns,
            lines=lines,
            sums=self._invoice_sums(),
            taxes=taxed,
            notes=self._notes(),
        )

    def credit_note(self, stamp: Stamp, refund: RefundView, invoice_number: str) -> Sheet:
        """Return the sheet of money that went back."""
        items = {item.id: item for item in self.order.items}
        lines = [
            self._credited(items[line.order_item_id], line.quantity, line.amount_minor)
            for line in refund.lines
        ]
        rest = refund.amount_minor - sum(line.amount_minor for line in refund.lines)
        if refund.shipping_minor:
            words = Named(self.terms.say("Delivery"), self.order.shipping_method)
            lines.append(Line(words, ("", self.terms.money(refund.shipping_minor))))
        if goodwill := rest - refund.shipping_minor:
            lines.append(
                Line(
                    Named(self.terms.say("Refund"), refund.reason), ("", self.terms.money(goodwill))
                )
            )
        facts = (
            (self.terms.say("Credit note number"), stamp.number),
            (self.terms.say("Credit note date"), self.terms.day(stamp.on)),
            *self._order_facts(),
        )
        return self._sheet(
            title=self.terms.say("Credit note"),
            subtitle=self.terms.say("Refund of invoice %(number)s", number=invoice_number),
            number=stamp.number,
            facts=facts,
            columns=(self.terms.say("Item"), self.terms.say("Quantity"), self.terms.say("Amount")),
            lines=tuple(lines),
            sums=self._credit_sums(refund),
            taxes=by_rate(self._taxed_refund(refund), refund.amount_minor, refund.tax_minor),
            notes=self._notes(),
        )

    def packing_slip(self, on: date, quantities: Mapping[int, int]) -> Sheet:
        """Return the sheet that lies in a parcel: what is in it, and no price."""
        packed = [item for item in self.order.items if quantities.get(item.id)]
        bottles = sum(quantities[item.id] for item in packed)
        note = (self.order.note,) if self.order.note else ()
        count = say_many(self.order.language, "%(num)d bottle", "%(num)d bottles", bottles)
        return self._sheet(
            title=self.terms.say("Packing slip"),
            subtitle=count,
            number=self.order.number,
            facts=(*self._order_facts(), (self.terms.say("Packed on"), self.terms.day(on))),
            columns=(self.terms.say("Item"), self.terms.say("SKU"), self.terms.say("Quantity")),
            lines=tuple(
                Line(
                    Named(item.product_name, item.variant_name),
                    (item.sku, str(quantities[item.id])),
                )
                for item in packed
            ),
            sums=(),
            taxes=(),
            notes=note,
            is_for_parcel=True,
        )

    def _goods(self, item: ItemView) -> Line:
        detail = item.variant_name
        if item.discount_minor:
            less = self.terms.say(
                "discount %(amount)s", amount=self.terms.money(-item.discount_minor)
            )
            detail = f"{detail} · {less}"
        cells = (
            str(item.quantity),
            self.terms.money(item.unit_price_minor),
            self.terms.rate(item.tax_basis_points),
            self.terms.money(item.subtotal_minor),
        )
        return Line(Named(item.product_name, detail), cells)

    def _credited(self, item: ItemView, quantity: int, amount_minor: int) -> Line:
        named = Named(item.product_name, item.variant_name)
        return Line(named, (str(quantity), self.terms.money(amount_minor)))

    def _invoice_sums(self) -> tuple[Sum, ...]:
        order, money = self.order, self.terms.money
        sums = [Sum(self.terms.say("Goods"), money(order.subtotal_minor))]
        if order.discount_minor:
            sums.append(Sum(self.terms.say("Discount"), money(-order.discount_minor)))
        sums.append(Sum(self.terms.say("Delivery"), money(order.shipping_minor)))
        if order.tax_added_minor:
            sums.append(Sum(self.terms.say("VAT on top"), money(order.tax_added_minor)))
        sums.append(Sum(self.terms.say("Total"), money(order.total_minor), is_strong=True))
        if order.gift_card_minor:
            sums.append(Sum(self.terms.say("Paid by gift card"), money(order.gift_card_minor)))
            due = order.total_minor - order.gift_card_minor
            sums.append(Sum(self.terms.say("Paid by card"), money(due)))
        return tuple(sums)

    def _credit_sums(self, refund: RefundView) -> tuple[Sum, ...]:
        sums = [
            Sum(self.terms.say("Refunded"), self.terms.money(refund.amount_minor), is_strong=True)
        ]
        if refund.gift_card_minor:
            back = self.terms.money(refund.gift_card_minor)
            sums.append(Sum(self.terms.say("Back to the gift card"), back))
        return tuple(sums)

    def _taxed_order(self) -> list[Taxed]:
        rates = {item.id: item.tax_basis_points for item in self.order.items}
        parts = [
            Taxed(line.worth_minor, line.tax_minor, rates[line.item_id]) for line in self.paid.lines
        ]
        shipping = Taxed(
            self.paid.shipping_minor, self.paid.shipping_tax_minor, self._shipping_rate()
        )
        return [*parts, shipping] if self.paid.shipping_minor else parts

    def _taxed_refund(self, refund: RefundView) -> list[Taxed]:
        rates = {item.id: item.tax_basis_points for item in self.order.items}
        parts = [
            Taxed(line.amount_minor, line.tax_minor, rates[line.order_item_id])
            for line in refund.lines
        ]
        if not parts or refund.shipping_minor:
            whole = self.paid.shipping_minor or 1
            tax = round(self.paid.shipping_tax_minor * refund.shipping_minor / whole)
            parts.append(Taxed(refund.shipping_minor, tax, self._shipping_rate()))
        return parts

    def _shipping_rate(self) -> int:
        """Return the rate of the delivery, which goes with the goods that are worth most."""
        if self.paid.shipping_minor and not self.paid.shipping_tax_minor:
            return 0
        goods = [item for item in self.order.items if not item.is_gift_card]
        most = max(goods, key=lambda item: item.subtotal_minor, default=None)
        return most.tax_basis_points if most else 0

    def _order_facts(self) -> tuple[tuple[str, str], ...]:
        placed = self.order.placed_at.astimezone(self.site.zone).date()
        return (
            (self.terms.say("Order"), self.order.number),
            (self.terms.say("Ordered on"), self.terms.day(placed)),
        )

    def _paid_on(self) -> str:
        paid_at = self.order.paid_at or self.order.placed_at
        return self.terms.day(paid_at.astimezone(self.site.zone).date())

    def _notes(self) -> Row:
        # Multi-purpose vouchers: Directive 2006/112/EC, Article 30b.
        card = N_("The price of a gift card contains no VAT: it falls due when the card is spent.")
        cards = (self.terms.say(card),) if self.order.sold_cards_minor else ()
        return (*cards, *self._reverse_charge())

    def _reverse_charge(self) -> Row:
        if not self.order.is_reverse_charge:
            return ()
        # Article 226 (11a) of 2006/112/EC asks for these words, and for the buyer's number.
        return (self.terms.say(_REVERSE),)

    def _buyer(self, billing: BillingAddress | None, *, is_for_parcel: bool) -> Row:
        order = self.order
        place = billing or order.shipping_address
        if place is None:
            return (order.email,)
        firm = {"company": order.company, "tax_number": "" if is_for_parcel else order.vat_number}
        named = {name: value for name, value in firm.items() if value}
        return self.terms.address(BillingAddress(**(place.model_dump() | named)))

    def _sheet(
        self,
        *,
        title: str,
        number: str,
        facts: tuple[tuple[str, str], ...],
        columns: Row,
        lines: Sequence[Line],
        sums: Sequence[Sum],
        taxes: Sequence[RateSum],
        notes: Row,
        subtitle: str = "",
        is_for_parcel: bool = False,
    ) -> Sheet:
        site = self.site
        billing = None if is_for_parcel else self.order.billing_address
        return Sheet(
            language=known_locale(self.order.language).language,
            title=title,
            number=number,
            subtitle=subtitle,
            shop=site.name,
            seller=self.terms.seller(site),
            buyer_title=self.terms.say("Deliver to")
            if is_for_parcel
            else self.terms.say("Billed to"),
            buyer=self._buyer(billing, is_for_parcel=is_for_parcel),
            facts=facts,
            columns=columns,
            lines=tuple(lines),
            sums=tuple(sums),
            tax_columns=(
                self.terms.say("VAT rate"),
                self.terms.say("Net"),
                self.terms.say("VAT"),
                self.terms.say("Gross"),
            ),
            taxes=tuple(self._tax_row(one) for one in taxes),
            notes=notes,
            footer=" · ".join(part for part in (site.name, site.support_email) if part),
        )

    def _tax_row(self, one: RateSum) -> Row:
        amounts = (one.net_minor, one.tax_minor, one.gross_minor)
        return (self.terms.rate(one.basis_points), *(self.terms.money(minor) for minor in amounts))
