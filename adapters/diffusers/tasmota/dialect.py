"""The Tasmota dialect as a port: which topics, what they say, what to send."""

import re
from datetime import datetime

from adapters.diffusers.payloads import Fields, extra_of, object_of, text_of
from adapters.diffusers.plugged import as_plugged, is_plugged
from adapters.diffusers.plugged import profiles as plugged_profiles
from adapters.diffusers.tasmota import tuya
from adapters.diffusers.tasmota.discovery import ROOT, as_model, discover, model_of
from adapters.diffusers.tasmota.lamp import dimmed, lamp_commands, lamp_key, lit
from adapters.diffusers.tasmota.profiles import MODELS, Model
from scentd.model.commands import Wish
from scentd.model.diffuser import Availability, Diffuser
from scentd.model.readings import (
    AvailabilityRead,
    ButtonRead,
    Discovery,
    EnergyRead,
    PowerRead,
    Reading,
    SignalRead,
)
from scentd.ports import DiffuserDialect, Profile, Publish

_BUTTON = re.compile(r"Button([1-9][0-9]?)")
_EXTRAS = frozenset(["Dimmer", "Color", "HSBColor", "Scheme", "FanSpeed", "Vcc"])
"""What Tasmota tells of a light or fan of its own beside the relay; shown as it says it."""
_STATUS = {"STATUS10": "StatusSNS", "STATUS8": "StatusSNS", "STATUS11": "StatusSTS"}


class TasmotaDialect(DiffuserDialect):
    """Stateless: one instance serves every device."""

    @property
    def name(self) -> str:
        """Give the dialect's key."""
        return "tasmota"

    def discovery_filters(self) -> tuple[str, ...]:
        """Give the filters of the retained announcements."""
        return (f"{ROOT}/+/config",)

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        """Read an announcement; raises Malformed."""
        return discover(topic, payload)

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the topics on which the device reports."""
        stat, tele = diffuser.facts["stat"], diffuser.facts["tele"]
        names = [f"{tele}{name}" for name in ("LWT", "STATE", "SENSOR", "RESULT")]
        names += [f"{stat}{name}" for name in ("RESULT", "STATUS8", "STATUS10", "STATUS11")]
        if "own_topics" in diffuser.facts:
            # SetOption4: each answer comes on a topic named after its command.
            names += [f"{stat}{_power_key(diffuser)}", f"{stat}STATE", f"{tele}TUYARECEIVED"]
            lamp = lamp_key(diffuser)
            names += [] if lamp is None else [f"{stat}{lamp}", f"{stat}DIMMER"]
        return tuple(names)

    def command_topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the topics of its switch; the firmware takes them in any letters."""
        names = ("POWER", "Power", "power", f"POWER{diffuser.facts['relay']}")
        return tuple(f"{diffuser.facts['cmnd']}{name}" for name in names)

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        """Read a report; () for what says nothing to us; raises Malformed."""
        if not payload:
            return ()
        name = topic.rpartition("/")[2]
        if name == "LWT":
            return _availability(diffuser, topic, payload)
        if name.startswith("POWER") and not payload.startswith(b"{"):
            return _relay(diffuser, model_of(diffuser), name, text_of(topic, payload))
        fields: Fields | None = object_of(topic, payload)
        if fields is not None and name in _STATUS:
            fields = fields.part(_STATUS[name])
        return () if fields is None else _report(diffuser, topic, fields)

    def encode(
        self,
        diffuser: Diffuser,
        wish: Wish,
        *,
        command_id: str,  # noqa: ARG002 - the port's signature
        expires_at: datetime,  # noqa: ARG002 - the port's signature
    ) -> tuple[Publish, ...]:
        """Write a wish as Tasmota's commands; it has neither command ids nor expiry.

        QoS 0: the firmware subscribes at that, and a broker keeps nothing of it for later.
        """
        model = model_of(diffuser)
        commands: list[tuple[str, str]] = []
        if model is not None and "tuya" in diffuser.facts:
            commands += tuya.encode(model, wish)
        elif wish.power is not None and (model is not None or is_plugged(diffuser)):
            word = diffuser.facts["on"] if wish.power else diffuser.facts["off"]
            commands.append((_power_key(diffuser), word))
        if model is None and is_plugged(diffuser):
            commands += lamp_commands(diffuser, wish)
        if wish.refresh:
            commands += _refresh(diffuser)
        return tuple(
            Publish(f"{diffuser.facts['cmnd']}{command}", argument.encode())
            for command, argument in commands
        )

    def profiles(self, diffuser: Diffuser) -> tuple[Profile, ...]:
        """Give the models a household may choose from; a TuyaMCU may be a plug as well."""
        if "tuya" not in diffuser.facts:
            return plugged_profiles()
        models = (Profile(m.key, m.title, m.capabilities) for m in MODELS.values())
        return (*models, *plugged_profiles())

    def with_profile(self, diffuser: Diffuser, profile_key: str) -> Diffuser:
        """Give the device as that model; raises KeyError for an unknown one."""
        model = MODELS.get(profile_key)
        return as_plugged(diffuser, profile_key) if model is None else as_model(diffuser, model)


def _power_key(diffuser: Diffuser) -> str:
    # The firmware numbers its switches only when it has more than one.
    relay = diffuser.facts["relay"]
    return "POWER" if diffuser.facts["relays"] in {"0", "1"} else f"POWER{relay}"


def _refresh(diffuser: Diffuser) -> list[tuple[str, str]]:
    commands = [("STATE", ""), ("STATUS", "10")]
    if "tuya" in diffuser.facts:
        # SetOption66 publishes the data points; the firmware saves it only when it changes.
        commands += [("SetOption66", "1"), ("TuyaSend0", "")]
    return commands


def _availability(diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
    word = text_of(topic, payload)
    if word == diffuser.facts["online"]:
        return (AvailabilityRead(Availability.ONLINE, "last_will"),)
    if word == diffuser.facts["offline"]:
        return (AvailabilityRead(Availability.OFFLINE, "last_will"),)
    return ()


def _report(diffuser: Diffuser, topic: str, fields: Fields) -> tuple[Reading, ...]:
    readings: list[Reading] = []
    model = model_of(diffuser)
    for key in fields.names():
        if key == "TuyaReceived":
            received = fields.part(key)
            if model is not None and received is not None:
                readings += tuya.decode(topic, model, received)
        elif key == "Dimmer" and model is None and "lamp" in diffuser.facts:
            readings += dimmed(fields)
        elif key.startswith("POWER"):
            readings += _relay(diffuser, model, key, fields.text(key) or "")
        elif key == "ENERGY":
            readings += _energy(fields.part(key))
        elif key == "Wifi":
            readings += _signal(fields.part(key))
        elif key in _EXTRAS:
            value = fields.single(key)
            readings += () if value is None else (extra_of(key, value),)
        elif (button := _BUTTON.fullmatch(key)) is not None:
            readings += _button(button[1], fields.part(key))
    return tuple(readings)


def _relay(diffuser: Diffuser, model: Model | None, key: str, word: str) -> tuple[Reading, ...]:
    if model is not None and not model.relay:
        return ()  # its data point alone says whether it runs
    if model is None and key == lamp_key(diffuser):
        return lit(diffuser, word)
    wanted = {_power_key(diffuser), f"POWER{diffuser.facts['relay']}"}
    return _power(diffuser, word) if key in wanted else ()


def _power(diffuser: Diffuser, word: str) -> tuple[Reading, ...]:
    known = {diffuser.facts["on"]: True, diffuser.facts["off"]: False}
    return (PowerRead(known[word]),) if word in known else ()


def _energy(fields: Fields | None) -> tuple[Reading, ...]:
    if fields is None:
        return ()
    # One number, or a list with one for each phase.
    watts, kwh = fields.numbers("Power"), fields.numbers("Total")
    volts, amps = fields.numbers("Voltage"), fields.numbers("Current")
    energy = EnergyRead(
        watts=sum(watts) if watts else None,
        # Kilowatt-hours with three digits leave rubbish behind the point when multiplied.
        total_wh=round(sum(kwh) * 1000, 3) if kwh else None,
        volts=max(volts) if volts else None,
        amps=round(sum(amps), 3) if amps else None,
    )
    return () if energy == EnergyRead(None, None) else (energy,)


def _signal(fields: Fields | None) -> tuple[Reading, ...]:
    dbm = None if fields is None else fields.number("Signal")
    return () if dbm is None or not -150 <= dbm <= 0 else (SignalRead(round(dbm)),)


def _button(number: str, fields: Fields | None) -> tuple[Reading, ...]:
    action = None if fields is None else fields.text("Action")
    return (ButtonRead(f"button{number} {action.lower()}"),) if action else ()
