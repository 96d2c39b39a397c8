"""What a device tells of itself now, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scentd.api.formats import Formats
from scentd.model.diffuser import Availability, Diffuser, DiffuserState

SOURCES = ("last_will", "bridge", "timeout", "message")
"""Who may have told whether a device is there."""
MOST_RAW = 200
"""Characters of a raw fact that are shown."""
_WH_PER_KWH = 1000
_S_PER_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Told:
    """What a device tells now; "" for what it does not tell."""

    there: str
    runs: str
    timer: str
    energy: str
    low: str


def tell_state(diffuser: Diffuser, state: DiffuserState, formats: Formats, now: datetime) -> Told:
    """Put what is known of a device into words."""
    words, reported = formats.words, state.reported
    low = "" if reported.is_low is None else words(f"tells.low_{str(reported.is_low).lower()}")
    return Told(
        there=_there(diffuser, state, formats, now),
        runs=_runs(diffuser, state, formats),
        timer=_timer(state, formats),
        energy=_energy(state, formats),
        low=low,
    )


def raw_facts(facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give a dialect's own notes in order, cut to what can be read."""
    return [
        (name, text if len(text) <= MOST_RAW else f"{text[:MOST_RAW]}…")
        for name, text in sorted(facts.items())
    ]


def _there(diffuser: Diffuser, state: DiffuserState, formats: Formats, now: datetime) -> str:
    words, since = formats.words, state.availability_since
    said = words(f"tells.{state.availability.value}")
    if since is not None and state.availability is not Availability.UNKNOWN:
        said = words(f"tells.{state.availability.value}_since", when=formats.when(since, now))
    if state.availability_source not in SOURCES:
        return said
    by = words(f"tells.by_{state.availability_source}", bridge=diffuser.bridge)
    return f"{said} {by}"


def _runs(diffuser: Diffuser, state: DiffuserState, formats: Formats) -> str:
    words, reported = formats.words, state.reported
    if reported.power is None:
        return words("tells.power_unknown")
    if not reported.power:
        return words("tells.off")
    percent = reported.intensity_percent
    if percent is None or not diffuser.capabilities.steps:
        return words("tells.on")
    return words("tells.on_at", percent=percent)


def _timer(state: DiffuserState, formats: Formats) -> str:
    left_s = state.reported.timer_s
    if not left_s or state.reported.power is False:
        return ""
    return formats.words("tells.timer", count=max(1, round(left_s / _S_PER_MINUTE)))


def _energy(state: DiffuserState, formats: Formats) -> str:
    words, reported = formats.words, state.reported
    said = []
    if reported.watts is not None:
        said.append(words("tells.watts", watts=formats.decimal(reported.watts, digits=1)))
    if reported.energy_wh is not None:
        is_much = reported.energy_wh >= _WH_PER_KWH
        amount = reported.energy_wh / _WH_PER_KWH if is_much else reported.energy_wh
        key = "tells.kwh" if is_much else "tells.wh"
        said.append(words(key, amount=formats.decimal(amount, digits=2 if is_much else 0)))
    return " · ".join(said)
