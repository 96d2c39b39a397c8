"""Devices as they come into a house: a plug, a bowl of unknown model, one without a room, and one
that can and tells everything.
"""

from dataclasses import replace
from datetime import timedelta

from adapters.diffusers.plugged import profiles
from scentd.model.diffuser import (
    Advice,
    Availability,
    Capabilities,
    DeviceType,
    DiffuserState,
    ReportedState,
)
from tests.fakes.furniture import a_diffuser, a_state
from tests.fakes.parts import STEPS

PLUG, BOWL, ROOMLESS, RICH = "shelly-p1", "tasmota-u1", "native-r1", "zigbee2mqtt-x1"
_ALL_IT_CAN = Capabilities(
    steps=STEPS,
    rate_ul_per_h=(100, 200, 300, 400, 500),
    timer=True,
    light=True,
    light_dims=True,
    light_colours=True,
    light_effects=("candle", "rainbow"),
    energy=True,
    identify=True,
    low_flag=True,
)


def add_plug(rig, diffuser_id=PLUG, name="Plug S") -> None:
    """Let a plug be found that feeds nobody knows what."""
    plug = a_diffuser(
        diffuser_id,
        name,
        "",
        capabilities=Capabilities(energy=True),
        device_type=DeviceType.PLUG_DIFFUSER,
        needs_profile=True,
    )
    rig.devices.offered_to[diffuser_id] = profiles()
    rig.devices.add(replace(plug, maker="Shelly", model="Plus Plug S"), _quiet(rig))


def add_bowl(rig) -> None:
    """Let a diffuser be found that cannot tell its model."""
    bowl = a_diffuser(BOWL, "TuyaMCU", "Study", needs_profile=True)
    rig.devices.add(replace(bowl, maker="", model=""), _quiet(rig))


def add_roomless(rig) -> None:
    """Let a diffuser be found that stands nobody knows where."""
    rig.devices.add(a_diffuser(ROOMLESS, "Drift", ""), _quiet(rig))


def add_rich(rig) -> None:
    """Let a device be found that tells everything, behind a bridge, with a ghost at its broker."""
    now = rig.clock.now()
    rich = a_diffuser(
        RICH,
        "Glow",
        "Kitchen",
        capabilities=_ALL_IT_CAN,
        bridge="zigbee2mqtt",
        advice=(Advice.AVAILABILITY_OFF.value,),
        facts={"root": "zigbee2mqtt/Glow", "state": "state"},
    )
    reported = ReportedState(
        power=True,
        intensity_percent=60,
        light=True,
        light_percent=60,
        light_rgb="ffb060",
        light_effect="candle",
        timer_s=1800,
        watts=11.4,
        energy_wh=1234.0,
        is_low=True,
        fault="tilt",
    )
    state = DiffuserState(
        reported=reported,
        availability=Availability.ONLINE,
        availability_since=now - timedelta(hours=2),
        availability_source="bridge",
        last_message_at=now,
        extras={"buzzer": "on", "scene": "3"},
    )
    rig.devices.add(rich, state)
    rig.devices.kept_commands[RICH] = ("zigbee2mqtt/Glow/set",)


def _quiet(rig) -> DiffuserState:
    return replace(a_state(rig.clock.now(), power=False), availability_source="last_will")
