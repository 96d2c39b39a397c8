"""What subscriptions refuse."""

from datetime import date

from cloud.checkout.errors import TotalChanged
from cloud.foundation.errors import Conflict, NotFound, Refused, Unavailable
from cloud.foundation.words import Phrase
from cloud.subscriptions.states import SubscriptionStatus


class SubscriptionNotFound(NotFound):
    """There is no such subscription, or it is of another member."""

    code = "subscription_not_found"

    def __init__(self) -> None:
        super().__init__(
            "There is no such subscription.", hint="Look it up in the list of your subscriptions."
        )


class SubscriptionRefused(Conflict):
    """What was asked for does not go with where the subscription stands."""

    code = "subscription_refused"

    def __init__(self, status: SubscriptionStatus) -> None:
        super().__init__(
            "The subscription cannot be changed like this now.",
            hint="Load it again to see how it stands.",
        )
        self.status = status


class SubscriptionMovedOn(Conflict):
    """It was changed since it was shown to whoever decided about it."""

    code = "subscription_moved_on"

    def __init__(self, version: int) -> None:
        super().__init__(
            "The subscription was changed meanwhile.",
            hint="Look at how it stands now, and choose again.",
        )
        self.version = version


class ParcelNotNext(Conflict):
    """The parcel that was named is not the one to come: it was charged, left out or is later."""

    code = "subscription_parcel_not_next"

    def __init__(self, next_on: date) -> None:
        super().__init__(
            Phrase("The next parcel is now that of %(day)s.", day=next_on.isoformat()),
            hint="Look at how the subscription stands, and choose again.",
        )
        self.next_on = next_on


class PaymentOpen(Conflict):
    """The last parcel waits for its payment."""

    code = "subscription_payment_open"

    def __init__(self, order_number: str) -> None:
        super().__init__(
            Phrase("Order %(number)s is not paid yet.", number=order_number),
            hint="Pay it or call it off first; or cancel the subscription.",
        )
        self.order_number = order_number


class SubscriptionBusy(Unavailable):
    """It changes at this very moment, again and again."""

    code = "subscription_busy"

    def __init__(self) -> None:
        super().__init__(
            "The subscription is being charged at this moment.",
            hint="Try again in a few seconds.",
            retry_after_s=2,
        )


class CannotSubscribe(Refused):
    """The product cannot be had like this."""

    code = "cannot_subscribe"

    def __init__(self, reason: str) -> None:
        super().__init__(
            "This product cannot be sent to this address now.",
            hint="Choose another product or another address.",
        )
        self.reason = reason


class ParcelChanged(TotalChanged):
    """A parcel would cost something else than was shown."""

    code = "parcel_changed"


class CeilingTooLow(Refused):
    """The amount above which to ask is below what a parcel costs now."""

    code = "ceiling_too_low"

    def __init__(self) -> None:
        super().__init__(
            "The limit is below what a parcel costs now.",
            hint="Choose a limit that is at least the present total.",
            field="max_total_minor",
        )


class CardNeeded(Refused):
    """There is no saved card to be charged, or the one named cannot be."""

    code = "subscription_card_needed"

    def __init__(self) -> None:
        super().__init__("A saved card is needed for this.", hint="Save a card in your account.")


class AddressNeeded(Refused):
    """There is no such address in the member's account."""

    code = "subscription_address_needed"

    def __init__(self) -> None:
        super().__init__(
            "We need an address to send the parcels to.",
            hint="Add an address to your account and choose it.",
        )


class HomeUnknown(Refused):
    """The member may not spend for that home."""

    code = "subscription_home_unknown"

    def __init__(self) -> None:
        super().__init__(
            "You cannot choose this home.",
            hint="Choose a home of which you are an owner or an adult.",
            field="household_id",
        )


class DayRefused(Refused):
    """The day lies behind, or too far ahead."""

    code = "subscription_day_refused"

    def __init__(self) -> None:
        super().__init__(
            "The day must be today or later, and within the next year.",
            hint="Choose another day.",
            field="day",
        )


class ChargedToday(Conflict):
    """A parcel was charged on this very day; a form that comes again must not charge another."""

    code = "subscription_charged_today"

    def __init__(self) -> None:
        super().__init__(
            "A parcel was charged today already.",
            hint="The next one can come tomorrow at the soonest; choose a later day.",
        )


class NothingToAnswer(Conflict):
    """Nothing is asked about this subscription, or not this."""

    code = "subscription_nothing_asked"

    def __init__(self) -> None:
        super().__init__(
            "There is nothing to be decided about this subscription.",
            hint="Load it again to see how it stands.",
        )
