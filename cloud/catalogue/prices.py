"""What a bottle costs in another currency. Pure; the database's `variants_in` says the same."""

from typing import Protocol

from cloud.foundation.conversion import Conversion


class PriceEntry(Protocol):
    """Prices of one currency as staff entered them."""

    @property
    def price_minor(self) -> int:
        """Return the regular price in minor units."""

    @property
    def sale_price_minor(self) -> int | None:
        """Return the price while a sale holds; None: no sale in this currency."""


def prices_in(
    conversion: Conversion,
    price_minor: int,
    sale_price_minor: int | None,
    entry: PriceEntry | None = None,
) -> tuple[int, int | None]:
    """Return regular and sale price in another currency, from those in a bottle's own.

    What staff entered wins, both prices together; else both are converted. A sale is one only
    where the bottle's own price has one, and where rounding leaves it cheaper.
    """
    if sale_price_minor is None:
        return (entry.price_minor if entry else conversion.minor(price_minor)), None
    if entry is not None:
        return entry.price_minor, entry.sale_price_minor
    price = conversion.minor(price_minor)
    sale = conversion.minor(sale_price_minor)
    return price, sale if sale < price else None
