"""The shop whose staff prepare orders."""

from tests.fakes.market import fake_stripe, market, relay, settings

__all__ = ["fake_stripe", "market", "relay", "settings"]
