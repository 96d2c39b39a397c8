"""Which Homie devices can spread scent: what is named so, and whatever only switches."""

import re
from collections.abc import Iterator

from adapters.diffusers.homie.described import Described, Property
from adapters.diffusers.homie.roles import IS, Roles, switches
from scentd.model.diffuser import DeviceType, Diffuser

DIALECT = "homie"
_SPREADS = re.compile(r"diffus|\baroma|(?<!de)humidif|fragran|\bscent|\bmist|nebuli", re.IGNORECASE)
_PURIFIES = re.compile(r"purif", re.IGNORECASE)


def diffusers_of(described: Described) -> Iterator[Diffuser]:
    """Give what a device is to us: one that spreads scent, a plug for each switch, or nothing."""
    properties = described.properties
    found = list(switches(properties))
    if not found:
        return
    words = [described.type, described.name, described.device]
    words += [word for prop in properties for word in (prop.node, prop.node_type, prop.node_name)]
    if _SPREADS.search(" ".join(words)):
        yield _machine(described, found[0], " ".join(words))
        return
    for prop in found:
        yield _plug(described, prop, is_alone=len(found) == 1)


def _machine(described: Described, power: Property, words: str) -> Diffuser:
    roles = Roles()
    roles.powered(power)
    roles.strengths(described.properties)
    roles.modes(described.properties)
    roles.lamp(described.properties)
    roles.beside(described.properties)
    is_purifier = _PURIFIES.search(words) is not None
    kind = DeviceType.AIR_PURIFIER if is_purifier else DeviceType.AROMA_DIFFUSER
    return _diffuser(described, roles, kind)


def _plug(described: Described, power: Property, *, is_alone: bool) -> Diffuser:
    own = [p for p in described.properties if is_alone or p.node == power.node]
    roles = Roles()
    roles.powered(power)
    roles.beside(own)
    number = "" if is_alone else power.node
    return _diffuser(described, roles, DeviceType.PLUG_DIFFUSER, number)


def _diffuser(described: Described, roles: Roles, kind: DeviceType, node: str = "") -> Diffuser:
    others = {f"{IS}{prop.path}": "extra" for prop in described.properties if not node}
    domain = described.base.partition("/")[0]
    own = described.device if domain == DIALECT else f"{domain.lower()}-{described.device}"
    root = {"root": described.root_base} if described.root_base else {}
    return Diffuser(
        id=f"{DIALECT}-{own}-{node}" if node else f"{DIALECT}-{own}",
        dialect=DIALECT,
        address=described.base,
        name=f"{described.name} {node}".strip(),
        capabilities=roles.can,
        model=described.type,
        firmware=described.firmware,
        device_type=kind,
        needs_profile=kind is DeviceType.PLUG_DIFFUSER,
        bridge=described.root,
        quiet=True,
        facts={**others, **roles.facts, **root, "version": str(described.version)},
    )
