"""A shop that may call receivers on this machine."""

import pytest

from cloud.settings import CloudSettings
from tests.fakes.hook_receiver import receiving
from tests.fakes.market import fake_stripe, market, place, relay
from tests.fakes.stripe.server import API_KEY, WEBHOOK_SECRET

__all__ = ["fake_stripe", "market", "place", "relay"]


@pytest.fixture
def settings(settings, fake_stripe) -> CloudSettings:
    """The application's settings, with receivers on loopback allowed."""
    return CloudSettings(
        **{
            **settings.model_dump(),
            "stripe_secret_key": API_KEY,
            "stripe_webhook_secret": WEBHOOK_SECRET,
            "stripe_api_base": fake_stripe.base_url,
            "webhook_private_hosts": True,
        }
    )


@pytest.fixture
async def receiver():
    """Another program."""
    async with receiving() as receiver:
        yield receiver
