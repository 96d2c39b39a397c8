"""From the home into what Home Assistant reads: announcements, states, events. Pure.

Everything but events is kept by the broker, so that Home Assistant finds it whenever it starts.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.home_assistant.entities import LONGEST_RUN_MIN, Shown, entities_of, speed_steps
from adapters.home_assistant.options import mode_options, scent_options
from adapters.home_assistant.places import HUB, ORIGIN, Places, is_usable
from adapters.home_assistant.words import Words
from scentd.model.diffuser import Availability, Diffuser, DiffuserState, ReportedState
from scentd.ports import Filling, Happening, Publish

_HUB_IS_ONLINE = "{{ 'online' if value_json.status == 'online' else 'offline' }}"
"""The hub says `stopping`, too; a word that is neither would leave its entities as they were."""


@dataclass(frozen=True, slots=True)
class Look:
    """A diffuser at one moment; `held_until` is when a person's wish ends, None without one."""

    diffuser: Diffuser
    state: DiffuserState
    fillings: Mapping[int, Filling]
    now: datetime
    held_until: datetime | None = None


def hub_kept(places: Places, name: str, words: Words) -> dict[str, bytes]:
    """Give what is kept for the hub's own device, by topic: the diffusers are behind it."""
    device = {
        "identifiers": [places.object_id(HUB)],
        "name": f"{words.hub} {name}".strip(),
        "manufacturer": "The Scent",
        "model": "scentd",
    }
    if places.version:
        device["sw_version"] = places.version
    connection = {
        "platform": "binary_sensor",
        "unique_id": f"{places.object_id(HUB)}-connection",
        "name": words.connection,
        "device_class": "connectivity",
        "entity_category": "diagnostic",
        "state_topic": places.hub_status,
        "value_template": "{{ 'ON' if value_json.status == 'online' else 'OFF' }}",
    }
    announced = {
        "device": device,
        "origin": _origin(places),
        "components": {"connection": connection},
    }
    return {places.config(HUB): _json(announced)}


def kept(places: Places, look: Look, words: Words) -> dict[str, bytes]:
    """Give what the broker is to keep of a diffuser, by topic, the announcement first.

    Raises IdUnusable.
    """
    key = look.diffuser.id
    base = places.base(key)
    messages = {
        places.config(key): announcement(places, look, words),
        f"{base}/availability": _availability(look.state),
        f"{base}/state": _json(_state(look, words)),
    }
    if look.diffuser.capabilities.light:
        messages[f"{base}/light"] = _json(_light(look))
    return messages


def announcement(places: Places, look: Look, words: Words) -> bytes:
    """Give the announcement of a diffuser with all its entities; raises IdUnusable."""
    diffuser = look.diffuser
    object_id, base = places.object_id(diffuser.id), places.base(diffuser.id)
    has_signal = look.state.reported.signal_dbm is not None
    shown = Shown(diffuser, look.fillings, has_signal, words)
    device = {
        "identifiers": [object_id],
        "name": diffuser.name,
        "manufacturer": diffuser.maker,
        "model": diffuser.model,
        "sw_version": diffuser.firmware,
        "suggested_area": diffuser.room,
        "via_device": places.object_id(HUB),
    }
    return _json(
        {
            "device": {field: value for field, value in device.items() if value},
            "origin": _origin(places),
            "availability_mode": "all",
            "availability": [
                {"topic": places.hub_status, "value_template": _HUB_IS_ONLINE},
                {"topic": f"{base}/availability"},
            ],
            "components": {
                component: {**entity, "unique_id": f"{object_id}-{component}"}
                for component, entity in entities_of(shown, base).items()
            },
        }
    )


def with_tombstones(announced: bytes, before: bytes) -> bytes:
    """Give an announcement that also takes away the entities only an earlier one had.

    They stay named in it: a Home Assistant that was off when they went must hear of it, too.
    What cannot be read as an announcement had none.
    """
    if before == announced:
        return announced
    new = json.loads(announced)
    try:
        gone = {
            key: {"platform": str(entity["platform"])}
            for key, entity in json.loads(before)["components"].items()
            if key not in new["components"] and is_usable(key)
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return announced
    return _json({**new, "components": {**new["components"], **gone}}) if gone else announced


def event(
    places: Places, diffuser_id: str, happening: Happening, slot_no: int, scent: str
) -> Publish:
    """Give the message that something happened; never kept, it is told once. Raises IdUnusable."""
    said: dict[str, object] = {"event_type": happening.value}
    if slot_no:
        said |= {"slot": slot_no, "scent": scent}
    return Publish(f"{places.base(diffuser_id)}/event", _json(said), qos=1)


def _availability(state: DiffuserState) -> bytes:
    # What nobody has ever spoken of may well be there: some devices never say. But who was there,
    # and is doubted because its bridge is away or it fell silent, cannot be used now.
    is_doubted = state.availability is Availability.UNKNOWN and state.availability_source
    is_away = state.availability is Availability.OFFLINE or is_doubted
    return b"offline" if is_away else b"online"


def _state(look: Look, words: Words) -> dict[str, object]:
    can, reported = look.diffuser.capabilities, look.state.reported
    said: dict[str, object] = {}
    if can.power:
        said["power"] = _switch(reported.power)
        said["run_for"] = _minutes_left(look)
    if can.steps:
        said["percent"] = reported.intensity_percent
        said["speed"] = _speed(can.steps, reported.intensity_percent)
    if can.modes:
        said["mode"] = mode_options(can, words).get(reported.mode) if reported.mode else None
    if can.slot_choice and can.slots > 1:
        options = scent_options(can.slots, look.fillings, words)
        said["scent"] = options.get(reported.slot_no) if reported.slot_no else None
    if can.energy:
        said["watts"] = _rounded(reported.watts, 2)
        said["wh"] = _rounded(reported.energy_wh, 1)
    if reported.signal_dbm is not None:
        said["dbm"] = reported.signal_dbm
    said.update(_levels(look))
    said["problem"], said["problem_facts"] = _problem(look)
    return said


def _levels(look: Look) -> dict[str, object]:
    said: dict[str, object] = {}
    slots = look.diffuser.capabilities.slots
    for slot_no in range(1, slots + 1):
        mark = "" if slots == 1 else f"_{slot_no}"
        filling = look.fillings.get(slot_no)
        if filling is None:
            said |= {f"oil{mark}": None, f"ml{mark}": None, f"days{mark}": None}
            continue
        ends = filling.run_out.p50
        days = None if ends is None else max(0, round((ends - look.now) / timedelta(days=1)))
        said |= {
            f"oil{mark}": round(100 * filling.cartridge.fraction_left, 1),
            f"ml{mark}": round(filling.cartridge.remaining_ul / 1000, 1),
            f"days{mark}": days,
        }
    return said


def _problem(look: Look) -> tuple[str, dict[str, object]]:
    reported = look.state.reported
    low = sorted(slot_no for slot_no, filling in look.fillings.items() if filling.is_low)
    fault = reported.fault or ""
    is_low = bool(low) or reported.is_low is True
    return _switch(bool(fault) or is_low) or "", {"fault": fault, "low": is_low, "low_slots": low}


def _light(look: Look) -> dict[str, object]:
    can, reported = look.diffuser.capabilities, look.state.reported
    said: dict[str, object] = {"state": _switch(reported.light)}
    if can.light_colours and reported.light_rgb is not None:
        said |= {"color_mode": "rgb", "color": _rgb(reported)}
    if can.light_dims and reported.light_percent is not None:
        said["brightness"] = reported.light_percent
    if can.light_effects:
        said["effect"] = reported.light_effect or None
    return said


def _rgb(reported: ReportedState) -> dict[str, int]:
    parts = bytes.fromhex(reported.light_rgb or "000000")
    return dict(zip("rgb", parts, strict=True))


def _speed(steps: tuple[int, ...], percent: int | None) -> int | None:
    if percent is None or speed_steps(steps) is None:
        return percent
    nearest = min(steps, key=lambda step: (abs(step - percent), step))
    return 0 if percent == 0 else steps.index(nearest) + 1


def _minutes_left(look: Look) -> int | None:
    """Give how long a person's wish still lets it run; 0 when none does, None: without end."""
    if look.held_until is None or not look.state.reported.power:
        return 0
    minutes = -((look.now - look.held_until) // timedelta(minutes=1))
    return minutes if 0 <= minutes <= LONGEST_RUN_MIN else None


def _switch(on: bool | None) -> str | None:  # noqa: FBT001 - a word for the value itself
    return None if on is None else "ON" if on else "OFF"


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _origin(places: Places) -> dict[str, str]:
    return {"name": ORIGIN, **({"sw_version": places.version} if places.version else {})}


def _json(said: object) -> bytes:
    # Half of a pair of surrogates, which JSON can carry and UTF-8 cannot, becomes a question mark.
    text = json.dumps(said, separators=(",", ":"), ensure_ascii=False)
    return text.encode(errors="replace")
