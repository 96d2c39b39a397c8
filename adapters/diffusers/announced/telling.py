"""What to send so that a device does as wished, by the notes on what it takes."""

import json
from collections.abc import Iterator

from adapters.diffusers.announced.channels import SET, Setting, setting_of
from adapters.diffusers.plugged import is_plugged
from scentd.model.commands import Wish
from scentd.model.diffuser import DeviceType, Diffuser
from scentd.ports import Publish


def command_topics_of(diffuser: Diffuser) -> tuple[str, ...]:
    """Give the topics on which it takes commands."""
    facts = (fact for name, fact in diffuser.facts.items() if name.startswith(SET))
    return tuple(dict.fromkeys(setting_of(fact).topic for fact in facts))


def messages_for(diffuser: Diffuser, wish: Wish) -> tuple[Publish, ...]:
    """Give a message for each part; the strength before what switches on, for a soft start."""
    is_open = diffuser.device_type is not DeviceType.PLUG_DIFFUSER or is_plugged(diffuser)
    run = _run(diffuser, wish) if is_open else ()
    told = [*run, *_lamp(diffuser, wish)]
    if wish.identify and (press := _setting(diffuser, "identify")) is not None:
        told.append(_said(press, press.words["press"]))
    return tuple(message for message in told if message is not None)


def _run(diffuser: Diffuser, wish: Wish) -> Iterator[Publish | None]:
    power, level = _setting(diffuser, "power"), _setting(diffuser, "level")
    if wish.power is False:
        if power is not None:
            yield _said(power, power.words["off"])
        elif level is not None and "off" in level.words:
            yield _level(diffuser, level, "off")
        return
    percent = wish.intensity_percent
    steps = diffuser.capabilities.steps
    if percent is None and wish.power and power is None and steps:
        percent = steps[len(steps) // 2]  # a strength switches on what has no switch
    if percent is not None and level is not None:
        yield _level(diffuser, level, str(diffuser.capabilities.nearest_step(percent)))
    mode = _setting(diffuser, "mode")
    if mode is not None and wish.mode is not None and wish.mode in mode.words:
        yield _said(mode, mode.words[wish.mode])
    if wish.power and power is not None:
        yield _said(power, power.words["on"])


def _level(diffuser: Diffuser, level: Setting, word: str) -> Publish | None:
    native = level.words[word]
    return _said(level, json.loads(native) if "numbers" in diffuser.facts else native)


def _lamp(diffuser: Diffuser, wish: Wish) -> Iterator[Publish | None]:
    lamp = _setting(diffuser, "lamp")
    if lamp is not None:
        yield _in_one(diffuser, wish, lamp)
        return
    light = _setting(diffuser, "light")
    if light is not None and wish.light is not None:
        yield _said(light, light.words["on" if wish.light else "off"])
    if wish.light is False:
        return
    bright, rgb = _setting(diffuser, "bright"), _setting(diffuser, "rgb")
    if bright is not None and wish.light_percent is not None:
        yield _said(bright, _native(bright, wish.light_percent))
    if rgb is not None and wish.light_rgb is not None:
        yield _said(rgb, ",".join(str(part) for part in bytes.fromhex(wish.light_rgb)))
    effect = _setting(diffuser, "effect")
    if effect is not None and wish.light_effect in diffuser.capabilities.light_effects:
        yield _said(effect, str(wish.light_effect))


def _in_one(diffuser: Diffuser, wish: Wish, lamp: Setting) -> Publish | None:
    """Give everything of a lamp in one object. Without a state in it the lamp does not react."""
    can = diffuser.capabilities
    body: dict[str, object] = {}
    if wish.light is not False:
        if wish.light_percent is not None and can.light_dims:
            body["brightness"] = _native(lamp, wish.light_percent)
        if wish.light_rgb is not None and can.light_colours:
            body["color"] = dict(zip("rgb", bytes.fromhex(wish.light_rgb), strict=True))
        if wish.light_effect in can.light_effects:
            body["effect"] = wish.light_effect
    if wish.light is None and not body:
        return None
    body = {"state": "OFF" if wish.light is False else "ON", **body}
    return Publish(lamp.topic, json.dumps(body, separators=(",", ":")).encode())


def _native(setting: Setting, percent: int) -> int:
    return max(1, round(float(setting.words["scale"]) * percent / 100))


def _setting(diffuser: Diffuser, what: str) -> Setting | None:
    fact = diffuser.facts.get(f"{SET}{what}")
    return None if fact is None else setting_of(fact)


def _said(setting: Setting, value: str | float) -> Publish | None:
    payload = setting.payload(value)
    return None if payload is None else Publish(setting.topic, payload)
