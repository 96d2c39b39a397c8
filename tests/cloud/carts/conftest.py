"""The shop of these tests, where one needs more than a cart."""

from tests.fakes.market import fake_stripe, market, place, relay, settings

__all__ = ["fake_stripe", "market", "place", "relay", "settings"]
