"""What a Homie device says of itself, in one form for both versions of the convention.

Version 5 says it in one JSON document, version 4 in a retained topic for each attribute.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapters.diffusers.payloads import MAX_NAME, Fields, object_of, text_of
from scentd.ports import Malformed

ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
"""An id of the convention, of a length that an id of ours has room for."""
MOST_PROPERTIES = 200
_DATATYPES = frozenset(
    ("integer", "float", "boolean", "string", "enum", "color", "datetime", "duration", "json")
)


@dataclass(frozen=True, slots=True)
class Property:
    """One value of a device: where it stands, of which type it is, whether it can be set.

    `node_type` and `node_name` are those of the node it belongs to. A property that is not
    `retained` says that something happened.
    """

    node: str
    name: str
    datatype: str
    format: str = ""
    unit: str = ""
    settable: bool = False
    retained: bool = True
    node_type: str = ""
    node_name: str = ""

    @property
    def path(self) -> str:
        """Give its topic below the device's."""
        return f"{self.node}/{self.name}"


@dataclass(frozen=True, slots=True)
class Described:
    """A device with all its properties; `root` is the id of the device that connects for it.

    `base` is the topic of the device, `version` 4 or 5. `root_base` is the topic of the root, ""
    for a device that connects by itself.
    """

    device: str
    base: str
    version: int
    name: str
    type: str = ""
    firmware: str = ""
    root: str = ""
    root_base: str = ""
    properties: tuple[Property, ...] = ()


def described_5(topic: str, domain: str, device: str, payload: bytes) -> Described:
    """Read a `$description` of version 5; what is not of the form is passed over.

    Raises Malformed.
    """
    fields = object_of(topic, payload)
    root = fields.text("root") or ""
    if root and not ID.fullmatch(root):
        raise Malformed(topic, "its root is no id")
    nodes = fields.part("nodes")
    return Described(
        device=device,
        base=f"{domain}/5/{device}",
        version=5,
        name=_name(fields, "name") or device,
        type=_name(fields, "type"),
        root=root,
        root_base=f"{domain}/5/{root}" if root else "",
        properties=() if nodes is None else tuple(_properties_5(nodes))[:MOST_PROPERTIES],
    )


def _properties_5(nodes: Fields) -> Iterator[Property]:
    for node in nodes.names():
        inner = _part(nodes, node)
        properties = None if inner is None else _part(inner, "properties")
        if inner is None or properties is None or not ID.fullmatch(node):
            continue
        for name in properties.names():
            fields = _part(properties, name)
            if fields is not None and ID.fullmatch(name):
                yield from _property_5(node, name, inner, fields)


def _property_5(node: str, name: str, inner: Fields, fields: Fields) -> Iterator[Property]:
    try:
        yield Property(
            node=node,
            name=name,
            datatype=_datatype(fields.text("datatype")),
            format=fields.text("format", limit=1_000) or "",
            unit=fields.text("unit") or "",
            settable=fields.boolean("settable") or False,
            retained=fields.boolean("retained") is not False,
            node_type=_name(inner, "type"),
            node_name=_name(inner, "name"),
        )
    except Malformed:
        return


def _part(fields: Fields, name: str) -> Fields | None:
    try:
        return fields.part(name)
    except Malformed:
        return None


def _name(fields: Fields, name: str) -> str:
    value = fields.single(name)
    said = "" if value is None else "".join(c for c in str(value) if c.isprintable())
    return said[:MAX_NAME].strip()


def described_4(device: str, pieces: Mapping[str, bytes]) -> Described | None:
    """Read the attributes of version 4, topic to payload; None while some are still missing."""
    base = f"homie/{device}"
    told = {topic.removeprefix(f"{base}/"): _text(topic, raw) for topic, raw in pieces.items()}
    version = told.get("$homie", "")
    if not version.startswith("4.") or "$nodes" not in told:
        return None
    nodes = [node for node in told["$nodes"].split(",") if ID.fullmatch(node)]
    if any(f"{node}/$properties" not in told for node in nodes):
        return None
    properties = [prop for node in nodes for prop in _properties_4(node, told)]
    return Described(
        device=device,
        base=base,
        version=4,
        name=told.get("$name", "")[:MAX_NAME].strip() or device,
        type=told.get("$implementation", "")[:MAX_NAME],
        firmware=told.get("$fw/version", "")[:MAX_NAME],
        properties=tuple(properties[:MOST_PROPERTIES]),
    )


def _properties_4(node: str, told: Mapping[str, str]) -> Iterator[Property]:
    for name in told[f"{node}/$properties"].split(","):
        if not ID.fullmatch(name):
            continue
        at = f"{node}/{name}"
        yield Property(
            node=node,
            name=name,
            datatype=_datatype(told.get(f"{at}/$datatype")),
            format=told.get(f"{at}/$format", ""),
            unit=told.get(f"{at}/$unit", ""),
            settable=told.get(f"{at}/$settable") == "true",
            retained=told.get(f"{at}/$retained") != "false",
            node_type=told.get(f"{node}/$type", ""),
            node_name=told.get(f"{node}/$name", ""),
        )


def _datatype(said: str | None) -> str:
    return said if said in _DATATYPES else "string"


def _text(topic: str, payload: bytes) -> str:
    try:
        return "".join(c for c in text_of(topic, payload, limit=4_096) if c.isprintable())[:1_000]
    except Malformed:
        return ""
