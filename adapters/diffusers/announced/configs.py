"""Read the messages in which devices announce themselves to Home Assistant.

What is wrong in one entity costs that entity; what is wrong in the message is Malformed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from adapters.diffusers.announced.announcers import (
    announcer_of,
    mapping_of,
    name_of,
    slug_of,
    text_of,
    word_of,
)
from adapters.diffusers.announced.entities import (
    About,
    Announcement,
    BinarySensor,
    Button,
    Choice,
    Entity,
    Event,
    Fan,
    Humidifier,
    Light,
    Number,
    Place,
    Presence,
    Range,
    Select,
    Sensor,
    Switch,
)
from adapters.diffusers.announced.keys import (
    origin_written_out,
    written_out,
)
from adapters.diffusers.announced.templates import TemplateRefused, template_of
from adapters.diffusers.payloads import MAX_NAME, Fields, object_of
from scentd.model.topics import is_topic
from scentd.ports import Malformed

PREFIX = "homeassistant"
FILTERS = (f"{PREFIX}/+/+/config", f"{PREFIX}/+/+/+/config")
"""Where devices announce themselves; what Home Assistant writes by itself comes elsewhere."""
MOST_ENTITIES = 120
MOST_OPTIONS = 64
MOST_TOPIC = 250
_TOPIC = re.compile(
    rf"{PREFIX}/([a-z_]{{1,32}})/(?:([\w-]{{1,128}})/)?([\w-]{{1,128}})/config", re.ASCII
)


def announcement_of(
    topic: str, payload: bytes, *, most: int = MOST_ENTITIES
) -> Announcement | None:
    """Read an announcement of one entity, or of `most` of a whole device; raises Malformed.

    None for a topic that is none of these, for an empty message (it takes an announcement back),
    and for kinds of entity that are nothing to a diffuser.
    """
    parts = _TOPIC.fullmatch(topic)
    if parts is None or not payload:
        return None
    kind, node, key = parts[1], parts[2] or "", parts[3]
    if kind != "device" and kind not in _KINDS:
        return None
    raw = dict(object_of(topic, payload).items())
    values, base = written_out(raw), text_of(raw.get("~"), most=MOST_TOPIC)
    device = announcer_of(values.get("device"), values, key)
    origin = text_of(origin_written_out(mapping_of(values.get("origin"))).get("name"))
    told = _of_device(topic, values, base) if kind == "device" else [(kind, key, values)]
    entities = (_entity(topic, *one) for one in told)
    read = tuple(islice((one for one in entities if one is not None), most))
    return Announcement(topic, node, device, origin, read, base)


def _of_device(
    topic: str, values: Mapping[str, object], base: str
) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Give kind, key and fields of each component; what they share is the device's."""
    shared = {name: values[name] for name in _SHARED if name in values}
    components = values.get("components")
    if not isinstance(components, dict):
        raise Malformed(topic, "it has no components")
    for key, own in list(components.items())[:MOST_ENTITIES]:
        if isinstance(own, dict):
            full = {**shared, **written_out(own, base)}
            yield text_of(full.get("platform")), key, full


_SHARED = (
    *("availability", "availability_mode", "availability_topic", "availability_template"),
    *("payload_available", "payload_not_available", "state_topic", "command_topic"),
)


def _entity(topic: str, kind: str, key: str, values: Mapping[str, object]) -> Entity | None:
    make = _KINDS.get(kind)
    if make is None:
        return None
    try:
        return make(_Config(topic, key, values))
    except Malformed:
        return None


class _Config:
    """The fields of one entity, read as what they must be."""

    def __init__(self, topic: str, key: str, values: Mapping[str, object]) -> None:
        self._values = values
        self.fields = Fields(topic, values)
        self.about = About(
            key=slug_of(key),
            name=name_of(values.get("name")),
            device_class=text_of(values.get("device_class")),
            is_beside=text_of(values.get("entity_category")) in {"config", "diagnostic"},
            presences=tuple(self._presences()),
            presence_mode=text_of(values.get("availability_mode")) or "latest",
        )
        self.unit = text_of(values.get("unit_of_measurement"))

    def heard(self, topic: str, template: str = "value_template") -> Place | None:
        """Give where something is told; a template beyond us leaves it as it is told."""
        where = self._topic(topic)
        if where is None:
            return None
        text = self._template(template)
        return Place(where, is_raw=True) if text is None else Place(where, text)

    def set_on(self, topic: str, template: str = "command_template") -> Place | None:
        """Give where something is set; None where a template beyond us writes it."""
        where, text = self._topic(topic), self._template(template)
        return None if where is None or text is None else Place(where, text)

    def word(self, name: str, otherwise: str) -> str:
        """Give a word as it is said in a message."""
        value = self._values.get(name)
        if value is None:
            return otherwise
        word = word_of(value)
        if word is None:
            raise Malformed(name, "it is no word")
        return word

    def number(self, name: str, otherwise: float) -> float:
        """Give a number."""
        value = self.fields.number(name)
        return otherwise if value is None else value

    def words(self, name: str) -> tuple[str, ...]:
        """Give those of a list that are words, each once."""
        value = self._values.get(name)
        given = value[:MOST_OPTIONS] if isinstance(value, list) else []
        words = (v for v in given if isinstance(v, str) and 0 < len(v) <= MAX_NAME)
        return tuple(dict.fromkeys(word for word in words if word.isprintable()))

    def choice(self, what: str, options: str) -> Choice | None:
        """Give one of several words, by the names that Home Assistant gives its fields."""
        words = self.words(options)
        place = self.heard(f"{what}_state_topic", _STATE_TEMPLATES[what])
        command = self.set_on(f"{what}_command_topic", f"{what}_command_template")
        return Choice(place, command, words) if words else None

    def switch(self, state_template: str = "value_template") -> Switch:
        """Give on and off."""
        on, off = self.word("payload_on", "ON"), self.word("payload_off", "OFF")
        return Switch(
            about=self.about,
            state=self.heard("state_topic", state_template),
            command=self.set_on("command_topic"),
            on=on,
            off=off,
            says_on=self.word("state_on", on),
            says_off=self.word("state_off", off),
        )

    def _topic(self, name: str) -> str | None:
        return _topic_of(self._values.get(name))

    def _template(self, name: str) -> str | None:
        """Give a template that can be used; None for one that cannot."""
        value = self._values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            return None
        try:
            template_of(value)
        except TemplateRefused:
            return None
        return value

    def _presences(self) -> Iterator[Presence]:
        listed = self._values.get("availability")
        for given in listed[:MOST_OPTIONS] if isinstance(listed, list) else [listed]:
            if isinstance(given, dict):
                yield from _presence(given, "topic", "value_template")
        yield from _presence(self._values, "availability_topic", "availability_template")


_STATE_TEMPLATES: Mapping[str, str] = {
    "preset_mode": "preset_mode_value_template",
    "mode": "mode_state_template",
    "effect": "effect_value_template",
}


def _topic_of(value: object) -> str | None:
    text = text_of(value, most=MOST_TOPIC)
    return text if is_topic(text) else None


def _presence(values: Mapping[str, object], topic: str, template: str) -> Iterator[Presence]:
    where, text = _topic_of(values.get(topic)), values.get(template, "")
    if where is None:
        return
    try:
        template_of(text if isinstance(text, str) else "{%")
    except TemplateRefused:
        return
    there = word_of(values.get("payload_available", "online"))
    away = word_of(values.get("payload_not_available", "offline"))
    if there and away:
        yield Presence(Place(where, text if isinstance(text, str) else ""), there, away)


def _fan(config: _Config) -> Fan:
    strength = Range(
        config.heard("percentage_state_topic", "percentage_value_template"),
        config.set_on("percentage_command_topic", "percentage_command_template"),
        config.number("speed_range_min", 1),
        config.number("speed_range_max", 100),
    )
    is_set = strength.command is not None
    return Fan(
        config.switch("state_value_template"),
        strength if is_set else None,
        config.choice("preset_mode", "preset_modes"),
    )


def _humidifier(config: _Config) -> Humidifier:
    target = Range(
        config.heard("target_humidity_state_topic", "target_humidity_state_template"),
        config.set_on("target_humidity_command_topic", "target_humidity_command_template"),
        config.number("min_humidity", 0),
        config.number("max_humidity", 100),
    )
    is_set = target.command is not None
    return Humidifier(
        config.switch("state_value_template"),
        target if is_set else None,
        config.choice("mode", "modes"),
    )


def _light(config: _Config) -> Light:
    if config.fields.single("schema") == "json":
        return _json_light(config)
    brightness = Range(
        config.heard("brightness_state_topic", "brightness_value_template"),
        config.set_on("brightness_command_topic", "brightness_command_template"),
        0,
        config.number("brightness_scale", 255),
    )
    colour = Choice(
        config.heard("rgb_state_topic", "rgb_value_template"),
        config.set_on("rgb_command_topic", "rgb_command_template"),
        (),
    )
    return Light(
        config.switch("state_value_template"),
        brightness=brightness if brightness.command and brightness.high > 0 else None,
        colour=colour if colour.command else None,
        effects=config.choice("effect", "effect_list"),
    )


def _json_light(config: _Config) -> Light:
    switch = config.switch()
    colours = set(config.words("supported_color_modes"))
    dims = config.fields.single("brightness") is True or bool(colours - {"onoff"})
    scale = config.number("brightness_scale", 255)
    has_effects = config.fields.single("effect") is True
    effects = config.words("effect_list") if has_effects else ()
    return Light(
        switch,
        is_json=True,
        brightness=Range(switch.state, switch.command, 0, scale) if dims and scale > 0 else None,
        colour=Choice(switch.state, switch.command, ()) if colours & _RGB else None,
        effects=Choice(switch.state, switch.command, effects) if effects else None,
    )


_RGB = frozenset(("rgb", "rgbw", "rgbww"))


def _number(config: _Config) -> Number:
    found = Range(
        config.heard("state_topic"),
        config.set_on("command_topic"),
        config.number("min", 1),
        config.number("max", 100),
        config.number("step", 1),
    )
    return Number(config.about, found, config.unit)


def _select(config: _Config) -> Select:
    choice = Choice(
        config.heard("state_topic"), config.set_on("command_topic"), config.words("options")
    )
    return Select(config.about, choice)


def _sensor(config: _Config) -> Sensor | None:
    state = config.heard("state_topic")
    return None if state is None else Sensor(config.about, state, config.unit)


def _binary_sensor(config: _Config) -> BinarySensor | None:
    state = config.heard("state_topic")
    on, off = config.word("payload_on", "ON"), config.word("payload_off", "OFF")
    return None if state is None else BinarySensor(config.about, state, on, off)


def _button(config: _Config) -> Button | None:
    command = config.set_on("command_topic")
    press = config.word("payload_press", "PRESS")
    return None if command is None else Button(config.about, command, press)


def _event(config: _Config) -> Event | None:
    state = config.heard("state_topic")
    return None if state is None else Event(config.about, state)


_KINDS: Mapping[str, Callable[[_Config], Entity | None]] = {
    "fan": _fan,
    "humidifier": _humidifier,
    "switch": lambda config: config.switch(),
    "light": _light,
    "number": _number,
    "select": _select,
    "sensor": _sensor,
    "binary_sensor": _binary_sensor,
    "button": _button,
    "event": _event,
}
