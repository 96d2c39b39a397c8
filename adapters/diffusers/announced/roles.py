"""What a device's entities mean to us: what it can do, and the notes to read and set it by."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from adapters.diffusers.announced.channels import Notes
from adapters.diffusers.announced.entities import (
    About,
    Choice,
    Fan,
    Humidifier,
    Light,
    Number,
    Place,
    Range,
    Select,
    Switch,
)
from adapters.diffusers.strengths import modes_of, numbers_of, strengths_of
from scentd.model.diffuser import Capabilities

_STRENGTH = re.compile(
    r"mist|spray|fog|intens|strength|speed|power_level|diffus|aroma|fragran|scent", re.IGNORECASE
)
_LAMP = re.compile(r"light|led(?![a-z])|lamp|backlight|colou?r|bright|hue", re.IGNORECASE)
_TIME = re.compile(r"timer|time|duration|delay|interval_|minutes|seconds", re.IGNORECASE)
_NOTHING = Capabilities(power=False)
_FULL_RATE_UL_PER_H = Capabilities().rate_ul_per_h[0]


@dataclass
class Roles:
    """What is found of one device, entity by entity; a place tells one thing only once.

    `notes` become its facts, `can` its capabilities, `flags` further facts. `tells_running` says
    that it tells whether it runs, `has_last_will` that its falling away is told for certain,
    `measured` are the kinds of measures it has.
    """

    notes: Notes = field(default_factory=Notes)
    can: Capabilities = _NOTHING
    flags: dict[str, str] = field(default_factory=dict)
    tells_running: bool = False
    has_last_will: bool = False
    measured: set[str] = field(default_factory=set)
    has_fault: bool = False

    def facts(self) -> dict[str, str]:
        """Give all facts."""
        return {**self.notes.facts(), **self.flags}

    @property
    def address(self) -> str:
        """Give the topic on which it is switched, or its strength is set."""
        return self.notes.taken_at("power") or self.notes.taken_at("level")

    def there(self, about: About) -> None:
        """Take where it tells that it is there.

        With several that must all say so, the last is the device's own and the others are what it
        is reached through; where any is enough, one that is away alone says nothing for certain.
        """
        presences = about.presences[:8]
        for number, one in enumerate(presences, start=1):
            is_of_bridge = about.presence_mode == "all" and number < len(presences)
            source = "bridge" if is_of_bridge else "last_will"
            is_one_of_any = about.presence_mode == "any" and len(presences) > 1
            away = "unknown" if is_one_of_any else "offline"
            is_told = self.notes.tells(one.place, "there", one.there, one.away, source, away)
            self.has_last_will |= is_told and (source, away) == ("last_will", "offline")

    def powered(self, switch: Switch) -> None:
        """Take what switches it."""
        if switch.command is None:
            return
        says = switch.says_on, switch.says_off
        self.tells_running = self.notes.tells(switch.state, "power", *says)
        self.notes.takes(switch.command, "power", on=switch.on, off=switch.off)
        self.can = replace(self.can, power=True)

    def blown(self, fan: Fan) -> None:
        """Take a fan: its switch, speeds and presets."""
        self.powered(fan.switch)
        if fan.strength is not None:
            low = fan.strength.low - 1
            self._numbered(replace(fan.strength, low=low), first=low)
        if fan.presets is not None:
            self.chosen(fan.presets, fan.switch.about.key)

    def misted(self, humidifier: Humidifier) -> None:
        """Take a humidifier. The humidity it is to reach is no strength, and is only shown."""
        self.powered(humidifier.switch)
        if humidifier.target is not None:
            self.notes.tells(humidifier.target.state, "sensor", "target_humidity", "%")
        if humidifier.modes is not None:
            self.chosen(humidifier.modes, humidifier.switch.about.key)

    def numbered(self, number: Number) -> bool:
        """Take a number as strength; False where it is none."""
        if self.can.steps or number.range.command is None or not is_strength(number):
            return False
        return self._numbered(number.range, first=min(0.0, number.range.low))

    def _numbered(self, span: Range, *, first: float) -> bool:
        """Take numbers above `first`, which is no strength at all."""
        low, high = max(span.low - first, 0), span.high - first
        natives = numbers_of(low, high, span.step)
        if not natives or span.command is None or self.can.steps:
            return False
        words = {str(percent): f"{native + first:g}" for percent, native in natives.items()}
        if span.low <= first and not self.can.power:
            words["off"] = f"{first:g}"
        is_told = self.notes.tells(span.state, "share", first, high)
        self.tells_running |= is_told and "off" in words
        self.notes.takes(span.command, "level", **words)
        self._steps(tuple(natives), has_off="off" in words)
        self.flags["numbers"] = "1"
        return True

    def chosen(self, choice: Choice, name: str) -> None:
        """Take words as strengths or as modes; what is neither is shown as it is told."""
        by_word = {} if self.can.steps else strengths_of(choice.options)
        modes = {} if self.can.modes else modes_of(choice.options)
        if choice.command is not None and by_word:
            self._worded(choice, choice.command, by_word)
        elif choice.command is not None and modes:
            words = {word: mode.value for word, mode in modes.items()}
            self.notes.tells(choice.state, "mode", words)
            taken = {mode.value: word for word, mode in modes.items()}
            self.notes.takes(choice.command, "mode", **taken)
            self.can = replace(self.can, modes=tuple(modes.values()))
        else:
            self.notes.tells_raw(choice.state, name)

    def _worded(self, choice: Choice, command: Place, by_word: Mapping[str, int]) -> None:
        natives = {str(percent): word for word, percent in by_word.items()}
        words = {word: str(percent) for word, percent in by_word.items()}
        off = next((word for word in choice.options if word.casefold() == "off"), None)
        if off is not None:
            natives["off"], words[off] = off, "off"
        is_told = self.notes.tells(choice.state, "words", words)
        self.tells_running |= is_told and off is not None
        self.notes.takes(command, "level", **natives)
        self._steps(tuple(by_word.values()), has_off=off is not None)

    def _steps(self, steps: tuple[int, ...], *, has_off: bool) -> None:
        rates = tuple(max(1, _FULL_RATE_UL_PER_H * step // 100) for step in steps)
        power = self.can.power or has_off
        self.can = replace(self.can, steps=steps, rate_ul_per_h=rates, power=power)

    def lit(self, light: Light) -> None:
        """Take the first lamp; others are shown as they tell."""
        switch = light.switch
        if self.can.light or switch.command is None:
            self.notes.tells_raw(switch.state, switch.about.key)
            return
        effects = light.effects
        self.can = replace(
            self.can,
            light=True,
            light_dims=light.brightness is not None,
            light_colours=light.colour is not None,
            light_effects=effects.options if effects is not None and effects.command else (),
        )
        scale = light.brightness.high if light.brightness is not None else 255.0
        if light.is_json:
            self.notes.tells(switch.state, "lamp", scale)
            self.notes.takes(switch.command, "lamp", scale=f"{scale:g}")
            return
        self.notes.tells(switch.state, "light", switch.says_on, switch.says_off)
        self.notes.takes(switch.command, "light", on=switch.on, off=switch.off)
        self._dressed(light, scale)

    def _dressed(self, light: Light, scale: float) -> None:
        """Take brightness, colour and effects where each has topics of its own."""
        if light.brightness is not None and light.brightness.command is not None:
            self.notes.tells(light.brightness.state, "bright", scale)
            self.notes.takes(light.brightness.command, "bright", scale=f"{scale:g}")
        if light.colour is not None and light.colour.command is not None:
            self.notes.tells(light.colour.state, "rgb")
            self.notes.takes(light.colour.command, "rgb")
        if light.effects is not None and light.effects.command is not None:
            self.notes.tells(light.effects.state, "effect")
            self.notes.takes(light.effects.command, "effect")


def is_strength(entity: Number | Select) -> bool:
    """Say whether it is named as what says how strong."""
    words = f"{entity.about.key} {entity.about.name}"
    is_beside = _LAMP.search(words) or _TIME.search(words)
    return _STRENGTH.search(words) is not None and is_beside is None


def is_lamp(switch: Switch) -> bool:
    """Say whether a switch is named as a lamp's."""
    return _LAMP.search(f"{switch.about.key} {switch.about.name}") is not None
