"""A lamp of Tasmota's own beside the one relay of a device, such as a ring of light in a bowl.

It is switched and dimmed. Its colour is shown as the firmware tells it and not set: it mixes
colour and brightness in one, so that what is asked for is never told again.
"""

from collections.abc import Iterator, Sequence

from adapters.diffusers.payloads import Fields
from scentd.model.commands import Wish
from scentd.model.diffuser import Diffuser
from scentd.model.readings import LightRead, Reading

_RELAY, _LIGHT = 1, 2
_CHANNELS_APART = "68"
"""The option by which each channel of a lamp is dimmed by itself: `Dimmer` means nothing then."""


def lamp_facts(fields: Fields) -> dict[str, str]:
    """Give the number of the lamp's switch; nothing where it is unclear whose lamp it is."""
    options = fields.part("so")
    if options is not None and options.whole(_CHANNELS_APART, 0, 1):
        return {}
    kinds: Sequence[int] = fields.wholes("rl", 0, 9)
    if kinds.count(_RELAY) != 1 or kinds.count(_LIGHT) != 1:
        return {}
    return {"lamp": str(kinds.index(_LIGHT) + 1)}


def lamp_key(diffuser: Diffuser) -> str | None:
    """Give the name of the lamp's switch, None for a device without."""
    number = diffuser.facts.get("lamp")
    return None if number is None else f"POWER{number}"


def lamp_commands(diffuser: Diffuser, wish: Wish) -> Iterator[tuple[str, str]]:
    """Give what switches and dims; dimming lights it, so nothing is dimmed that shall be dark."""
    key = lamp_key(diffuser)
    if key is None:
        return
    if wish.light is not None:
        yield key, diffuser.facts["on" if wish.light else "off"]
    if wish.light is not False and wish.light_percent is not None:
        yield "Dimmer", str(wish.light_percent)


def lit(diffuser: Diffuser, word: str) -> tuple[Reading, ...]:
    """Read the word of its switch; () for one that is none."""
    known = {diffuser.facts["on"]: True, diffuser.facts["off"]: False}
    return (LightRead(known[word]),) if word in known else ()


def dimmed(fields: Fields) -> tuple[Reading, ...]:
    """Read its brightness; () where it is none."""
    percent = fields.number("Dimmer")
    is_percent = percent is not None and 0 <= percent <= 100
    return (LightRead(None, round(percent)),) if percent is not None and is_percent else ()
