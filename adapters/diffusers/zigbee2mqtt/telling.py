"""What to send so that a device does as wished, by the roles its features were given."""

import json
from collections.abc import Iterator, Mapping

from adapters.diffusers.plugged import is_plugged
from adapters.diffusers.zigbee2mqtt.roles import WORD
from scentd.model.commands import Wish
from scentd.model.diffuser import Capabilities, DeviceType, Diffuser, Mode
from scentd.ports import Publish


def messages_for(diffuser: Diffuser, wish: Wish) -> tuple[Publish, ...]:
    """Give at most one message that sets and one that asks.

    All that is set goes in one message, in which the bridge itself puts the switch first when it
    goes on and last when it goes off.
    """
    body = _body(diffuser, wish)
    told = {f"{diffuser.address}/set": json.dumps(body, separators=(",", ":"))} if body else {}
    if wish.refresh and "get" in diffuser.facts:
        told[f"{diffuser.address}/get"] = diffuser.facts["get"]
    return tuple(Publish(topic, payload.encode()) for topic, payload in told.items())


def _body(diffuser: Diffuser, wish: Wish) -> dict[str, object]:
    facts = diffuser.facts
    body: dict[str, object] = {}
    if diffuser.device_type is not DeviceType.PLUG_DIFFUSER or is_plugged(diffuser):
        # A plug is not touched before the household has said what it feeds.
        body |= _run(diffuser, wish)
        body |= dict(_timer(facts, wish))
    if wish.mode is not None and wish.mode in diffuser.capabilities.modes:
        body[facts["mode"]] = _word(facts, facts["mode"], wish.mode)
    body |= _lamp(facts, diffuser.capabilities, wish)
    if wish.identify and "identify" in facts:
        body |= json.loads(facts["identify"])
    return body


def _run(diffuser: Diffuser, wish: Wish) -> dict[str, object]:
    """Give the switch and the strength.

    Where a strength itself switches on, as with fans, only one of the two is sent: the bridge
    carries out one of such a pair and forgets the other.
    """
    facts = diffuser.facts
    level = _level(diffuser, wish)
    switch = {} if wish.power is None else _switch(facts, is_on=wish.power)
    if "level_switches" not in facts:
        return {**switch, **level}
    if wish.power is False:
        return switch
    return level or switch or _middle(diffuser, wish)


def _level(diffuser: Diffuser, wish: Wish) -> dict[str, object]:
    if wish.intensity_percent is None or "level" not in diffuser.facts:
        return {}
    return {diffuser.facts["level"]: _native(diffuser, wish.intensity_percent)}


def _middle(diffuser: Diffuser, wish: Wish) -> dict[str, object]:
    """Give the middle strength, which switches on what has no switch."""
    steps = diffuser.capabilities.steps
    if not wish.power or not steps:
        return {}
    return {diffuser.facts["level"]: _native(diffuser, steps[len(steps) // 2])}


def _switch(facts: Mapping[str, str], *, is_on: bool) -> dict[str, object]:
    if "power" in facts:
        return {facts["power"]: json.loads(facts["on"] if is_on else facts["off"])}
    return {} if is_on else {facts["level"]: json.loads(facts["level_off"])}


def _native(diffuser: Diffuser, percent: int) -> object:
    facts = diffuser.facts
    step = diffuser.capabilities.nearest_step(percent)
    number = facts.get(f"level {step}")
    return _word(facts, facts["level"], str(step)) if number is None else json.loads(number)


def _word(facts: Mapping[str, str], key: str, meaning: str | Mode) -> str:
    start = f"{WORD}{key}="
    return next(
        fact.removeprefix(start)
        for fact, means in facts.items()
        if fact.startswith(start) and means == meaning
    )


def _timer(facts: Mapping[str, str], wish: Wish) -> Iterator[tuple[str, object]]:
    """Give the device's own countdown.

    It turns the switch over when it ends, also one that is off: it goes along only with what
    switches on. Switching off ends it by itself.
    """
    if wish.timer_s is None or "timer" not in facts:
        return
    if wish.timer_s == 0 and wish.power is None:
        yield facts["timer"], 0
    if wish.timer_s > 0 and wish.power:
        count = max(1, round(wish.timer_s / int(facts["timer_unit_s"])))
        yield facts["timer"], min(count, int(facts["timer_most"]))


def _lamp(facts: Mapping[str, str], can: Capabilities, wish: Wish) -> dict[str, object]:
    body: dict[str, object] = {}
    if wish.light is not None and can.light:
        body[facts["light"]] = json.loads(facts["light_on"] if wish.light else facts["light_off"])
    if wish.light is False:
        return body  # a brightness or a colour would switch it on again
    if wish.light_percent is not None and can.light_dims:
        body[facts["bright"]] = max(
            1, round(float(facts["bright_most"]) * wish.light_percent / 100)
        )
    if wish.light_rgb is not None and can.light_colours:
        body[facts["rgb"]] = {"hex": f"#{wish.light_rgb}"}
    return body
