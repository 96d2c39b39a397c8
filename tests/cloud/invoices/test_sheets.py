"""What stands on sheets, and that they can be drawn whatever people are called."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.invoices.sheets import draw
from cloud.invoices.taxes import Taxed, by_rate
from cloud.invoices.writing import Stamp, Writer
from cloud.orders.schemas import BillingAddress, ItemView, OrderView, PostalAddress
from cloud.orders.standing import FulfilmentStanding, PaymentStanding
from cloud.orders.status import OrderSource, OrderStatus
from cloud.refunds.schemas import RefundLineView, RefundView
from cloud.refunds.shares import Paid, PaidLine
from cloud.site.schemas import Site, StoreAddress

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
TODAY = date(2026, 11, 28)
HOME = {
    "recipient": "Ada Example",
    "line1": "Lindenweg 7",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
}


def site(**changed: Any) -> Site:
    return Site(
        **{
            "version": 1,
            "name": "The Scent",
            "primary_colour": "#000000",
            "secondary_colour": "#000000",
            "accent_colour": "#000000",
            "currency": "EUR",
            "languages": ("en",),
            "time_zone": "Europe/Berlin",
            "support_email": "help@scent.test",
            "prices_include_tax": True,
            "store_address": StoreAddress(
                company="Scent GmbH",
                line1="Hafenstraße 1",
                postcode="20457",
                city="Hamburg",
                tax_number="DE123456789",
            ),
            "shipping_methods": (),
            "tax_rates": (),
            **changed,
        }
    )


def item(item_id: int, name: str, price: int, *, tax: int, rate: int = 1900) -> ItemView:
    return ItemView(
        id=item_id,
        variant_id=item_id,
        sku=f"SKU-{item_id}",
        product_name=name,
        variant_name="50 ml",
        quantity=2,
        shipped_quantity=0,
        unit_price_minor=price,
        subtotal_minor=price * 2,
        discount_minor=100,
        tax_minor=tax,
        tax_basis_points=rate,
        image_url=None,
    )


def order(language: str = "en", currency: str = "EUR", **changed: Any) -> OrderView:
    return OrderView(
        **{
            "id": 1,
            "number": "SC-100001",
            "status": OrderStatus.PAID,
            "source": OrderSource.SHOP,
            "email": "ada@example.org",
            "customer_name": "Ada Example",
            "total_minor": 10_290,
            "currency": currency,
            "item_count": 4,
            "first_item": "Cedar",
            "tags": [],
            "payment_status": PaymentStanding.PAID,
            "fulfilment_status": FulfilmentStanding.UNSENT,
            "is_test": False,
            "placed_at": NOON,
            "arrives_on": None,
            "subtotal_minor": 10_000,
            "shipping_minor": 490,
            "discount_minor": 200,
            "shipping_discount_minor": 0,
            "gift_card_minor": 1_000,
            "discounts": [],
            "tax_minor": 1_155,
            "tax_added_minor": 0,
            "refunded_minor": 0,
            "shipping_method": "standard",
            "shipping_address": PostalAddress(**HOME),
            "billing_address": None,
            "company": "",
            "vat_number": "",
            "vat_confirmed_at": None,
            "is_reverse_charge": False,
            "note": "",
            "language": language,
            "user_id": None,
            "reorder_id": None,
            "paid_at": NOON,
            "delivered_at": None,
            "cancel_reason": None,
            "pay_until": NOON,
            "items": [
                item(1, "Cedar", 3_000, tax=942),
                item(2, "Book of scents", 2_000, tax=135, rate=700),
            ],
            "history": [],
            "shipments": [],
            "can_cancel": True,
            "can_ship": True,
            "can_refund": True,
            **changed,
        }
    )


PAID = Paid(
    total_minor=10_290,
    tax_minor=1_155,
    lines=(PaidLine(1, 2, 5_900, 942), PaidLine(2, 2, 3_900, 135)),
    shipping_minor=490,
    shipping_tax_minor=78,
    gift_card_minor=1_000,
)
STAMP = Stamp("INV2026-00001", TODAY)
REFUND = RefundView(
    id=7,
    stage="succeeded",
    amount_minor=3_440,
    currency="EUR",
    reason="",
    is_excess=False,
    lines=[RefundLineView(order_item_id=1, quantity=1, amount_minor=2_950, tax_minor=471)],
    shipping_minor=490,
    gift_card_minor=334,
    tax_minor=549,
    restock={},
    created_at=NOON,
    settled_at=NOON,
)


def test_an_invoice_states_tax_by_rate_and_adds_up() -> None:
    sheet = Writer(site(), order(), PAID).invoice(STAMP)

    assert sheet.taxes == (
        ("19%", "€53.70", "€10.20", "€63.90"),
        ("7%", "€37.65", "€1.35", "€39.00"),
    )
    assert [(one.label, one.amount) for one in sheet.sums] == [
        ("Goods", "€100.00"),
        ("Discount", "-€2.00"),
        ("Delivery", "€4.90"),
        ("Total", "€102.90"),
        ("Paid by gift card", "€10.00"),
        ("Paid by card", "€92.90"),
    ]
    assert sheet.seller[-1] == "VAT number DE123456789"
    assert dict(sheet.facts)["Invoice date"] == "November 28, 2026"


@pytest.mark.parametrize(
    ("language", "currency", "total"),
    [
        ("de", "EUR", "102,90\N{NO-BREAK SPACE}€"),
        ("es", "KWD", "10,290\N{NO-BREAK SPACE}KWD"),
        ("en", "JPY", "¥10,290"),
    ],
)
def test_amounts_and_days_are_written_as_the_buyer_reads_them(
    language: str, currency: str, total: str
) -> None:
    sheet = Writer(site(), order(language, currency), PAID).invoice(STAMP)

    assert next(one.amount for one in sheet.sums if one.is_strong) == total
    assert sheet.language == language


def test_a_credit_note_names_the_invoice_and_what_went_back() -> None:
    sheet = Writer(site(), order(), PAID).credit_note(STAMP, REFUND, "INV2026-00001")

    assert sheet.subtitle == "Refund of invoice INV2026-00001"
    assert [(line.named.name, line.cells) for line in sheet.lines] == [
        ("Cedar", ("1", "€29.50")),
        ("Delivery", ("", "€4.90")),
    ]
    assert sheet.taxes == (("19%", "€28.91", "€5.49", "€34.40"),)


def test_a_packing_slip_has_no_price() -> None:
    sheet = Writer(site(), order(note="Ring twice"), PAID).packing_slip(TODAY, {1: 2})

    assert [(line.named.name, line.cells) for line in sheet.lines] == [("Cedar", ("SKU-1", "2"))]
    assert "€" not in str(sheet)
    assert sheet.notes == ("Ring twice",)


def test_reverse_charge_is_noted_only_when_the_order_was_placed_so() -> None:
    firm = BillingAddress(**HOME | {"country": "FR"}, company="Ada SARL", tax_number="FR1")
    so = order(billing_address=firm, tax_minor=0, is_reverse_charge=True)

    assert "Reverse charge" in "".join(Writer(site(), so, PAID).invoice(STAMP).notes)
    assert Writer(site(), order(billing_address=firm, tax_minor=0), PAID).invoice(STAMP).notes == ()


def test_a_sheet_is_drawn_the_same_twice_and_no_name_is_a_program() -> None:
    rude = PostalAddress(**HOME | {"recipient": '#panic("x") *a* $b$ @c <d> \\ `e` [f'})
    sheet = Writer(site(), order(shipping_address=rude), PAID).invoice(STAMP).as_json()

    first = draw(sheet, NOON)

    assert first.startswith(b"%PDF-")
    assert draw(sheet, NOON) == first


def test_a_long_order_takes_pages() -> None:
    many = [item(n, f"Scent {n}", 1_000, tax=0) for n in range(1, 80)]
    paid = Paid(0, 0, tuple(PaidLine(n, 2, 0, 0) for n in range(1, 80)), 0, 0)

    drawn = draw(Writer(site(), order(items=many), paid).invoice(STAMP).as_json(), NOON)

    found = re.search(rb"/Type/Pages/Count (\d+)", drawn)
    assert found
    assert int(found[1]) > 1


PARTS = st.builds(
    lambda gross, share, rate: Taxed(gross, gross * share // 10, rate),
    st.integers(0, 10_000),
    st.integers(0, 3),
    st.sampled_from((0, 700, 1900)),
)


@given(st.lists(PARTS, max_size=8), st.integers(0, 50_000), st.integers(0, 5_000))
def test_rates_together_are_the_whole_amount(parts: list[Taxed], gross: int, tax: int) -> None:
    rates = by_rate(parts, gross, tax)

    assert sum(one.gross_minor for one in rates) == gross
    assert sum(one.tax_minor for one in rates) == tax


def test_a_firm_that_accounts_for_the_tax_is_named_with_its_number() -> None:
    bought = order(company="Ada SARL", vat_number="FR40303265045", is_reverse_charge=True)

    sheet = Writer(site(), bought, PAID).invoice(STAMP)

    assert {"Ada SARL", "VAT number FR40303265045"} <= set(sheet.buyer)
    assert "Reverse charge" in "".join(sheet.notes)


def test_the_sheet_in_the_parcel_names_the_firm_without_its_number() -> None:
    bought = order(company="Ada SARL", vat_number="FR40303265045")

    sheet = Writer(site(), bought, PAID).packing_slip(STAMP.on, {bought.items[0].id: 1})

    assert "Ada SARL" in sheet.buyer
    assert "FR40303265045" not in "".join(sheet.buyer)
