"""The LED driver of a device: in its own words where what it announces is beyond our templates."""

import re
from collections.abc import Iterator

from adapters.diffusers.announced.telling import messages_for
from adapters.diffusers.payloads import extra_of
from scentd.model.commands import Wish
from scentd.model.diffuser import Diffuser
from scentd.model.readings import LightRead, Reading
from scentd.ports import Publish

COLOUR = "led_basecolor_rgb"
_RGB = re.compile(r"[0-9A-Fa-f]{6}")


def has_own_colours(diffuser: Diffuser) -> bool:
    """Say whether its colour is told and set in six digits."""
    return diffuser.facts.get("led") == "colours"


def colour(text: str) -> tuple[Reading, ...]:
    """Read its colour; digits for white may follow."""
    rgb = text.removeprefix("#")[:6]
    return (LightRead(None, rgb=rgb.lower()),) if _RGB.fullmatch(rgb) else (extra_of(COLOUR, text),)


def lamp_messages(diffuser: Diffuser, wish: Wish) -> Iterator[Publish]:
    """Give what sets the lamp as wished, switched on first: some wake by nothing else."""
    yield from messages_for(diffuser, wish)
    if wish.light is not False and wish.light_rgb is not None and has_own_colours(diffuser):
        yield Publish(f"cmnd/{diffuser.address}/{COLOUR}", wish.light_rgb.encode())
