"""Going to the provider and back, as a browser does, one hop at a time."""

import httpx2

from tests.fakes.cloud_client import CloudClient


async def go(client: CloudClient, begun: httpx2.Response) -> str:
    """Follow our redirect to the provider, and return the path that it sends the browser to."""
    async with httpx2.AsyncClient() as outside:
        there = await outside.get(begun.headers["location"])
    back = httpx2.URL(there.headers["location"])
    return back.raw_path.decode()


async def come_in(client: CloudClient, onward: str = "") -> httpx2.Response:
    """Sign in by the provider and return our answer to the way back."""
    begun = await client.get("/sign-in/google", params={"next": onward})
    return await client.get(await go(client, begun), headers={"accept": "text/html"})
