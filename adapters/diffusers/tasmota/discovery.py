"""Read what Tasmota announces on `tasmota/discovery/<MAC>/config`.

The keys are Tasmota's own: `t` topic, `ft` full topic, `tp` prefixes, `rl` relays, `ofln` and
`onln` words of availability, `state` words of a switch, `so` options, `ty` TuyaMCU, `md` model.
"""

import re

from adapters.diffusers.payloads import Fields, object_of
from adapters.diffusers.tasmota.lamp import lamp_facts
from adapters.diffusers.tasmota.profiles import MODELS, Model, recognise
from scentd.model.diffuser import Capabilities, DeviceType, Diffuser
from scentd.model.readings import Discovery, Found, Gone
from scentd.ports import Malformed

ROOT = "tasmota/discovery"
_TOPIC = re.compile(rf"{ROOT}/([0-9A-F]{{12}})/(config|sensors)")
_RELAY = 1
_MAX_RELAYS = 32


def discover(topic: str, payload: bytes) -> tuple[Discovery, ...]:
    """Give the diffusers of one device; raises Malformed.

    Each relay of a plug is one, a ceiling fan (iFan) none. What the device could be and is not (an
    empty message: all of it) is gone: it was set up anew with more relays, with fewer or with none.
    `sensors` messages add nothing here: what a device measures is read when it reports it.
    """
    parts = _TOPIC.fullmatch(topic)
    if parts is None:
        raise Malformed(topic, "it is not of the form tasmota/discovery/<MAC>/config")
    if parts[2] == "sensors":
        return ()
    device_id = f"tasmota-{parts[1].lower()}"
    found = _diffusers(topic, parts[1], object_of(topic, payload)) if payload else ()
    kept = {diffuser.id for diffuser in found}
    ids = (device_id, *(f"{device_id}-{n}" for n in range(1, _MAX_RELAYS + 1)))
    return (*map(Found, found), *(Gone(name) for name in ids if name not in kept))


def _diffusers(topic: str, mac: str, fields: Fields) -> tuple[Diffuser, ...]:
    if fields.whole("if", 0, 1):
        return ()  # a ceiling fan: its relays are speeds and a lamp
    device_id = f"tasmota-{mac.lower()}"
    facts = _facts(topic, mac, fields)
    if fields.whole("ty", 0, 1):
        return (_tuya(device_id, fields, facts),)
    relays = [n for n, kind in enumerate(fields.wholes("rl", 0, 9), start=1) if kind == _RELAY]
    if len(relays) == 1:
        return (_plug(device_id, relays[0], fields, facts),)
    return tuple(_plug(f"{device_id}-{n}", n, fields, facts) for n in relays)


def as_model(diffuser: Diffuser, model: Model) -> Diffuser:
    """Give the device as that model."""
    return Diffuser(
        id=diffuser.id,
        dialect=diffuser.dialect,
        address=diffuser.address,
        name=diffuser.name,
        capabilities=model.capabilities,
        maker=model.maker or diffuser.maker,
        model=diffuser.model,
        firmware=diffuser.firmware,
        room=diffuser.room,
        device_type=model.device_type,
        profile=model.key,
        facts=diffuser.facts,
    )


def _tuya(device_id: str, fields: Fields, facts: dict[str, str]) -> Diffuser:
    device = _bare(device_id, 1, fields, facts)
    model = recognise(device.model)
    return device if model is None else as_model(device, model)


def _plug(device_id: str, relay: int, fields: Fields, facts: dict[str, str]) -> Diffuser:
    return _bare(device_id, relay, fields, facts)


def _bare(device_id: str, relay: int, fields: Fields, facts: dict[str, str]) -> Diffuser:
    # Nobody can tell a plug with a diffuser from one with a freezer: the household says so.
    names = fields.texts("fn")
    friendly = names[relay - 1] if relay <= len(names) else None
    is_tuya = "tuya" in facts
    return Diffuser(
        id=device_id,
        dialect="tasmota",
        address=facts["cmnd"],
        name=friendly or fields.text("dn") or fields.text("t") or device_id,
        capabilities=Capabilities(
            energy=not is_tuya, light="lamp" in facts, light_dims="lamp" in facts
        ),
        maker="Tasmota",
        model=fields.text("md") or "",
        firmware=fields.text("sw") or "",
        device_type=DeviceType.AROMA_DIFFUSER if is_tuya else DeviceType.PLUG_DIFFUSER,
        needs_profile=True,
        facts=facts | {"relay": str(relay)},
    )


def _facts(topic: str, mac: str, fields: Fields) -> dict[str, str]:
    words = fields.texts("state")
    prefixes = fields.texts("tp")
    if len(prefixes) != 3 or len(words) < 2:
        raise Malformed(topic, "it has not three prefixes (tp) and the words of a switch (state)")
    cmnd, stat, tele = (_full_topic(topic, mac, fields, prefix or "") for prefix in prefixes)
    relays = sum(1 for kind in fields.wholes("rl", 0, 9) if kind)
    options = fields.part("so")
    facts = {
        "cmnd": cmnd,
        "stat": stat,
        "tele": tele,
        "off": words[0] or "OFF",
        "on": words[1] or "ON",
        "offline": fields.text("ofln") or "Offline",
        "online": fields.text("onln") or "Online",
        "relays": str(relays),
    }
    if options is not None and options.whole("4", 0, 1):
        facts["own_topics"] = "1"
    if fields.whole("ty", 0, 1):
        facts["tuya"] = "1"
    return facts | lamp_facts(fields)


def _full_topic(topic: str, mac: str, fields: Fields, prefix: str) -> str:
    name, pattern = fields.text("t"), fields.text("ft")
    if not name or not pattern or not prefix:
        raise Malformed(topic, "topic (t), full topic (ft) or a prefix (tp) is missing")
    if "%prefix%" not in pattern:
        pattern += "/%prefix%"  # as the firmware itself does
    full = (
        pattern.replace("%prefix%", prefix)
        .replace("%topic%", name)
        .replace("%hostname%", fields.text("hn") or "")
        .replace("%id%", mac[6:])
    )
    full = re.sub("/+", "/", f"{full}/")
    if any(sign in full for sign in "+#\0"):
        raise Malformed(topic, "a wildcard stands in its topic")
    return full


def model_of(diffuser: Diffuser) -> Model | None:
    """Give the model the device was recognised or chosen as."""
    return MODELS.get(diffuser.profile or "")
