"""What our devices are called on Home Assistant's side, and where their messages stand.

Home Assistant takes identifiers of `[a-zA-Z0-9_-]` and silently passes over all others, so they
are checked here, before anything is published.
"""

import json
import re
from dataclasses import dataclass

from scentd.ports import AdapterError

ORIGIN = "scentd"
"""The name by which our announcements are known from those of other programs."""

HUB = ""
"""The key of the hub's own device, beside the diffusers' ids."""

_USABLE = re.compile(r"[a-zA-Z0-9_-]{1,120}")


class IdUnusable(AdapterError):
    """Home Assistant would pass over a device with that id."""

    code = "id_unusable"

    def __init__(self, diffuser_id: str) -> None:
        super().__init__(
            f"{diffuser_id!r} cannot be shown to Home Assistant: its id has other signs than "
            "letters, digits, hyphens and underscores.",
            "The package that brings its dialect must give it another id.",
        )
        self.diffuser_id = diffuser_id


def is_usable(key: str) -> bool:
    """Say whether Home Assistant takes that as an identifier."""
    return _USABLE.fullmatch(key) is not None


def checked(key: str) -> str:
    """Give a diffuser's id back if Home Assistant takes it; raises IdUnusable."""
    if not is_usable(key):
        raise IdUnusable(key)
    return key


@dataclass(frozen=True, slots=True)
class Places:
    """The names and topics of one hub.

    `hub` is its name on the broker, `prefix` where Home Assistant looks, `version` the program's.
    """

    hub: str
    prefix: str = "homeassistant"
    version: str = ""

    @property
    def root(self) -> str:
        """Give the topic below which this hub speaks with Home Assistant."""
        return f"scent/ha/{self.hub}"

    @property
    def hub_status(self) -> str:
        """Give the topic of the hub's own word, and last will, on being there."""
        return f"scent/hub/{self.hub}/status"

    def object_id(self, key: str) -> str:
        """Give the identifier of a device; raises IdUnusable."""
        return f"{ORIGIN}-{self.hub}-{checked(key)}" if key != HUB else f"{ORIGIN}-{self.hub}"

    def config(self, key: str) -> str:
        """Give where a device is announced; raises IdUnusable."""
        return f"{self.prefix}/device/{self.object_id(key)}/config"

    def base(self, key: str) -> str:
        """Give the topic below which a device's messages stand; raises IdUnusable."""
        return f"{self.root}/{checked(key)}"

    def key_of(self, topic: str, payload: bytes) -> str | None:
        """Say of which device a message is that this hub left on the broker; None for others'."""
        if topic.startswith(f"{self.root}/"):
            return topic.removeprefix(f"{self.root}/").partition("/")[0] or None
        head, tail = f"{self.prefix}/device/{ORIGIN}-{self.hub}", "/config"
        if not (topic.startswith(head) and topic.endswith(tail)) or not self._is_ours(payload):
            return None
        return topic[len(head) : -len(tail)].removeprefix("-")

    def _is_ours(self, payload: bytes) -> bool:
        # By what it says, since one hub's name may begin like another's.
        try:
            said = json.loads(payload)
            return bool(
                said["origin"]["name"] == ORIGIN
                and self.object_id(HUB)
                in (said["device"].get("via_device"), *said["device"]["identifiers"])
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return False
