"""What in a message is a household's own business: recognised by its form, or by its name.

Names of devices and rooms are not among it: nobody can tell them from words.
"""

import ipaddress
import re
from collections.abc import Iterator
from enum import StrEnum


class Kind(StrEnum):
    """What a secret is, as it is told to people."""

    HARDWARE = "hardware address"
    ADDRESS = "network address"
    NETWORK = "network name"
    HOST = "host name"
    PERSON = "person or account"
    SECRET = "password or key"  # noqa: S105 - a word for people
    PLACE = "position"


_HARDWARE = re.compile(
    r"(?<![0-9A-Fa-f:])[0-9A-Fa-f]{2}(?:(?P<sign>[:-])[0-9A-Fa-f]{2})(?:(?P=sign)[0-9A-Fa-f]{2}){4}"
    r"(?:(?P=sign)[0-9A-Fa-f]{2}){0,2}(?![0-9A-Fa-f:])"
    r"|(?<![0-9A-Za-z])0x[0-9A-Fa-f]{16}(?![0-9A-Za-z])"
)
_BARE_HARDWARE = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{12}|[0-9A-Fa-f]{16})(?![0-9A-Za-z])")
_KEY = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Fa-f]{32,}(?![0-9A-Za-z])"
    r"|(?<![\w-])[\w-]{16,}\.[\w-]{16,}\.[\w-]{10,}(?![\w-])"
    r"|(?<=[Bb]asic )[\w+/=-]{8,}|(?<=[Bb]earer )[\w+/=.-]{8,}"
)
_IP = re.compile(
    r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)"
    r"|(?<![0-9A-Za-z:])[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f]*(?![0-9A-Za-z:])"
)
_MAIL = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")
_SIGN_IN = re.compile(r"://([^/\s:@]+)(?::([^/\s@]+))?@")
_LOCAL_HOST = re.compile(
    r"(?<![\w.-])[\w-]+\.(?:local|lan|home|internal|localdomain|home\.arpa|fritz\.box)(?![\w-])"
)
_POSITION = re.compile(r"-?\d{1,3}\.\d{2,}\s*[,;]\s*-?\d{1,3}\.\d{2,}")
_NAMED = re.compile(
    # The value is looked at, not passed over: it may be the name of the next one.
    r"([\w-]+)[\"']?\s*[:=]\s*(?=\"([^\"]+)\"|'([^']+)'|([^\s\"',;&}]+))"
)
_FORMS = (
    (Kind.HARDWARE, _HARDWARE),
    (Kind.PERSON, _MAIL),
    (Kind.HOST, _LOCAL_HOST),
    (Kind.PLACE, _POSITION),
)
_BARE_FORMS = ((Kind.HARDWARE, _BARE_HARDWARE), (Kind.SECRET, _KEY))

_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]")
_DATA = {"data", "cmnddata", "dpiddata", "serialreceived", "raw"}
"""Names of binary data in hexadecimal digits: what looks like an address there is none."""
_HOSTS = {"hn", "host", "hostname", "fqdn", "server", "mqtthost", "mdnsname", "dnsname"}
_PERSONS = {"user", "username", "login", "account", "owner", "email", "mail", "mqttuser", "phone"}
_PLACES = {"lat", "lon", "lng", "latitude", "longitude", "coordinates", "gps", "geohash"}
_SECRET_ENDS = ("psk", "pwd", "pass", "key", "pin", "pincode", "setupcode", "cookie", "panid")
_SECRET_PARTS = ("password", "passwd", "passphrase", "secret", "token", "credential", "passcode")


def kind_of_name(name: str) -> Kind | None:
    """Give what stands under a name of that kind; None when its value is no secret for that."""
    plain = _NOT_IN_A_NAME.sub("", name.lower())
    if plain.endswith("ssid"):
        return Kind.NETWORK
    if plain in _HOSTS:
        return Kind.HOST
    if plain in _PERSONS:
        return Kind.PERSON
    if plain in _PLACES:
        return Kind.PLACE
    if plain.endswith(_SECRET_ENDS) or any(part in plain for part in _SECRET_PARTS):
        return Kind.SECRET
    return None


def is_data(name: str) -> bool:
    """Say whether binary data in hexadecimal digits stands under that name."""
    return _NOT_IN_A_NAME.sub("", name.lower()) in _DATA


def secrets_in(text: str, *, is_binary: bool = False) -> Iterator[tuple[Kind, str]]:
    """Give every secret that its form gives away; hardware addresses as they are written."""
    for kind, form in _FORMS:
        yield from ((kind, found[0]) for found in form.finditer(text))
    if not is_binary:
        for kind, form in _BARE_FORMS:
            yield from ((kind, found[0]) for found in form.finditer(text))
    for found in _IP.finditer(text):
        if _is_ip(found[0]):
            yield Kind.ADDRESS, found[0]
    for found in _SIGN_IN.finditer(text):
        yield Kind.PERSON, found[1]
        if found[2]:
            yield Kind.SECRET, found[2]
    if ":" in text or "=" in text:
        yield from _named(text)


def _named(text: str) -> Iterator[tuple[Kind, str]]:
    for found in _NAMED.finditer(text):
        kind = kind_of_name(found[1])
        value = found[2] or found[3] or found[4]
        if kind is not None:
            yield kind, value


def _is_ip(text: str) -> bool:
    if text.count(":") == 1:
        return False
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False
