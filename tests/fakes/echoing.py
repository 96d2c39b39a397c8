"""A rule that answers, and somebody who asks: the quickest way to see that rules go on."""

from tests.fakes.mqtt_peer import Peer
from tests.fakes.waiting import eventually
from tools.json_api import JsonApi

ASK, ANSWER = "room/temperature", "room/answer"


def add_echo(hub: JsonApi) -> str:
    """Let a rule answer every reading on `ASK`; return its id."""
    rule = hub.post(
        "/api/v1/rules",
        {
            "name": "Echo",
            "trigger": {"kind": "sensor_reading", "topic": ASK},
            "actions": [{"kind": "publish", "topic": ANSWER, "payload": "heard"}],
        },
    )
    return str(rule["id"])


async def each_is_answered_once(peer: Peer, count: int = 20) -> None:
    """Say so many readings, and hear so many answers; `peer` listens to `ANSWER` and to the end.

    The last reading is followed by a question of another kind, whose answer shows that nothing
    more is on its way.
    """
    before = len(peer.payloads(ANSWER))
    for number in range(count):
        await peer.say(ASK, f"{20 + number / 10:.1f}")
    await eventually(lambda: len(peer.payloads(ANSWER)) >= before + count)
    assert len(peer.payloads(ANSWER)) == before + count
