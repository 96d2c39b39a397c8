"""A guest who buys with codes, over HTTP."""

from typing import Any

import httpx2

from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import ADDRESS


class Buying:
    """One visitor who puts bottles and codes into a cart and checks out."""

    def __init__(self, client: CloudClient, email: str = "guest@example.org") -> None:
        self.client = client
        self.email = email

    async def put(self, variant_id: int, quantity: int = 1) -> None:
        """Put bottles into the cart."""
        body = {"variant_id": variant_id, "quantity": quantity}
        answer = await self.client.post_json("/api/v1/cart/items", body)
        assert answer.status_code == 200, answer.text

    async def enter(self, code: str) -> httpx2.Response:
        """Enter a code; return the answer."""
        return await self.client.post_json("/api/v1/cart/codes", {"code": code})

    async def check_out(self, total_minor: int, **changes: Any) -> httpx2.Response:
        """Place the cart's order; return the answer."""
        form = {
            "email": self.email,
            "shipping_address": ADDRESS.model_dump(),
            "seen_total_minor": total_minor,
        }
        return await self.client.post_json("/api/v1/checkout", form | changes)
