"""Which devices of a bridge can spread scent, out of its whole list."""

import re
from collections.abc import Iterator

from adapters.diffusers.payloads import Fields
from adapters.diffusers.zigbee2mqtt.exposes import Feature, features_of
from adapters.diffusers.zigbee2mqtt.roles import MIST, Roles, machine, plug
from adapters.diffusers.zigbee2mqtt.settings import BridgeSettings
from scentd.model.diffuser import Advice, Capabilities, DeviceType, Diffuser
from scentd.ports import Malformed

DIALECT = "zigbee2mqtt"
TOLD = "told"
"""The fact that the bridge tells when the device falls away."""

_IEEE = re.compile(r"0x([0-9a-f]{16})", re.IGNORECASE)
_SPREADS = re.compile(r"diffus|\baroma|(?<!de)humidif|fragran|\bscent|\bmist\b", re.IGNORECASE)
_MOST_NAME = 90
"""Of a device's name, so that the name of a socket has room behind it."""
_ENDPOINT = re.compile(r"[a-z0-9_]{1,20}", re.IGNORECASE)
_PURIFIES = re.compile(r"purif", re.IGNORECASE)
_STRANGERS = frozenset({"climate", "cover"})
"""What has one of these has its switch for that."""
_SOCKET_CLUSTER = "genOnOff"
_LAMP_CLUSTERS = frozenset({"genLevelCtrl", "lightingColorCtrl", "closuresWindowCovering"})


def diffusers_of(base: str, device: Fields, settings: BridgeSettings) -> Iterator[Diffuser]:
    """Give what one entry of the list is to us, each relay of a strip by itself; often nothing.

    An entry that is not of the form is nothing.
    """
    try:
        ieee, name = device.text("ieee_address") or "", device.text("friendly_name") or ""
        number = _IEEE.fullmatch(ieee)
        is_ours = device.text("type") != "Coordinator" and not device.boolean("disabled")
        if number is None or not is_ours or not _is_topic(name):
            return
        bare = _bare(base, number[1].lower(), device, settings)
        yield from _found(bare, device)
    except Malformed:
        return


def _is_topic(name: str) -> bool:
    return bool(name) and not any(sign in name for sign in "+#\0")


def _bare(base: str, number: str, device: Fields, settings: BridgeSettings) -> Diffuser:
    advice = settings.advice_for(f"0x{number}")
    definition = device.part("definition")
    topic = device.text("friendly_name") or ""
    maker = "" if definition is None else definition.text("vendor") or ""
    model = "" if definition is None else definition.text("model") or ""
    name = "" if _IEEE.fullmatch(topic) else topic.strip()
    if definition is None or device.boolean("supported") is False:
        advice = (*advice, Advice.UNSUPPORTED)
    return Diffuser(
        id=f"{DIALECT}-{number}",
        dialect=DIALECT,
        address=f"{base}/{topic}",
        name=(name or f"{maker} {model}".strip() or number)[:_MOST_NAME],
        capabilities=Capabilities(power=False),
        maker=maker or _short(device, "manufacturer"),
        model=model or _short(device, "model_id"),
        firmware=_short(device, "software_build_id"),
        bridge=base,
        advice=advice,
        facts={TOLD: "1"} if settings.is_told(f"0x{number}") else {},
    )


def _short(device: Fields, name: str) -> str:
    # What a device says of itself over the air may end in zero bytes.
    value = device.single(name)
    return "" if value is None else "".join(c for c in str(value)[:120] if c.isprintable())


def _found(bare: Diffuser, device: Fields) -> Iterator[Diffuser]:
    definition = device.part("definition")
    if definition is None:
        if _may_be_socket(device):
            yield _as(bare, Roles(), DeviceType.PLUG_DIFFUSER)
        return
    features = features_of(definition)
    if any(feature.within in _STRANGERS for feature in features):
        return
    switches = [feature for feature in features if _is_switch(feature, "switch")]
    fan = any(feature.within == "fan" for feature in features)
    words = f"{_short(definition, 'description')} {bare.model}"
    if fan or _SPREADS.search(words) or any(f.name in MIST and f.can_set for f in features):
        power = next((one for one in features if _is_switch(one, "fan")), None)
        power = power or (switches[0] if switches else None)
        roles = machine(power, features)
        if roles.can.power:
            yield _as(bare, roles, _type_of(words, is_fan=fan))
    elif switches:
        yield from _plugs(bare, features, switches)


def _is_switch(feature: Feature, within: str) -> bool:
    key = f"state_{feature.endpoint}" if feature.endpoint else "state"
    is_state = feature.key == key or (within == "fan" and feature.key == "fan_state")
    return (
        feature.within == within
        and feature.name == "state"
        and is_state
        and (not feature.endpoint or _ENDPOINT.fullmatch(feature.endpoint) is not None)
        and feature.can_set
        and bool(feature.on and feature.off)
    )


def _type_of(words: str, *, is_fan: bool) -> DeviceType:
    if _PURIFIES.search(words):
        return DeviceType.AIR_PURIFIER
    return DeviceType.OTHER if is_fan and not _SPREADS.search(words) else DeviceType.AROMA_DIFFUSER


def _plugs(
    bare: Diffuser, features: tuple[Feature, ...], switches: list[Feature]
) -> Iterator[Diffuser]:
    if len(switches) == 1:
        own = tuple(feature for feature in features if feature is not switches[0])
        yield _as(bare, plug(switches[0], own, ()), DeviceType.PLUG_DIFFUSER)
        return
    for switch in switches:
        own = tuple(one for one in features if one is not switch and _is_of(one, switch))
        siblings = (one for one in features if one.endpoint not in {"", switch.endpoint})
        roles = plug(switch, own, siblings)
        yield _as(bare, roles, DeviceType.PLUG_DIFFUSER, switch.endpoint)


def _is_of(feature: Feature, switch: Feature) -> bool:
    # What a strip measures for all its sockets together says nothing of one of them.
    is_shared = feature.endpoint == "" and not feature.unit
    return is_shared or feature.endpoint == switch.endpoint != ""


def _as(bare: Diffuser, roles: Roles, kind: DeviceType, endpoint: str = "") -> Diffuser:
    number = f"-{endpoint.lower()}" if endpoint else ""
    of_socket = {"endpoint": endpoint} if endpoint else {}
    return Diffuser(
        id=f"{bare.id}{number}",
        dialect=bare.dialect,
        address=bare.address,
        name=f"{bare.name} {endpoint}".strip(),
        capabilities=roles.can,
        maker=bare.maker,
        model=bare.model,
        firmware=bare.firmware,
        device_type=kind,
        needs_profile=kind is DeviceType.PLUG_DIFFUSER and roles.can.power,
        bridge=bare.bridge,
        advice=bare.advice,
        quiet=TOLD in bare.facts,
        facts={**bare.facts, **roles.facts, **of_socket},
    )


def _may_be_socket(device: Fields) -> bool:
    """Say whether a model the bridge does not know looks like a plug by what it says over the air.

    Until the interview is over nobody knows.
    """
    is_interviewed = _is_interviewed(device)
    is_mains = (device.text("power_source") or "").startswith("Mains")
    endpoints = device.part("endpoints")
    if not is_interviewed or not is_mains or endpoints is None:
        return False
    clusters = set(_clusters(endpoints))
    return _SOCKET_CLUSTER in clusters and not clusters & _LAMP_CLUSTERS


def _is_interviewed(device: Fields) -> bool:
    # Newer 2.x say it in one word, and in these two as well.
    state = device.text("interview_state")
    if state is not None:
        return state == "SUCCESSFUL"
    return (device.boolean("interview_completed") or False) and not device.boolean("interviewing")


def _clusters(endpoints: Fields) -> Iterator[str]:
    for number in endpoints.names():
        endpoint = endpoints.part(number)
        clusters = None if endpoint is None else endpoint.part("clusters")
        if clusters is not None:
            yield from (name for name in clusters.texts("input") if name)
