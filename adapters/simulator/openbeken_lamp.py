"""The LED driver of a simulated OpenBeken device: on or off, brightness, one colour."""

import re
from collections.abc import Mapping

from adapters.simulator.thing import Message

_COLOUR = re.compile(r"#?[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{4})?")


class OpenBekenLamp:
    """One lamp. Its brightness and colour may be set while it is off, and do not switch it on."""

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self.is_on = False
        self.percent = 100
        self.rgb = "FFFFFF"

    def hear(self, command: str, argument: str) -> list[Message]:
        """Obey a command, in lower case; [] for one of others."""
        if command == "led_enableall":
            self.is_on = argument == "1"
            return [self._told("led_enableAll")]
        if command in {"power", "power1"}:
            self.is_on = argument.casefold() in {"on", "1"}
            return [self._told("led_enableAll")]
        if command == "led_dimmer" and argument.isdecimal():
            self.percent = min(100, int(argument))
            return [self._told("led_dimmer")]
        if command == "led_basecolor_rgb" and _COLOUR.fullmatch(argument):
            self.rgb = argument.removeprefix("#")[:6].upper()
            return [self._told("led_basecolor_rgb")]
        return []

    def told(self) -> list[Message]:
        """Give all it says in its own time."""
        return [self._told(name) for name in self._values()]

    def in_tasmotas_words(self) -> dict[str, object]:
        """Give its state; the word POWER is its own, whatever relays there are."""
        return {"Dimmer": self.percent, "Fade": "OFF", "POWER": "ON" if self.is_on else "OFF"}

    def words(self) -> Mapping[str, object]:
        """Give what is its own in its announcement."""
        command = f"cmnd/{self._topic}"
        return {
            "name": "Light",
            "pl_on": "1",
            "pl_off": "0",
            "rgb_cmd_tpl": "{{'#%02x%02x%02x0000'|format(red,green,blue)}}",
            "rgb_val_tpl": "{{ value[0:2]|int(base=16) }},{{ value[2:4]|int(base=16) }},"
            "{{ value[4:6]|int(base=16) }}",
            "rgb_stat_t": "~/led_basecolor_rgb/get",
            "rgb_cmd_t": f"{command}/led_basecolor_rgb",
            "stat_t": "~/led_enableAll/get",
            "cmd_t": f"{command}/led_enableAll",
            "bri_stat_t": "~/led_dimmer/get",
            "bri_cmd_t": f"{command}/led_dimmer",
            "bri_scl": 100,
        }

    def _told(self, name: str) -> Message:
        return Message(f"{self._topic}/{name}/get", self._values()[name].encode(), qos=2)

    def _values(self) -> dict[str, str]:
        return {
            "led_enableAll": str(int(self.is_on)),
            "led_dimmer": str(self.percent),
            "led_basecolor_rgb": self.rgb,
        }
