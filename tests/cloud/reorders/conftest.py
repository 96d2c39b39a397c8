"""The shop and the home of these tests."""

from tests.fakes.market import fake_stripe, market, place, relay, settings
from tests.fakes.parcels import club
from tests.fakes.refills import home

__all__ = ["club", "fake_stripe", "home", "market", "place", "relay", "settings"]
