"""The shop on a loopback port, known to a provider, for a real browser."""

from tests.cloud.storefront.browser.conftest import listener, settings, shop_url

__all__ = ["listener", "settings", "shop_url"]
