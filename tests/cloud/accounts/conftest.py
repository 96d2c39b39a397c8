"""What the tests of accounts share: a provider, and a shop that is known there."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from cloud.settings import CloudSettings
from tests.fakes.clock import ManualClock
from tests.fakes.oidc.server import FakeOpenId


@pytest.fixture
async def provider(clock: ManualClock) -> AsyncIterator[FakeOpenId]:
    """A provider that vouches for robin@example.org."""
    provider = FakeOpenId(clock.now)
    await provider.start()
    yield provider
    await provider.stop()


@pytest.fixture
def settings(settings: CloudSettings, provider: FakeOpenId) -> CloudSettings:
    """The settings of a shop that the provider knows."""
    return settings.model_copy(
        update={
            "google_client_id": "the-shop",
            "google_client_secret": SecretStr("secret"),
            "google_issuer": provider.issuer,
        }
    )
