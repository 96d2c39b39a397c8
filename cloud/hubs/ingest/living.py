"""What a household is told of life at home: devices that came, rules that ran; one line a batch."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.hubs.events import AutomationsRan, DiffusersAdded
from cloud.hubs.ingest.batch import Received
from cloud.hubs.ingest.wire import RuleFired
from cloud.hubs.repository import documents
from cloud.hubs.repository import slots as slot_rows
from cloud.hubs.repository.hubs import HubKey
from cloud.hubs.schemas import DiffuserRow

# A hub that was away sends a week's rules at once: what is old is no news.
_RECENT = timedelta(days=1)


async def tell_new_devices(
    session: AsyncSession, key: HubKey, seen: Sequence[DiffuserRow], now: datetime
) -> None:
    """Emit which of some devices are new to the home. Call it before they are stored."""
    known = await slot_rows.known_diffusers(session, key)
    names = tuple(row.name or row.diffuser_id for row in seen if row.diffuser_id not in known)
    if names:
        await emit(session, DiffusersAdded(key.household_id, key.hub_id, names, now))


async def tell_rules(
    session: AsyncSession, key: HubKey, events: Sequence[Received], now: datetime
) -> None:
    """Emit how often which rules ran, if any did lately."""
    ran = Counter(
        event.news.rule_id
        for event in events
        if isinstance(event.news, RuleFired)
        and event.news.verdict == "ran"
        and event.news.rule_id
        and event.happened_at > now - _RECENT
    )
    if not ran:
        return
    fields = await documents.fields_of(
        session, key.household_id, {("rule", rule_id) for rule_id in ran}
    )
    counts: Counter[str] = Counter()
    for rule_id, count in ran.items():
        field = fields.get(("rule", rule_id, "name"))
        counts[str(json.loads(field.value)) if field else rule_id] += count
    await emit(session, AutomationsRan(key.household_id, key.hub_id, dict(counts), now))
