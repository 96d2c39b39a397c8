"""Many rules of every kind in a hub's file before it starts, as they come from the account."""

from pathlib import Path
from typing import Any

from scentd.automation.documents import from_fields, to_fields
from scentd.clock import SystemClock
from scentd.contracts.merging import canonical
from scentd.contracts.sync import FieldV1, SharedDocumentV1, SnapshotV1
from scentd.store import arrivals
from scentd.store.database import Database

Fields = dict[str, Any]

FIRST_ANSWERING, ANSWERING = 3, 100
"""Rules that answer on a topic of their own, so that firings are spread over many rules."""


async def stock(file: Path, name: str, count: int) -> None:
    """Fill a fresh file with rules: the one that echoes on `name`/ask, then others."""
    rules = [echo(name), switch(name, on=True), switch(name, on=False)]
    rules += [answer(name, number) for number in range(ANSWERING)]
    rules = rules[: max(1, count)] + [other(name, n) for n in range(count - len(rules))]
    documents = tuple(
        SharedDocumentV1(kind="rule", key=f"rule-{number}", version=1, fields=_stamped(rule))
        for number, rule in enumerate(rules)
    )
    snapshot = SnapshotV1(version=1, server_ms=0, documents=documents)
    database = Database(file, SystemClock())
    await database.open()
    await database.write(lambda connection: arrivals.apply_snapshot(connection, snapshot))
    await database.close()


def echo(name: str) -> Fields:
    """Return the rule that is measured: it answers every reading."""
    return _rule("Echo", _reading(f"{name}/ask"), _say(f"{name}/answer"))


def switch(name: str, *, on: bool) -> Fields:
    """Return a rule that switches a diffuser when a number moves over 20, on above it."""
    trigger = _reading(f"{name}/switch", **{"above" if on else "below": 20})
    device = {"kind": "set_diffuser", "diffuser_id": f"native-{name}", "power": on}
    return _rule(f"Switch {'on' if on else 'off'}", trigger, device)


def answer(name: str, number: int) -> Fields:
    """Return one of the rules that share the firings whose writing is measured."""
    trigger = _reading(f"{name}/ask/{number}")
    return _rule(f"Answer {number}", trigger, _say(f"{name}/answer/{number}"))


def other(name: str, number: int) -> Fields:
    """Return a rule that does not fire: most on topics of their own, some on the measured one."""
    action = _say(f"{name}/other/{number}")
    match number % 10:
        case 0:
            trigger = _reading(f"{name}/ask", above=1_000 + number)
        case 1:
            trigger = _reading(f"{name}/house", path=f"rooms.{number % 50}.warmth", above=40)
        case 2:
            device = f"native-{number % 50}"
            trigger = {"kind": "device_state_change", "diffuser_id": device, "attribute": "power"}
        case 3:
            trigger = {"kind": "time_of_day", "at": f"{number // 60 % 24:02}:{number % 60:02}"}
        case _:
            trigger = _reading(f"{name}/room/{number}", above=30)
    return _rule(f"Rule {number}", trigger, action)


def _reading(topic: str, **more: object) -> Fields:
    return {"kind": "sensor_reading", "topic": topic, **more}


def _say(topic: str) -> Fields:
    return {"kind": "publish", "topic": topic, "payload": "on"}


def _rule(name: str, trigger: Fields, action: Fields) -> Fields:
    logic = {"trigger": trigger, "actions": [action]}
    return to_fields(from_fields("rule", {"name": name, "logic": logic}))


def _stamped(fields: Fields) -> dict[str, FieldV1]:
    return {
        name: FieldV1(value=canonical(value), stamp=1, node="bench")
        for name, value in fields.items()
    }
