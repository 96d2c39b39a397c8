"""What a household may have plugged into a switch, as data: kinds of diffuser and what they use.

A plug cannot tell what it feeds, so the household says it. Rates are our own assumption from the
sizes and hours that makers state; each refill corrects them for the device at hand. Where makers
differ the greater use is taken, for limits of what a room may get are reckoned with it:

- An ultrasonic bowl atomises 30 to 45 ml of water an hour (100 ml last 3 to 4 h, 300 ml 7 h,
  500 ml 11 h). The oil is 2 % of the water, as for the bowls in the tables of TuyaMCU; who pours
  the 3 to 5 drops in 100 ml that makers advise uses a tenth of that.
- A nebuliser sprays bare oil: 1 ml an hour of spraying.
- A fan that blows over a pad: 10 drops (0.5 ml) are gone after 6 h.
- A bottle with a heated wick: 20 ml last 80 days of 12 h.
- Melting wax: a tenth of 25 g is perfume, gone after 20 h of melting; a dish of oil over heat loses
  8 drops (0.4 ml) in 3 h.
- A fragrance lamp warms a dish by its bulb: as a dish of oil over heat.

A diffuser that only switches can be pulsed: run for a part of each few minutes. What must first
grow warm cannot, for within minutes it knows no difference, and a bulb must not flicker.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from scentd.model.diffuser import Capabilities, DeviceType, Diffuser
from scentd.ports import Profile

PULSED_STEPS = (25, 50, 75, 100)
"""The steps made by switching, in percent: what a person can tell apart in a room."""


@dataclass(frozen=True, slots=True)
class Plugged:
    """One kind of diffuser that is plugged into a switch.

    `title` is English for people; a page may have words of its own for the key. `rate_ul_per_h`
    is the oil used while it runs. `tank_ml` is the water it holds, None where it needs none.
    `is_pulsed` says that switching it every few minutes does it no harm and makes it weaker.
    """

    key: str
    title: str
    rate_ul_per_h: int
    tank_ml: int | None = None
    is_pulsed: bool = False

    def on(self, plug: Capabilities) -> Capabilities:
        """Give what the plug and the diffuser can do together: a plug measures, times, blinks."""
        if not self.is_pulsed:
            return replace(plug, steps=(), rate_ul_per_h=(self.rate_ul_per_h,), pulsed=False)
        rates = tuple(self.rate_ul_per_h * step // 100 for step in PULSED_STEPS)
        return replace(plug, steps=PULSED_STEPS, rate_ul_per_h=rates, pulsed=True)


KINDS: tuple[Plugged, ...] = (
    Plugged(
        "ultrasonic-medium",
        "Ultrasonic bowl, 200 to 400 ml of water",
        860,
        tank_ml=300,
        is_pulsed=True,
    ),
    Plugged(
        "ultrasonic-small",
        "Ultrasonic bowl, up to 200 ml of water",
        570,
        tank_ml=100,
        is_pulsed=True,
    ),
    Plugged(
        "ultrasonic-large",
        "Ultrasonic bowl, over 400 ml of water",
        910,
        tank_ml=500,
        is_pulsed=True,
    ),
    Plugged("nebuliser", "Nebuliser that sprays bare oil", 1_000, is_pulsed=True),
    Plugged("fan", "Fan that blows over a scented pad", 80, is_pulsed=True),
    Plugged("wick-warmer", "Bottle with a heated wick", 20),
    Plugged("wax-warmer", "Warmer that melts scented wax", 130),
    Plugged("oil-warmer", "Warmer with a dish of oil", 130),
    Plugged("fragrance-lamp", "Fragrance lamp", 130),
    # Nobody knows whether it may be pulsed. The key is what was chosen before there were kinds.
    Plugged("plug", "Something else that spreads scent", 400),
)
"""The likeliest first."""

_BY_KEY: Mapping[str, Plugged] = {kind.key: kind for kind in KINDS}
_PROFILES = tuple(Profile(kind.key, kind.title, kind.on(Capabilities())) for kind in KINDS)


def profiles() -> tuple[Profile, ...]:
    """Give what a household may say it has plugged in, the likeliest first, something else last.

    Their capabilities are those in a plug that only switches.
    """
    return _PROFILES


def is_plugged(diffuser: Diffuser) -> bool:
    """Say whether the household said what is plugged into this switch."""
    return diffuser.profile in _BY_KEY


def as_plugged(diffuser: Diffuser, key: str) -> Diffuser:
    """Give the plug with that kind of diffuser in it; raises KeyError for an unknown kind.

    What the plug itself can do (measure, time, show itself) stays.
    """
    return replace(
        diffuser,
        capabilities=_BY_KEY[key].on(diffuser.capabilities),
        device_type=DeviceType.PLUG_DIFFUSER,
        profile=key,
        needs_profile=False,
    )


def choices(diffuser: Diffuser) -> tuple[Profile, ...]:
    """Give what a household may choose for a switch; () for a device that says what it is."""
    return profiles() if diffuser.needs_profile or diffuser.profile else ()


def chosen(diffuser: Diffuser, key: str) -> Diffuser:
    """Give a switch with that plugged in; raises KeyError, also where there is no choice."""
    if not choices(diffuser):
        raise KeyError(f"{diffuser.id} says itself what it is")
    return as_plugged(diffuser, key)
