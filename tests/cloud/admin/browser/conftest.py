"""The shop of these tests on a loopback port, for a real browser."""

from tests.cloud.storefront.browser.conftest import listener, settings, shop_url, walk

__all__ = ["listener", "settings", "shop_url", "walk"]
