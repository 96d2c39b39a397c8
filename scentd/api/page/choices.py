"""What a household may say of a device that cannot say it itself: its model, its room."""

from dataclasses import dataclass

from scentd.api.house import House
from scentd.api.page.pictures import picture_of_choice
from scentd.api.words import Words
from scentd.model.diffuser import Capabilities, DeviceType, Diffuser

ROOMS_OFFERED = 8
"""Rooms that are one tap away; any other is typed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A profile to choose: its drawing, and what a device of that model can do."""

    key: str
    title: str
    picture: str
    can: tuple[str, ...]


def is_plug(diffuser: Diffuser) -> bool:
    """Say whether the question is what is plugged in, not which model it is."""
    return diffuser.device_type is DeviceType.PLUG_DIFFUSER


def choices_for(house: House, diffuser: Diffuser, words: Words) -> list[Choice]:
    """Give what the household may choose from, the likeliest first; empty without a choice."""
    return [
        Choice(
            profile.key,
            _title(profile.key, profile.title, words),
            picture_of_choice(profile.key, diffuser),
            () if is_plug(diffuser) else can_words(profile.capabilities, words),
        )
        for profile in house.diffusers.profiles(diffuser.id)
    ]


def rooms_for(house: House, words: Words) -> list[str]:
    """Give the rooms to offer: those the home has, then those most homes have."""
    known = sorted({one.room for one in house.diffusers.all() if one.room})
    usual = (room.strip() for room in words("found.rooms").split(","))
    return list(dict.fromkeys((*known, *usual)))[:ROOMS_OFFERED]


def can_words(can: Capabilities, words: Words) -> tuple[str, ...]:
    """Say what a device can do, what matters most first."""
    light = "colours" if can.light_colours else "dims" if can.light_dims else "light"
    said = (
        (bool(can.steps), words("can.steps", count=len(can.steps))),
        (not can.steps and can.power, words("can.power")),
        (len(can.modes) > 1, words("can.modes")),
        (can.light, words(f"can.{light}")),
        (can.timer, words("can.timer")),
        (can.level is not None, words("can.level")),
        (can.low_flag, words("can.low_flag")),
        (can.energy, words("can.energy")),
        (can.identify, words("can.identify")),
    )
    return tuple(text for is_so, text in said if is_so)


def _title(key: str, title: str, words: Words) -> str:
    return words(f"plugged.{key}") if words.has(f"plugged.{key}") else title
