"""What to set so that a Homie device does as wished; each value by a message of its own."""

from collections.abc import Iterator

from adapters.diffusers.homie.roles import WORD
from adapters.diffusers.homie.values import colour, duration
from adapters.diffusers.plugged import is_plugged
from scentd.model.commands import Wish
from scentd.model.diffuser import DeviceType, Diffuser
from scentd.ports import Publish

_QOS = 1
"""The convention's: a value that is set twice is set once."""


def messages_for(diffuser: Diffuser, wish: Wish) -> tuple[Publish, ...]:
    """Give a message for each part; the strength before what switches on, for a soft start."""
    is_open = diffuser.device_type is not DeviceType.PLUG_DIFFUSER or is_plugged(diffuser)
    run = tuple(_run(diffuser, wish)) if is_open else ()
    told = [(path, text, _QOS) for path, text in (*run, *_lamp(diffuser, wish))]
    if wish.identify and "identify" in diffuser.facts:
        # What is not retained says that something happens: it must not come late, nor twice.
        told.append(
            (diffuser.facts["identify"], "true", int(diffuser.facts.get("identify_qos", "0")))
        )
    return tuple(
        Publish(f"{diffuser.address}/{path}/set", text.encode(), qos) for path, text, qos in told
    )


def _run(diffuser: Diffuser, wish: Wish) -> Iterator[tuple[str, str]]:
    facts, can = diffuser.facts, diffuser.capabilities
    if wish.power is False:
        yield facts["power"], "false"
        return
    if wish.intensity_percent is not None and "level" in facts:
        yield facts["level"], facts[f"level {can.nearest_step(wish.intensity_percent)}"]
    if wish.mode is not None and wish.mode in can.modes:
        start = f"{WORD}{facts['mode']}="
        for fact, mode in facts.items():
            if mode == wish.mode and fact.startswith(start):
                yield facts["mode"], fact.removeprefix(start)
                break
    if wish.power:
        yield facts["power"], "true"
    if wish.timer_s is not None and can.timer:
        unit_s = int(facts["timer_unit_s"])
        seconds = max(0, wish.timer_s)
        yield facts["timer"], duration(seconds) if unit_s == 0 else str(-(-seconds // unit_s))


def _lamp(diffuser: Diffuser, wish: Wish) -> Iterator[tuple[str, str]]:
    facts, can = diffuser.facts, diffuser.capabilities
    if wish.light is not None and can.light:
        yield facts["light"], "true" if wish.light else "false"
    if wish.light is False:
        return
    if wish.light_percent is not None and can.light_dims:
        yield facts["bright"], str(round(float(facts["bright_most"]) * wish.light_percent / 100))
    if wish.light_rgb is not None and can.light_colours:
        yield facts["rgb"], colour(wish.light_rgb, facts["rgb_form"], int(facts["version"]))
    if wish.light_effect is not None and wish.light_effect in can.light_effects:
        yield facts["effect"], wish.light_effect
