"""The shop of these tests, and an order in it."""

import pytest

from tests.fakes.market import Place, fake_stripe, market, place, relay, settings

__all__ = ["fake_stripe", "market", "place", "placed", "relay", "settings"]


@pytest.fixture
async def placed(place: Place) -> int:
    """The id of a guest's order of two bottles that waits for its payment."""
    return await place(2)
