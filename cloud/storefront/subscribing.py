"""What a form about a subscription says, in the words of the service; and its plain words."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from cloud.foundation.errors import Invalid
from cloud.foundation.money import exponent_of
from cloud.foundation.words import N_
from cloud.subscriptions.frequencies import Frequency
from cloud.subscriptions.schemas import NewSubscription, SubscriptionChange
from cloud.subscriptions.states import CycleStatus, Question, SubscriptionStatus

_S = SubscriptionStatus

FREQUENCIES: Mapping[Frequency, str] = {
    Frequency.WEEKLY: N_("Every week"),
    Frequency.BIWEEKLY: N_("Every two weeks"),
    Frequency.MONTHLY: N_("Every month"),
    Frequency.EVERY_TWO_MONTHS: N_("Every two months"),
    Frequency.QUARTERLY: N_("Every three months"),
    Frequency.EVERY_SIX_MONTHS: N_("Every six months"),
    Frequency.ANNUALLY: N_("Every year"),
}
# Words, and the kind of pill they stand in.
STATUSES: Mapping[SubscriptionStatus, tuple[str, str]] = {
    _S.ACTIVE: (N_("Running"), "good"),
    _S.PAUSED: (N_("Paused"), "warn"),
    _S.PENDING_PAYMENT: (N_("Payment needed"), "bad"),
    _S.ADMIN_SUSPENDED: (N_("Stopped by the shop"), "bad"),
    _S.EXPIRED: (N_("Ended unpaid"), ""),
    _S.CANCELLED: (N_("Cancelled"), ""),
}
QUESTIONS: Mapping[Question, str] = {
    Question.OUT_OF_STOCK: N_(
        "This product is sold out at the moment. Nothing is charged, and nothing else is sent in "
        "its place. You can wait, skip this parcel, or choose another product."
    ),
    Question.NOT_SOLD: N_(
        "This product is no longer sold. Nothing is charged, and nothing else is sent in its "
        "place. You can choose another product, or cancel."
    ),
    Question.NOT_DELIVERED: N_(
        "We cannot send this product to your address at the moment. Nothing is charged. You can "
        "choose another address or another product."
    ),
    Question.PRICE_ABOVE_LIMIT: N_(
        "The price is now above the limit that you set, so nothing is charged until you decide. "
        "You can accept the new price, choose another product, or cancel."
    ),
}
PARCELS: Mapping[CycleStatus, tuple[str, str]] = {
    CycleStatus.BILLED: (N_("Waits for its payment"), "warn"),
    CycleStatus.PAID: (N_("Paid"), "good"),
    CycleStatus.SKIPPED: (N_("Left out"), ""),
    CycleStatus.FAILED: (N_("Did not come"), "bad"),
}


class SubscriptionFormWrong(Invalid):
    """A field of a form about a subscription cannot be read."""

    code = "subscription_form_wrong"

    def __init__(self, field: str) -> None:
        super().__init__(
            N_("A field cannot be read."), hint=N_("Look at the marked field."), field=field
        )


def read_new(typed: Mapping[str, str], currency: str) -> NewSubscription:
    """Return what somebody agrees to with a form; SubscriptionFormWrong."""
    values: dict[str, Any] = {
        "variant_id": typed.get("variant_id", ""),
        "quantity": typed.get("quantity", "1"),
        "frequency": typed.get("frequency", ""),
        "seen_total_minor": typed.get("seen_total_minor", ""),
        "first_on": typed.get("first_on") or None,
        "max_total_minor": _minor(typed.get("max_total", ""), currency, "max_total"),
    }
    try:
        return NewSubscription.model_validate(values)
    except ValidationError as error:
        raise _wrong(error) from error


def read_change(typed: Mapping[str, str], currency: str) -> SubscriptionChange:
    """Return what somebody changes with a form: the fields that it has; SubscriptionFormWrong."""
    names = ("variant_id", "quantity", "frequency", "card_id", "address_id", "when_missing")
    values: dict[str, Any] = {name: typed[name] for name in names if typed.get(name)}
    for name in ("may_pull_forward_days", "may_push_back_days", "seen_total_minor"):
        if typed.get(name):
            values[name] = typed[name]
    # A form of ours always says how the subscription stood.
    values["version"] = typed.get("version", "")
    if (limit := _minor(typed.get("max_total", ""), currency, "max_total")) is not None:
        values["max_total_minor"] = limit
    try:
        return SubscriptionChange.model_validate(values)
    except ValidationError as error:
        raise _wrong(error) from error


def read_day(typed: str, field: str) -> date | None:
    """Return the day in a field, None for an empty one; SubscriptionFormWrong."""
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise SubscriptionFormWrong(field) from error


def _minor(typed: str, currency: str, field: str) -> int | None:
    if not typed.strip():
        return None
    try:
        amount = Decimal(typed.strip().replace(",", ".")).scaleb(exponent_of(currency))
        whole = int(amount)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise SubscriptionFormWrong(field) from error
    if whole != amount or not 0 <= whole < 2**53:
        raise SubscriptionFormWrong(field)
    return whole


def _wrong(error: ValidationError) -> SubscriptionFormWrong:
    location = error.errors()[0]["loc"]
    return SubscriptionFormWrong(str(location[0]) if location else "")
