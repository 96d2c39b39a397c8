"""A shop in which somebody bought something and then wants to be forgotten."""

from tests.fakes.market import fake_stripe, market, relay, settings
from tests.fakes.refills import home

__all__ = ["fake_stripe", "home", "market", "relay", "settings"]
