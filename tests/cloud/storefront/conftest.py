"""The whole shop with the demo catalogue on its shelves, and a payment provider."""

from tests.fakes.market import fake_stripe, place, relay, settings
from tests.fakes.open_shop import clock, database_url, market, open_shop

__all__ = [
    "clock",
    "database_url",
    "fake_stripe",
    "market",
    "open_shop",
    "place",
    "relay",
    "settings",
]
