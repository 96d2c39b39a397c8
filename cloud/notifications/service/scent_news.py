"""What is told about scents that people wait for. Builds news; tells nobody by itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service.telling import News
from cloud.notifications.service.writing import Writer
from cloud.wishlists.events import Fall

_K = NotificationKind


@dataclass(frozen=True, slots=True)
class Bottle:
    """A bottle on the shelves: what it is, costs (minor units) and where it is bought."""

    product_id: int
    variant_id: int
    product: str
    variant: str
    tagline: str
    minor: int
    currency: str
    link: str

    @classmethod
    def of(cls, variant_id: int, row: Any, link: str) -> "Bottle":  # noqa: ANN401 - a row
        """Return the bottle of a row of the catalogue."""
        return cls(
            product_id=row["product_id"],
            variant_id=variant_id,
            product=row["name"],
            variant=row["variant_name"],
            tagline=row["tagline"] or "",
            minor=row["minor"],
            currency=row["currency"],
            link=link,
        )

    def facts(self, writer: Writer) -> dict[str, str]:
        """Return what the texts need."""
        return {
            "product": self.product,
            "variant": self.variant,
            "price": writer.money(self.minor, self.currency),
        }


def back(bottle: Bottle, writer: Writer, at: datetime) -> News:
    """Return that a wished-for bottle is back: at most once a week, however it comes and goes."""
    week = at.isocalendar()
    key = f"back:{bottle.variant_id}:{week.year}-{week.week}"
    return _news(key, _K.BACK_IN_STOCK, bottle, bottle.facts(writer))


def back_once(bottle: Bottle, wish_id: int, writer: Writer) -> News:
    """Return the one mail that an address without an account asked for."""
    return News(
        key=f"back:asked:{wish_id}",
        kind=_K.BACK_IN_STOCK_ASKED,
        wording="BACK_IN_STOCK_ONCE",
        facts=bottle.facts(writer),
        link=bottle.link,
    )


def cheaper(bottle: Bottle, writer: Writer, fall: Fall, at: datetime) -> News:
    """Return that a wished-for bottle costs less: once a fall of its price, seen at a moment."""
    facts = bottle.facts(writer) | {"before": writer.money(fall.before_minor, bottle.currency)}
    key = f"fall:{bottle.variant_id}:{fall.number}:{at.isoformat()}"
    return _news(key, _K.PRICE_DROP, bottle, facts)


def new(bottle: Bottle, writer: Writer) -> News:
    """Return that a product is new: once a product and person, whatever its cheapest bottle."""
    facts = bottle.facts(writer) | {"tagline": bottle.tagline}
    return _news(f"new:{bottle.product_id}", _K.NEW_PRODUCT, bottle, facts)


def asked(wish_id: int, product: str, link: str) -> News:
    """Return the question whether an address's owner wants to hear."""
    kind = _K.BACK_IN_STOCK_ASKED
    return News(f"restock:{wish_id}", kind, kind.value, {"product": product}, link)


def _news(key: str, kind: NotificationKind, bottle: Bottle, facts: dict[str, str]) -> News:
    return News(key, kind, kind.value, facts, bottle.link)
