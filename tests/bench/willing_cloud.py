"""A cloud that takes whatever a hub tells it, as a process: `python -m tests.bench.willing_cloud`.

Tells its address. It stands in for the network's other end only; what the real one makes of a
hub's words is no matter of how late the hub's loop is.
"""

import asyncio

from tests.bench.children import tell
from tests.fakes.scripted_cloud import ScriptedCloud


async def main() -> None:
    """Take everything until terminated."""
    async with ScriptedCloud().running() as cloud:
        tell(url=cloud.url)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
