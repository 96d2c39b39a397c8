"""Suppliers and purchase orders as staff see them: lists, fields, and what is typed in them."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, cast, select

from cloud.admin.desk import parsed
from cloud.admin.forms import Field, Form, FormWrong, Kind
from cloud.admin.listing import Choice, Column, Listing
from cloud.foundation.money import Money
from cloud.foundation.words import N_
from cloud.inventory.purchase_models import PurchaseOrder, Supplier
from cloud.inventory.purchase_schemas import SupplierAddress
from cloud.inventory.purchase_states import PurchaseState

# The words of a state, and the colour of its pill.
STATES: Final[Mapping[PurchaseState, tuple[str, str]]] = {
    PurchaseState.DRAFT: (N_("Draft"), ""),
    PurchaseState.PENDING: (N_("Sent to the supplier"), "warn"),
    PurchaseState.CONFIRMED: (N_("Confirmed"), "warn"),
    PurchaseState.SHIPPED: (N_("On its way"), "warn"),
    PurchaseState.PARTIALLY_RECEIVED: (N_("A part is here"), "warn"),
    PurchaseState.RECEIVED: (N_("All is here"), "good"),
    PurchaseState.CANCELLED: (N_("Cancelled"), "bad"),
    PurchaseState.CLOSED: (N_("Closed"), ""),
}
# What the buttons say that move an order there.
MOVES: Final[Mapping[PurchaseState, str]] = {
    PurchaseState.DRAFT: N_("Take back to draft"),
    PurchaseState.PENDING: N_("It is sent to the supplier"),
    PurchaseState.CONFIRMED: N_("The supplier confirmed it"),
    PurchaseState.SHIPPED: N_("It is on its way"),
    PurchaseState.CANCELLED: N_("Cancel the order"),
    PurchaseState.CLOSED: N_("Close the order"),
}

_AWAITED = (
    PurchaseState.PENDING,
    PurchaseState.CONFIRMED,
    PurchaseState.SHIPPED,
    PurchaseState.PARTIALLY_RECEIVED,
)
_NAME = cast(Supplier.name, Text)
_EMAIL = cast(Supplier.email, Text)
_STATE = cast(PurchaseOrder.state, Text)

SUPPLIERS = Listing(
    "suppliers",
    select(
        Supplier.id,
        _NAME.label("name"),
        _EMAIL.label("email"),
        Supplier.contact_name,
        Supplier.phone,
        Supplier.is_active,
    ),
    Supplier.id,
    (
        Column("name", N_("Supplier"), _NAME, link="/admin/suppliers/{id}"),
        Column("email", N_("E-mail"), _EMAIL),
        Column("contact_name", N_("Contact"), Supplier.contact_name),
        Column("phone", N_("Phone")),
        Column("is_active", N_("Delivers to us"), Supplier.is_active),
    ),
    order="name",
    searched=(_NAME, _EMAIL, Supplier.contact_name),
)


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a purchase order should be here by now and is not."""
    return PurchaseOrder.state.in_(_AWAITED) & (PurchaseOrder.expected_at < now)


PURCHASES = Listing(
    "purchase-orders",
    select(
        PurchaseOrder.id,
        PurchaseOrder.number,
        _NAME.label("supplier"),
        _STATE.label("state"),
        PurchaseOrder.created_at,
        PurchaseOrder.expected_at,
        PurchaseOrder.total_minor,
        PurchaseOrder.currency,
    ).join(Supplier, Supplier.id == PurchaseOrder.supplier_id),
    PurchaseOrder.id,
    (
        Column("number", N_("Order"), PurchaseOrder.id, link="/admin/purchase-orders/{id}"),
        Column("supplier", N_("Supplier"), _NAME),
        Column("state", N_("State"), _STATE),
        Column("created_at", N_("Written"), PurchaseOrder.created_at),
        Column("expected_at", N_("Expected")),
        Column("total_minor", N_("Total"), PurchaseOrder.total_minor, money="currency"),
    ),
    order="-number",
    searched=(PurchaseOrder.number, _NAME),
    choices=(
        Choice(
            "state",
            N_("State"),
            {
                "late": (N_("Overdue"), is_overdue),
                **{
                    state.value: (words, lambda _now, state=state: PurchaseOrder.state == state)  # type: ignore[misc]  # a default binds the loop's state
                    for state, (words, _pill) in STATES.items()
                },
            },
        ),
    ),
)

_ADDRESS = ("line1", "line2", "postcode", "city", "region", "country")
SUPPLIER_FORM = Form(
    (
        Field("name", N_("Name"), attributes={"maxlength": "200"}),
        Field("email", N_("E-mail"), attributes={"maxlength": "254", "inputmode": "email"}),
        Field("contact_name", N_("Contact"), required=False, empty=""),
        Field("phone", N_("Phone"), required=False, empty="", attributes={"maxlength": "40"}),
        Field("line1", N_("Street and number")),
        Field("line2", N_("Further line of the address"), required=False, empty=""),
        Field("postcode", N_("Postcode"), required=False, empty=""),
        Field("city", N_("City")),
        Field("region", N_("Region"), required=False, empty=""),
        Field(
            "country",
            N_("Country"),
            hint=N_("Two letters, like FR."),
            attributes={"maxlength": "2", "pattern": "[A-Z]{2}"},
        ),
        Field("notes", N_("Notes"), Kind.AREA, required=False, empty=""),
        Field("is_active", N_("Delivers to us"), Kind.FLAG),
    )
)


def flat_supplier(supplier: Mapping[str, Any]) -> dict[str, Any]:
    """Return a supplier's values with the address beside the rest, as the form has them."""
    return {**supplier, **supplier["address"]}


def supplier_wish(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the service takes for the form's values; raises FormWrong for the address."""
    address = parsed(SupplierAddress, {name: values[name] for name in _ADDRESS}).model_dump()
    rest = {name: value for name, value in values.items() if name not in _ADDRESS}
    return {**rest, "address": address}


def purchase_form(suppliers: Sequence[tuple[str, str]], depots: Sequence[tuple[str, str]]) -> Form:
    """Return the form of a draft; (id, name) of whom to order from and where it can go."""
    return Form(
        (
            Field("supplier_id", N_("Supplier"), Kind.CHOICE, options=suppliers),
            Field("location_id", N_("Delivered to"), Kind.CHOICE, options=depots),
            Field("expected_at", N_("Expected"), Kind.MOMENT, required=False),
            Field("shipping_minor", N_("What the delivery costs"), Kind.MONEY, empty=0),
            Field(
                "lines",
                N_("Bottles"),
                Kind.AREA,
                hint=N_(
                    "A line each: SKU, how many, and what one costs, if you know it. "
                    "CEDBER-50 24 13.00"
                ),
                attributes={"rows": "8", "spellcheck": "false"},
            ),
            Field("notes", N_("Notes"), Kind.AREA, required=False, empty=""),
        )
    )


_LINE = re.compile(r"(\S+)\s+([0-9]{1,7})(?:\s+([0-9]{1,9}(?:[.,][0-9]{1,3})?))?")


def read_lines(typed: str, currency: str) -> list[tuple[str, int, int]]:
    """Return (SKU, how many, minor units each) for every line typed; raises FormWrong.

    A line without a cost has one of 0: not known.
    """
    found = []
    for line in filter(None, (line.strip() for line in typed.splitlines())):
        match = _LINE.fullmatch(line)
        if match is None:
            raise FormWrong(
                {"lines": N_("Each line needs a SKU and a number; an amount may follow.")}
            )
        try:
            cost = (match[3] or "0").replace(",", ".")
            cost_minor = Money.parse(cost, currency).minor
        except ValueError:
            raise FormWrong({"lines": N_("The currency has fewer decimals than that.")}) from None
        found.append((match[1].upper(), int(match[2]), cost_minor))
    return found
