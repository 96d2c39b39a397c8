"""What the settings of a bridge, in `bridge/info`, mean for its devices."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.diffusers.payloads import Fields
from scentd.model.diffuser import Advice


@dataclass(frozen=True, slots=True)
class BridgeSettings:
    """`is_json` says that states come as JSON; None where the bridge has not told.

    `tells_availability` holds for all devices but those in `own`, which have a word of their own by
    their IEEE address.
    """

    is_json: bool | None = None
    tells_availability: bool | None = None
    own: Mapping[str, bool] = field(default_factory=dict)

    def is_told(self, ieee: str) -> bool | None:
        """Say whether the bridge tells when this device falls away; None: nobody knows."""
        return self.own.get(ieee, self.tells_availability)

    def advice_for(self, ieee: str) -> tuple[Advice, ...]:
        """Give what the household should change at the bridge for this device."""
        advice = () if self.is_json is not False else (Advice.NOT_JSON,)
        return advice if self.is_told(ieee) is not False else (*advice, Advice.AVAILABILITY_OFF)


def settings_of(info: Fields) -> BridgeSettings:
    """Read `bridge/info`; raises Malformed."""
    config = info.part("config")
    if config is None:
        return BridgeSettings()
    devices = config.part("devices")
    own = {} if devices is None else _own(devices)
    return BridgeSettings(_output(config) != "attribute", _availability(config), own)


def _output(config: Fields) -> str:
    # `advanced` since 1.35, `experimental` before.
    for place in ("advanced", "experimental"):
        part = config.part(place)
        if part is not None and "output" in part:
            return part.text("output") or "json"
    return "json"


def _availability(config: Fields) -> bool:
    """Say whether the bridge tells of its devices by default.

    2.x writes `availability: {enabled, …}` always; 1.x writes true, false or an object that means
    true, or nothing, or a time to wait in `advanced.availability_timeout`. What `device_options`
    say goes before.
    """
    options, advanced = config.part("device_options"), config.part("advanced")
    if options is not None and "availability" in options:
        return _is_on(options)
    if _is_on(config):
        return True
    waiting_s = None if advanced is None else advanced.number("availability_timeout")
    return bool(waiting_s)


def _own(devices: Fields) -> dict[str, bool]:
    parts = {ieee: devices.part(ieee) for ieee in devices.names()}
    return {
        ieee: _is_on(part)
        for ieee, part in parts.items()
        if part is not None and "availability" in part
    }


def _is_on(holder: Fields) -> bool:
    """Say whether the `availability` in these settings is on: true, or an object not disabled."""
    if isinstance(holder.single("availability"), bool):
        return holder.boolean("availability") or False
    details = holder.part("availability")
    return details is not None and details.boolean("enabled") is not False
