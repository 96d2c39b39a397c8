"""Know a Shelly device by what it says of itself, piece by piece.

`<prefix>/online` only hints that a device is there: it is asked then. Where it takes no RPC it
still answers `announce` when its control is on; where that is off too, its notifications alone say
that there is a device that the household has to set up.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.diffusers.payloads import Fields, object_of
from adapters.diffusers.shelly import topics
from adapters.diffusers.shelly.topics import CONFIG, STATUS, WHO, Place, answer_topic
from scentd.model.diffuser import Advice, Capabilities, DeviceType, Diffuser
from scentd.model.readings import Discovery, Found, Piece
from scentd.ports import Malformed

DIALECT = "shelly"
_MAC = re.compile(r"[0-9A-Fa-f]{12}")
_DEVICE = re.compile(r"[A-Za-z0-9]{1,40}-([0-9A-Fa-f]{12})")
_SWITCH = re.compile(r"switch:(0|[1-9][0-9]?)")
_FIRST_GEN = 2


def discover(topic: str, payload: bytes) -> tuple[Discovery, ...]:
    """Take what a device says as a piece, and ask for more; raises Malformed for other topics.

    What others say on topics of the same form is passed over.
    """
    if topic == topics.EVERYBODY:
        return _by_default_prefix(topic, payload)
    place = topics.place_of(topic)
    if place is None:
        raise Malformed(topic, "no Shelly device speaks there")
    if place.is_answer:
        return (Piece(place.prefix, announces=False),)
    if place.what == "online":
        return topics.questions(place.prefix) if payload == b"true" else ()
    if not _is_of_a_device(place, topic, payload):
        return ()
    bare = b"announce" if place.what == "events/rpc" else b"status_update"
    return (Piece(place.prefix, announces=False), *topics.questions(place.prefix, bare))


def assemble(prefix: str, pieces: Mapping[str, bytes]) -> tuple[Discovery, ...]:
    """Give a diffuser for each switch of a device; () while nobody knows who it is or has any."""
    heard = _hear(prefix, pieces)
    if heard is None:
        return ()
    return tuple(Found(_diffuser(prefix, heard, number)) for number in heard.switches)


@dataclass(frozen=True, slots=True)
class _Heard:
    """All a device said of itself; empty where it said nothing."""

    mac: str
    info: Fields
    config: Fields
    status: Fields
    switches: tuple[int, ...]
    takes_rpc: bool
    is_announced: bool


def _by_default_prefix(topic: str, payload: bytes) -> tuple[Discovery, ...]:
    # Nothing here says the prefix; unless somebody changed it, it is the device's id.
    fields = _object(topic, payload)
    name = None if fields is None else fields.single("id")
    if fields is None or not _is_new_enough(fields) or not isinstance(name, str):
        return ()
    return topics.questions(name) if _DEVICE.fullmatch(name) else ()


def _is_of_a_device(place: Place, topic: str, payload: bytes) -> bool:
    fields = _object(topic, payload)
    if fields is None:
        return False
    if place.what == "announce":
        return _is_new_enough(fields)
    if place.what == "status":
        return any(True for _ in _switches(fields))
    return _sender(fields) is not None and str(fields.single("method")).startswith("Notify")


def _is_new_enough(fields: Fields) -> bool:
    gen = fields.single("gen")
    return isinstance(gen, int | float) and gen >= _FIRST_GEN


def _hear(prefix: str, pieces: Mapping[str, bytes]) -> _Heard | None:
    answers = {
        what: frame
        for what in (WHO, CONFIG, STATUS)
        if (frame := _piece(answer_topic(what, prefix), pieces)) is not None
    }
    announced = _piece(f"{prefix}/announce", pieces)
    notified = _piece(f"{prefix}/events/rpc", pieces)
    info = _result(answers.get(WHO)) or announced or _NOTHING
    config = _result(answers.get(CONFIG)) or _NOTHING
    status = _result(answers.get(STATUS)) or _piece(f"{prefix}/status", pieces) or _NOTHING
    mac = _mac(info) or _sender(*answers.values(), *([notified] if notified else ()))
    if mac is None:
        return None
    switches = tuple(sorted({*_switches(status), *_switches(config)}))
    if not answers and announced is None:
        switches = switches or _notified_switch(notified)
    return _Heard(
        mac, info, config, status, switches, bool(answers), is_announced=announced is not None
    )


def _notified_switch(notified: Fields | None) -> tuple[int, ...]:
    # A notification names only what changed; whether there are more switches it does not say.
    params = None if notified is None else _part(notified, "params")
    return (0,) if params is not None and "switch:0" in params else ()


def _diffuser(prefix: str, heard: _Heard, number: int) -> Diffuser:
    is_alone = len(heard.switches) == 1
    key = f"switch:{number}"
    set_up = _part(heard.config, key) or _NOTHING
    mqtt = _part(heard.config, "mqtt") or _NOTHING
    is_controlled = _flag(mqtt, "enable_control", unsaid=heard.is_announced)
    is_measured = "apower" in (_part(heard.status, key) or _NOTHING) or "power_limit" in set_up
    device_id = f"{DIALECT}-{heard.mac}"
    facts = {
        "switch": str(number),
        "rpc": str(int(heard.takes_rpc)),
        "control": str(int(is_controlled)),
        # At QoS 1 a broker keeps commands for a device with a session that outlives it, and
        # would switch it whenever it comes back.
        "qos": str(int(_flag(mqtt, "clean_session", unsaid=True))),
    }
    if is_alone:
        facts["alone"] = "1"
    return Diffuser(
        id=device_id if is_alone else f"{device_id}-{number}",
        dialect=DIALECT,
        address=prefix,
        name=_name(heard, set_up, number, is_alone=is_alone) or device_id,
        capabilities=Capabilities(energy=is_measured, timer=heard.takes_rpc),
        maker="Shelly",
        model=_text(heard.info, "app") or _text(heard.info, "model"),
        firmware=_text(heard.info, "ver"),
        device_type=DeviceType.PLUG_DIFFUSER,
        needs_profile=True,
        advice=_advice(heard, mqtt, is_controlled=is_controlled),
        quiet=True,
        facts=facts,
    )


def _name(heard: _Heard, set_up: Fields, number: int, *, is_alone: bool) -> str:
    if own := _text(set_up, "name"):
        return own
    system = _part(heard.config, "sys") or _NOTHING
    device = _text(_part(system, "device") or _NOTHING, "name") or _text(heard.info, "name")
    name = device or _text(heard.info, "id")
    return name if is_alone or not name else f"{name[:100]} {number + 1}"


def _advice(heard: _Heard, mqtt: Fields, *, is_controlled: bool) -> tuple[str, ...]:
    advice: list[str] = []
    if not heard.takes_rpc and not is_controlled:
        advice.append(Advice.CONTROL_OFF)
    tells = (_flag(mqtt, name, unsaid=True) for name in ("status_ntf", "rpc_ntf"))
    if not any(tells):
        advice.append(Advice.STATUS_OFF)
    return tuple(advice)


_NOTHING = Fields("", {})


def _object(topic: str, payload: bytes) -> Fields | None:
    try:
        return object_of(topic, payload)
    except Malformed:
        return None


def _piece(topic: str, pieces: Mapping[str, bytes]) -> Fields | None:
    return _object(topic, pieces[topic]) if topic in pieces else None


def _part(fields: Fields, name: str) -> Fields | None:
    try:
        return fields.part(name)
    except Malformed:
        return None


def _result(answer: Fields | None) -> Fields | None:
    return None if answer is None else _part(answer, "result")


def _text(fields: Fields, name: str) -> str:
    try:
        return fields.text(name) or ""
    except Malformed:
        return ""


def _flag(fields: Fields, name: str, *, unsaid: bool) -> bool:
    value = fields.single(name)
    return value if isinstance(value, bool) else unsaid


def _mac(info: Fields) -> str | None:
    mac = _text(info, "mac")
    return mac.lower() if _MAC.fullmatch(mac) else None


def _sender(*frames: Fields) -> str | None:
    """Give the MAC of who sent the first frame that says it."""
    for frame in frames:
        device = _DEVICE.fullmatch(_text(frame, "src"))
        if device is not None:
            return device[1].lower()
    return None


def _switches(fields: Fields) -> tuple[int, ...]:
    found = (_SWITCH.fullmatch(name) for name in fields.names())
    return tuple(int(one[1]) for one in found if one is not None)
