"""What is told about the devices of a home. Builds news; tells nobody by itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cloud.hubs.events import AutomationsRan, DiffusersAdded, HubFellSilent
from cloud.hubs.models import Hub
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service.telling import News
from cloud.notifications.service.writing import Writer

_K = NotificationKind
_TIMES = "\N{MULTIPLICATION SIGN}"


def hub_connected(hub: Hub, home: str, link: str) -> News:
    """Return that a hub joined a home; paired again is news again."""
    return News(
        key=f"hub:{hub.id}:paired:{hub.paired_at.isoformat()}",
        kind=_K.SMART_HOME_DEVICE_CONNECTED,
        wording="SMART_HOME_HUB_CONNECTED",
        facts={"hub": hub.name, "home": home},
        link=link,
    )


def devices_connected(
    event: DiffusersAdded, home: str, names: Sequence[str], writer: Writer, link: str
) -> News:
    """Return which devices came to a home on a day: one line a hub and day."""
    kind = _K.SMART_HOME_DEVICE_CONNECTED
    facts = {"devices": ", ".join(names), "home": home}
    return News(
        f"hub:{event.hub_id}:devices:{_day(writer, event.at)}", kind, kind.value, facts, link
    )


def silent(event: HubFellSilent, writer: Writer, link: str) -> News:
    """Return that nothing is heard of a hub; once each silence."""
    kind = _K.SMART_HOME_DEVICE_OFFLINE
    facts = {"hub": event.name, "since": writer.moment(event.seen_at)}
    key = f"hub:{event.hub_id}:silent:{event.seen_at.isoformat()}"
    return News(key, kind, kind.value, facts, link)


def automations(
    event: AutomationsRan, home: str, counts: Mapping[str, int], writer: Writer, link: str
) -> News:
    """Return which rules ran on a day, the most frequent first: one line a home and day."""
    kind = _K.SMART_HOME_AUTOMATION_TRIGGERED
    often = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    rules = ", ".join(f"{name} ({count} {_TIMES})" for name, count in often)
    facts = {"home": home, "day": writer.day_of(event.at), "rules": rules}
    key = f"home:{event.household_id}:automations:{_day(writer, event.at)}"
    return News(key, kind, kind.value, facts, link)


def _day(writer: Writer, moment: datetime) -> str:
    return writer.local_day(moment).isoformat()
