"""Drafts of orders as staff see them: the list, the form, and what is typed in it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Text, cast, select

from cloud.admin.desk import parsed
from cloud.admin.forms import Field, Form, FormWrong, Kind
from cloud.admin.listing import Choice, Column, Listing
from cloud.drafts.models import Draft
from cloud.drafts.states import LIVING, DraftState
from cloud.foundation.words import N_, Phrase
from cloud.orders.models import Order
from cloud.orders.schemas import PostalAddress

# The words of a state, and the colour of its pill.
STATES: Final[Mapping[str, tuple[str, str]]] = {
    DraftState.OPEN: (N_("Being prepared"), "warn"),
    DraftState.SENT: (N_("With the customer"), "info"),
    DraftState.ORDERED: (N_("Ordered"), "good"),
    DraftState.CANCELLED: (N_("Cancelled"), "bad"),
    DraftState.EXPIRED: (N_("Time is over"), ""),
}
ADDRESS: Final = tuple(PostalAddress.model_fields)

_EMAIL = cast(Draft.email, Text)
_RECIPIENT = Draft.address["recipient"].astext

DRAFTS = Listing(
    "drafts",
    select(
        Draft.id,
        Draft.number,
        _EMAIL.label("email"),
        _RECIPIENT.label("recipient"),
        cast(Draft.state, Text).label("state"),
        Draft.offered_minor,
        Draft.currency,
        Draft.created_at,
        Draft.expires_at,
        Order.number.label("order_number"),
    ).outerjoin(Order, Order.id == Draft.order_id),
    Draft.id,
    (
        Column("number", N_("Draft"), Draft.id, link="/admin/drafts/{number}"),
        Column("email", N_("E-mail"), _EMAIL),
        Column("recipient", N_("Name"), _RECIPIENT),
        Column("state", N_("State"), Draft.state),
        Column("offered_minor", N_("Sent at a total of"), money="currency"),
        Column("created_at", N_("Written"), Draft.created_at),
        Column("expires_at", N_("Ends"), Draft.expires_at),
        Column("order_number", N_("Order"), link="/admin/orders/{order_number}"),
    ),
    order="-number",
    searched=(Draft.number, _EMAIL, _RECIPIENT),
    choices=(
        Choice(
            "state",
            N_("State"),
            {
                "open": (
                    N_("Being prepared"),
                    lambda now: (Draft.state == DraftState.OPEN) & (Draft.expires_at > now),
                ),
                "sent": (
                    N_("With the customer"),
                    lambda now: (Draft.state == DraftState.SENT) & (Draft.expires_at > now),
                ),
                "ordered": (N_("Ordered"), lambda _now: Draft.state == DraftState.ORDERED),
                "cancelled": (N_("Cancelled"), lambda _now: Draft.state == DraftState.CANCELLED),
                "expired": (
                    N_("Time is over"),
                    lambda now: (
                        (Draft.state == DraftState.EXPIRED)
                        | (Draft.state.in_(LIVING) & (Draft.expires_at <= now))
                    ),
                ),
            },
        ),
    ),
)


def draft_form(languages: Sequence[tuple[str, str]], methods: Sequence[tuple[str, str]]) -> Form:
    """Return the form of a draft, for a shop's languages and ways of delivery."""
    return Form(
        (
            Field(
                "email",
                N_("E-mail address"),
                attributes={"maxlength": "254", "inputmode": "email", "autocomplete": "off"},
            ),
            Field(
                "language",
                N_("Language of the mail"),
                Kind.CHOICE,
                hint=N_("Whoever has an account is mailed in its language."),
                options=languages,
            ),
            Field(
                "bottles",
                N_("Bottles"),
                Kind.AREA,
                hint=N_("One kind a line: its SKU, a blank, how many. CEDBER-50 2"),
                attributes={"maxlength": "4000", "rows": "5"},
            ),
            Field(
                "discount_minor",
                N_("Discount off the goods"),
                Kind.MONEY,
                required=False,
                empty=0,
                attributes={"inputmode": "decimal"},
            ),
            Field(
                "discount_reason",
                N_("Reason of the discount"),
                hint=N_("The customer reads it, and it stands on the invoice."),
                required=False,
                empty="",
                attributes={"maxlength": "120"},
            ),
            Field(
                "method",
                N_("Delivery"),
                Kind.CHOICE,
                required=False,
                options=(("", N_("the cheapest")), *methods),
            ),
            Field("recipient", N_("Name"), attributes={"maxlength": "120"}),
            Field("line1", N_("Street and number"), attributes={"maxlength": "200"}),
            Field("line2", N_("More about the place"), required=False, empty=""),
            Field("postcode", N_("Postcode"), attributes={"maxlength": "20"}),
            Field("city", N_("City"), attributes={"maxlength": "120"}),
            Field("region", N_("Region"), required=False, empty=""),
            Field("country", N_("Country, two letters"), attributes={"maxlength": "2"}),
            Field("phone", N_("Phone"), required=False, empty="", attributes={"maxlength": "40"}),
            Field("note", N_("Note of the customer"), Kind.AREA, required=False, empty=""),
            Field(
                "keep_days",
                N_("Days to pay it, 1 to 30"),
                Kind.NUMBER,
                hint=N_("Counted from the day it is sent."),
                attributes={"maxlength": "2", "inputmode": "numeric"},
            ),
        )
    )


def draft_wish(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a service's input from the form's values; FormWrong for lines or a place amiss."""
    apart = {*ADDRESS, "bottles"}
    rest = {name: value for name, value in values.items() if name not in apart}
    return {
        **rest,
        "bottles": read_bottles(values["bottles"]),
        "address": parsed(PostalAddress, {name: values[name] for name in ADDRESS}),
    }


def flat_draft(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form's values of what a draft says."""
    lines = "\n".join(f"{sku} {quantity}" for sku, quantity in said["bottles"].items())
    return {**said, **said["address"], "bottles": lines}


def read_bottles(text: str) -> dict[str, int]:
    """Return how many bottles of which SKU some lines ask for; FormWrong with the line at fault."""
    bottles: dict[str, int] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        sku, _, typed = line.strip().rpartition(" ")
        sku, typed = (sku, typed) if sku else (typed, "1")
        if not (typed.isascii() and typed.isdigit() and len(typed) < 3 and int(typed)):
            problem = Phrase(
                "This line says no number of bottles: %(line)s", line=line.strip()[:80]
            )
            raise FormWrong({"bottles": problem})
        sku = sku.strip().upper()
        bottles[sku] = min(99, bottles.get(sku, 0) + int(typed))
    return bottles
