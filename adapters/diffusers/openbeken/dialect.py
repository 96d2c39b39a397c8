"""The OpenBeken dialect as a port: which topics, what they say, what to send."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from adapters.diffusers.announced.channels import topics_of
from adapters.diffusers.announced.reading import readings_of
from adapters.diffusers.announced.telling import command_topics_of
from adapters.diffusers.openbeken import discovery, reading
from adapters.diffusers.openbeken.lamp import COLOUR, colour, has_own_colours, lamp_messages
from adapters.diffusers.openbeken.models import MODELS, Model
from adapters.diffusers.payloads import object_of, text_of
from adapters.diffusers.plugged import as_plugged, is_plugged
from adapters.diffusers.plugged import profiles as plugged_profiles
from scentd.model.commands import Wish
from scentd.model.diffuser import Availability, Diffuser
from scentd.model.readings import AvailabilityRead, Discovery, LightRead, Reading
from scentd.ports import DiffuserDialect, Profile, Publish

_WORDS = {"online": Availability.ONLINE, "offline": Availability.OFFLINE}
_PROFILES = (
    *plugged_profiles(),
    *(Profile(model.key, model.title, model.capabilities) for model in MODELS.values()),
)
_QOS = 1
"""At which it subscribes; a broker keeps nothing for it, for its sessions end with it."""


class OpenBekenDialect(DiffuserDialect):
    """Stateless: one instance serves every device."""

    @property
    def name(self) -> str:
        """Give the dialect's key."""
        return discovery.DIALECT

    def discovery_filters(self) -> tuple[str, ...]:
        """Give the filters of what devices say of themselves."""
        return discovery.filters()

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        """Take a piece and ask for more; raises Malformed."""
        return discovery.discover(topic, payload)

    def assemble(self, group: str, pieces: Mapping[str, bytes]) -> tuple[Discovery, ...]:
        """Give the switches of the device whose topic the group is."""
        return discovery.assemble(group, pieces)

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the topics of its channels, of its meter, and those in Tasmota's words."""
        at = diffuser.address
        names = ["connected", "rssi", "rssi/get", "temp"]
        names += [f"{number}/get" for number in _channels(diffuser)]
        if diffuser.capabilities.energy:
            names += [f"{what}/get" for what in reading.ENERGY]
        if has_own_colours(diffuser):
            names.append(f"{COLOUR}/get")
        tasmotas = (f"stat/{at}/RESULT", f"tele/{at}/STATE", f"tele/{at}/SENSOR")
        announced = topics_of(diffuser.facts)
        return tuple(dict.fromkeys([*(f"{at}/{name}" for name in names), *tasmotas, *announced]))

    def command_topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the topics of both ways to set it."""
        at = diffuser.address
        names = [f"{at}/{number}/set" for number in _channels(diffuser)]
        names += [f"cmnd/{at}/{word}" for word in ("POWER", diffuser.facts.get("power", "POWER"))]
        lamp = command_topics_of(diffuser)
        if has_own_colours(diffuser):
            lamp = (*lamp, f"cmnd/{at}/{COLOUR}")
        return tuple(dict.fromkeys([*names, diffuser.facts["set"], *lamp]))

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        """Read a report; () for what says nothing to us; raises Malformed.

        An empty one is a question, often our own.
        """
        if not payload:
            return ()
        at = diffuser.address
        if topic in {f"stat/{at}/RESULT", f"tele/{at}/STATE", f"tele/{at}/SENSOR"}:
            told = reading.in_tasmotas_words(diffuser, object_of(topic, payload))
            return _without_lamp(told) if _is_model(diffuser) else told
        name, text = topic.removeprefix(f"{at}/"), text_of(topic, payload).strip()
        if name == "connected":
            word = _WORDS.get(text)
            return () if word is None else (AvailabilityRead(word, "last_will"),)
        if name in {"rssi", "rssi/get"}:
            return reading.signal(topic, text)
        if name == "temp":
            return reading.temperature(topic, text)
        what = name.removesuffix("/get")
        if what in reading.ENERGY:
            return reading.measured(diffuser, what, topic, text)
        if what.isdecimal() and int(what[:3]) in _channels(diffuser):
            model = MODELS.get(diffuser.profile or "")
            if model is not None:
                return reading.channel(model, int(what[:3]), topic, text)
            return reading.switch(diffuser, text)
        if what == COLOUR and has_own_colours(diffuser):
            return () if _is_model(diffuser) else colour(text)
        told = readings_of(diffuser, topic, payload)
        return _without_lamp(told) if _is_model(diffuser) else told

    def encode(
        self,
        diffuser: Diffuser,
        wish: Wish,
        *,
        command_id: str,  # noqa: ARG002 - the port's signature
        expires_at: datetime,  # noqa: ARG002 - the port's signature
    ) -> tuple[Publish, ...]:
        """Write a wish as values of channels; it has neither command ids nor expiry."""
        model = MODELS.get(diffuser.profile or "")
        sent = _plug(diffuser, wish) if model is None else _model(diffuser, model, wish)
        asked = _channels(diffuser) if wish.refresh else ()
        lamp = () if _is_model(diffuser) else lamp_messages(diffuser, wish)
        return (
            *(Publish(topic, value.encode(), _QOS) for topic, value in sent),
            *(replace(message, qos=_QOS) for message in lamp),
            *(Publish(f"{diffuser.address}/{number}/get", b"", _QOS) for number in asked),
        )

    def profiles(self, diffuser: Diffuser) -> tuple[Profile, ...]:  # noqa: ARG002 - all may be any
        """Give what may be plugged in, and the models whose data points lie on channels."""
        return _PROFILES

    def with_profile(self, diffuser: Diffuser, profile_key: str) -> Diffuser:
        """Give the device as that model; raises KeyError for an unknown one."""
        model = MODELS.get(profile_key)
        if model is None:
            return as_plugged(diffuser, profile_key)
        return replace(
            diffuser,
            capabilities=model.capabilities,
            device_type=model.device_type,
            profile=profile_key,
            needs_profile=False,
        )


def _is_model(diffuser: Diffuser) -> bool:
    """Say whether a table tells where its light is, so that no other lamp is its light."""
    return diffuser.profile in MODELS


def _without_lamp(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    return tuple(one for one in readings if not isinstance(one, LightRead))


def _channels(diffuser: Diffuser) -> tuple[int, ...]:
    model = MODELS.get(diffuser.profile or "")
    return (int(diffuser.facts["channel"]),) if model is None else model.channels()


def _plug(diffuser: Diffuser, wish: Wish) -> Iterator[tuple[str, str]]:
    # A plug is not touched before the household has said what it feeds.
    if wish.power is not None and is_plugged(diffuser):
        yield diffuser.facts["set"], diffuser.facts["on" if wish.power else "off"]


def _model(diffuser: Diffuser, model: Model, wish: Wish) -> Iterator[tuple[str, str]]:
    at = diffuser.address
    if wish.power is not None:  # first: many microcontrollers ignore the rest while off
        yield f"{at}/{model.power}/set", str(int(wish.power))
    if wish.intensity_percent is not None:
        step = model.capabilities.nearest_step(wish.intensity_percent)
        yield f"{at}/{model.mist}/set", str(model.mist_steps[step])
    if model.light is not None and wish.light is not None:
        yield f"{at}/{model.light}/set", str(int(wish.light))
