"""The device that an announcement is of, and the short texts that name things in one."""

import re
from collections.abc import Iterator, Mapping

from adapters.diffusers.announced.entities import Announcer
from adapters.diffusers.announced.keys import device_written_out
from adapters.diffusers.payloads import MAX_NAME, MAX_NUMBER, MAX_TEXT

_MAC = re.compile(r"(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}", re.IGNORECASE)
_OTHER = re.compile(r"[^a-z0-9_-]+")


def announcer_of(given: object, values: Mapping[str, object], key: str) -> Announcer:
    """Give the device; `key` is the last part of the topic, for one without identifiers."""
    device = device_written_out(mapping_of(given))
    ids = device.get("identifiers")
    listed = ids if isinstance(ids, list) else [ids]
    texts = tuple(str(one)[:MAX_TEXT] for one in listed if isinstance(one, str | int))[:8]
    mac = next(_macs(device.get("connections")), "")
    first = next((slug_of(text) for text in texts), "")
    own = mac or (first and bare_mac(texts[0])) or first
    return Announcer(
        key=own or slug_of(text_of(values.get("unique_id")) or key),
        name=name_of(device.get("name")),
        maker=name_of(device.get("manufacturer")),
        model=name_of(device.get("model")),
        firmware=name_of(device.get("sw_version")),
        area=name_of(device.get("suggested_area")),
        via=name_of(device.get("via_device")),
        ids=texts,
        mac=mac,
        ids_is_text=isinstance(ids, str),
    )


def _macs(connections: object) -> Iterator[str]:
    for pair in connections if isinstance(connections, list) else []:
        is_pair = isinstance(pair, list) and len(pair) == 2 and pair[0] == "mac"
        if is_pair and isinstance(pair[1], str) and (mac := bare_mac(pair[1])):
            yield mac


def bare_mac(text: str) -> str:
    """Give a MAC as twelve hexadecimal digits, lower case; "" for what is none."""
    return re.sub("[:-]", "", text).lower() if _MAC.fullmatch(text) else ""


def mapping_of(value: object) -> Mapping[str, object]:
    """Give an object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def slug_of(text: str) -> str:
    """Give a name of a-z, 0-9, `_` and `-`; "" where nothing is left of it."""
    return _OTHER.sub("-", text.lower()).strip("-")[:MAX_NAME]


def name_of(value: object) -> str:
    """Give a name for people: printable, MAX_NAME characters at most."""
    said = str(value) if isinstance(value, str | int | float) and not _is_huge(value) else ""
    return "".join(c for c in said[:MAX_TEXT] if c.isprintable())[:MAX_NAME].strip()


def _is_huge(value: str | float) -> bool:
    return not isinstance(value, str) and not -MAX_NUMBER <= value <= MAX_NUMBER


def word_of(value: object) -> str | None:
    """Give a word as it is said in a message; None for what is none."""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, int | float):
        return None if _is_huge(value) else str(value)
    is_word = isinstance(value, str) and len(value) <= MAX_TEXT and value.isprintable()
    return value if is_word and isinstance(value, str) else None


def text_of(value: object, *, most: int = MAX_TEXT) -> str:
    """Give a printable text; "" for anything else."""
    return value if isinstance(value, str) and len(value) <= most and value.isprintable() else ""
