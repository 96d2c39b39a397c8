"""The ways a parcel can go, and what each of them costs. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cloud.foundation.money import Money
from cloud.pricing.errors import NotDelivered, TooHeavy, UnknownShippingMethod
from cloud.site.schemas import ShippingMethod, Site


@dataclass(frozen=True, slots=True)
class DeliveryWindow:
    """How long a parcel takes: half arrive within `p50_days`, nine of ten within `p90_days`.

    Calendar days from the moment of payment to the door; paid at `cut_off_hour` or later (by the
    clock of the shop's zone), it takes one day more.
    """

    p50_days: int
    p90_days: int
    cut_off_hour: int | None = None

    def expected_on(self, paid_at: datetime, zone: ZoneInfo) -> date:
        """Return the day by which half of such parcels arrive, in a time zone."""
        return self._after(paid_at.astimezone(zone), self.p50_days)

    def latest_on(self, paid_at: datetime, zone: ZoneInfo) -> date:
        """Return the day by which nine of ten such parcels arrive, in a time zone."""
        return self._after(paid_at.astimezone(zone), self.p90_days)

    def _after(self, paid_at: datetime, days: int) -> date:
        is_late = self.cut_off_hour is not None and paid_at.hour >= self.cut_off_hour
        return (paid_at + timedelta(days=days + is_late)).date()


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """One way to deliver a parcel: `code` is stable and kept by orders."""

    code: str
    name: str
    price: Money
    delivery: DeliveryWindow


def nothing_to_deliver(currency: str) -> ShippingOption:
    """Return what stands for the delivery of a purchase that fills no parcel; its code is ""."""
    return ShippingOption("", "", Money.zero(currency), DeliveryWindow(0, 0))


def shipping_options(
    site: Site, country: str, subtotal: Money, weight_g: int, postcode: str = ""
) -> tuple[ShippingOption, ...]:
    """Return the ways to deliver a parcel, cheapest first, of equals the quickest.

    `subtotal` is what the goods cost before discounts; `postcode` "" is not known yet. Raises
    NotDelivered when nothing goes to the country or the postcode, TooHeavy when nothing carries
    the parcel.
    """
    methods = site.shipping_to(country, postcode)
    if not methods:
        raise NotDelivered(country)
    options = [
        ShippingOption(
            code=method.code,
            name=method.name,
            price=Money(minor, site.currency),
            delivery=DeliveryWindow(method.p50_days, method.p90_days, method.cut_off_hour),
        )
        for method in methods
        if (minor := _delivery_minor(method, subtotal, weight_g)) is not None
    ]
    if not options:
        raise TooHeavy(weight_g, country)
    return tuple(sorted(options, key=lambda one: (one.price, one.delivery.p90_days)))


def choose(options: Sequence[ShippingOption], method: str | None) -> ShippingOption:
    """Return the way with a code, the first for None; raises UnknownShippingMethod."""
    if method is None:
        return options[0]
    for option in options:
        if option.code == method:
            return option
    raise UnknownShippingMethod(method)


def _delivery_minor(method: ShippingMethod, subtotal: Money, weight_g: int) -> int | None:
    step = next((step for step in method.steps if weight_g <= step.up_to_g), None)
    if step is None:
        return None
    is_free = method.free_from_minor is not None and subtotal.minor >= method.free_from_minor
    return 0 if is_free else step.price_minor
