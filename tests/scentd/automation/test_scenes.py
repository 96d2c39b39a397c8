"""Scenes edited elsewhere: taken up, or set aside alone with the reason."""

import asyncio

from scentd.model.events import DocumentsChanged
from scentd.store.shared import keep_document


async def test_a_scene_edited_in_the_account_is_there_at_once(home) -> None:
    life = asyncio.get_running_loop().create_task(home.scenes.follow(home.bus))
    await home.clock.advance(0)
    states = [{"diffuser_id": "lamp", "power": True}]

    def work(connection) -> None:
        keep_document(connection, "scene", "calm", {"name": "Calm", "states": states})
        keep_document(connection, "scene", "odd", {"name": "Odd", "states": [{"colour": "red"}]})

    await home.database.write(work)
    home.bus.publish(DocumentsChanged(home.clock.now(), frozenset({"scene"})))
    await home.clock.advance(1)

    assert [scene.name for scene in home.scenes.all()] == ["Calm"]
    assert home.scenes.broken["odd"].field == "states[0].diffuser_id"
    life.cancel()
    await asyncio.wait([life])
