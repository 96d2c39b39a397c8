"""A promotion as the rules see it, for one basket: pure values, made from rows by `repository`."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cloud.catalogue.offers import Offer
from cloud.discounts.models import PromotionKind
from cloud.foundation.conversion import Conversion
from cloud.foundation.money import Money

# Providers that ignore dots in the part before the @.
_DOTLESS = ("gmail.com", "googlemail.com")


def normal_email(email: str) -> str:
    """Return the one form of an address's many spellings: case, "+tag", the dots of Gmail."""
    local, _, domain = email.strip().casefold().rpartition("@")
    local = local.partition("+")[0]
    if domain in _DOTLESS:
        local, domain = local.replace(".", ""), _DOTLESS[0]
    return f"{local}@{domain}"


@dataclass(frozen=True, slots=True)
class Shopper:
    """Who buys, as far as it is known: "" for an address nobody wrote yet.

    `has_ordered` tells whether they paid an order before. Nobody in particular (`ANYBODY`) gets
    only what everybody gets. `language` is the one in which promotions are named.
    """

    user_id: int | None = None
    email: str = ""
    has_ordered: bool = False
    language: str = "en"
    is_known: bool = True

    @property
    def digest(self) -> bytes | None:
        """Return the digest under which this person's uses are counted; None without address."""
        if not self.email:
            return None
        return hashlib.sha256(normal_email(self.email).encode()).digest()


ANYBODY = Shopper(is_known=False)


@dataclass(frozen=True, slots=True)
class Basket:
    """What is bought and where it goes; `currency` is that of every price.

    `main` is the shop's own currency, and `conversion` makes its amounts those of the basket's;
    None where the two are the same.
    """

    wanted: Sequence[tuple[Offer, int]]
    country: str
    currency: str
    main: str = ""
    conversion: Conversion | None = None

    @property
    def worth(self) -> Money:
        """Return what the goods cost before discounts."""
        minor = sum(offer.price.minor * quantity for offer, quantity in self.wanted)
        return Money(minor, self.currency)


@dataclass(frozen=True, slots=True)
class Terms:
    """All that decides whether a promotion counts and what it takes off, for one basket.

    `off` and `worth` are amounts in the basket's currency, None where the promotion names none;
    `is_in_currency` is False when it counts in other currencies only. `variant_ids` are the
    basket's bottles it is for, None: all. `uses` count in all, `uses_by_buyer` this shopper's.
    """

    promotion_id: int
    name: str
    kind: PromotionKind
    is_automatic: bool = False
    is_active: bool = True
    basis_points: int | None = None
    buy_units: int | None = None
    get_units: int | None = None
    most_times: int | None = None
    priority: int = 0
    is_exclusive: bool = False
    stacking_group: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_first_order: bool = False
    emails: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    off: Money | None = None
    worth: Money | None = None
    is_in_currency: bool = True
    variant_ids: frozenset[int] | None = None
    get_variant_ids: frozenset[int] | None = None
    most_uses: int | None = None
    most_uses_each: int | None = None
    uses: int = 0
    uses_by_buyer: int = 0

    @property
    def is_personal(self) -> bool:
        """Tell whether it depends on who buys."""
        return self.is_first_order or bool(self.emails) or self.most_uses_each is not None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A promotion that may count: by itself, or through a coupon with a count of its own."""

    terms: Terms
    code: str = ""
    coupon_id: int | None = None
    is_coupon_active: bool = True
    coupon_most_uses: int | None = None
    coupon_uses: int = 0
    coupon_user_id: int | None = None
    coupon_ends_at: datetime | None = None

    @property
    def key(self) -> tuple[int, int]:
        """Return what orders candidates that are equal otherwise."""
        return self.terms.promotion_id, self.coupon_id or 0
