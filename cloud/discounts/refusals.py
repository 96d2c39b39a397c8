"""Why a code does not count: a stable reason, the facts, and the words for a person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cloud.foundation.locale import format_date, format_money
from cloud.foundation.money import Money
from cloud.foundation.words import N_, say


class Why(StrEnum):
    """The reasons, as programs read them."""

    SWITCHED_OFF = "switched_off"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    OTHER_CURRENCY = "other_currency"
    OTHER_COUNTRY = "other_country"
    MINIMUM = "minimum_not_reached"
    OTHER_GOODS = "not_for_these_goods"
    FIRST_ORDER = "first_order_only"
    NOT_FOR_YOU = "not_for_you"
    OTHER_MEMBER = "another_members"
    USED_UP = "used_up"
    ONCE_EACH = "used_by_you"
    DOES_NOT_COMBINE = "does_not_combine"
    SAVES_NOTHING = "saves_nothing"
    EMPTY = "card_is_empty"
    BLOCKED = "card_is_blocked"
    NOT_NEEDED = "card_is_not_needed"


_WORDS = {
    Why.SWITCHED_OFF: N_("This code does not count any more."),
    Why.NOT_YET: N_("This code counts from %(day)s on."),
    Why.EXPIRED: N_("This code has expired."),
    Why.OTHER_CURRENCY: N_("This code is for purchases in another currency."),
    Why.OTHER_COUNTRY: N_("This code does not count for deliveries to this country."),
    Why.MINIMUM: N_("This code counts from %(amount)s on."),
    Why.OTHER_GOODS: N_("This code is not for what is in your cart."),
    Why.FIRST_ORDER: N_("This code is for a first order."),
    Why.NOT_FOR_YOU: N_("This code is meant for another e-mail address."),
    Why.OTHER_MEMBER: N_("This code belongs to one member: sign in as who has it."),
    Why.USED_UP: N_("This code has been used up."),
    Why.ONCE_EACH: N_("You have used this code already."),
    Why.DOES_NOT_COMBINE: N_("This code does not go together with “%(other)s”."),
    Why.SAVES_NOTHING: N_("This code would save nothing here; it is not used up."),
    Why.EMPTY: N_("There is nothing left on this gift card."),
    Why.BLOCKED: N_("This gift card is blocked."),
    Why.NOT_NEEDED: N_("The order is paid without this gift card."),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an entered coupon or gift card does not count on a purchase.

    `amount` is the smallest worth of goods (MINIMUM), `at` when it begins (NOT_YET), `other` the
    name of the promotion it does not go with.
    """

    code: str
    why: Why
    amount: Money | None = None
    at: datetime | None = None
    other: str = ""

    def words(self, language: str) -> str:
        """Return the reason for a person."""
        return say(
            language,
            _WORDS[self.why],
            day=format_date(self.at.date(), language) if self.at else "",
            amount=format_money(self.amount, language) if self.amount else "",
            other=self.other,
        )
