"""The shop of these tests."""

from tests.fakes.market import fake_stripe, market, place, relay, settings

__all__ = ["fake_stripe", "market", "place", "relay", "settings"]
