"""What a wish comes down to for one device. Pure."""

from dataclasses import replace

from scentd.model.commands import Wish
from scentd.model.diffuser import Capabilities, DesiredState, Diffuser

_PARTS = (
    "power",
    "intensity_percent",
    "mode",
    "light",
    "light_percent",
    "light_rgb",
    "light_effect",
    "timer_s",
    "slot_no",
)


def possible(wish: Wish, diffuser: Diffuser) -> Wish:
    """Give the wish in what the device can do: its native step, nothing it lacks.

    An intensity of 0 means off.
    """
    can = diffuser.capabilities
    percent, power = wish.intensity_percent, wish.power
    if percent is not None and percent <= 0:
        percent, power = None, False if power is None else power
    return replace(
        wish,
        power=power if can.power else None,
        intensity_percent=None if percent is None or not can.steps else can.nearest_step(percent),
        mode=wish.mode if wish.mode in can.modes else None,
        light=wish.light if can.light else None,
        light_percent=wish.light_percent if can.light_dims else None,
        light_rgb=wish.light_rgb if can.light_colours else None,
        light_effect=wish.light_effect if wish.light_effect in can.light_effects else None,
        timer_s=wish.timer_s if can.timer else None,
        slot_no=_possible_slot(wish.slot_no, can),
        identify=wish.identify and can.identify,
    )


def _possible_slot(slot_no: int | None, can: Capabilities) -> int | None:
    is_there = slot_no is not None and 1 <= slot_no <= can.slots
    return slot_no if is_there and can.slot_choice else None


def desired_by(wish: Wish) -> DesiredState:
    """Give the state the device must show when it has done it."""
    return DesiredState(
        wish.power,
        wish.intensity_percent,
        wish.mode,
        wish.light,
        wish.slot_no,
        wish.light_percent,
        wish.light_rgb,
        wish.light_effect,
    )


def is_empty(desired: DesiredState) -> bool:
    """Say whether no part is desired."""
    return desired == DesiredState()


def together(earlier: Wish, later: Wish) -> Wish:
    """Give both wishes as one; where both say something the later one holds, and off is off."""
    if later.power is False:
        return later
    unsaid = {name: getattr(earlier, name) for name in _PARTS if getattr(later, name) is None}
    return replace(later, **unsaid)
