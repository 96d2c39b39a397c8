"""A hub's file that already belongs to a household of a cloud's database."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from cloud.foundation.database import Database as CloudDatabase
from cloud.hubs.models import Household, HouseholdMember, HouseholdRole, Hub
from cloud.hubs.repository.hubs import HubKey
from scentd.clock import SystemClock
from scentd.store.schema import prepare
from scentd.sync.keys import KeyRing

PAIRED_AT = datetime(2026, 1, 1, tzinfo=UTC)
_ADD_USER = text(
    "INSERT INTO users (email, name, role) VALUES (:email, 'Ann', 'CUSTOMER') RETURNING id"
)


@dataclass(frozen=True)
class PairedHub:
    """Where the hub's file and keys lie, and who it is in the cloud."""

    path: Path
    keys: Path
    key: HubKey


async def pair_by_hand(
    database: CloudDatabase, folder: Path, *, cloud_url: str, audience: str
) -> PairedHub:
    """Write both ends of a pairing, as the pairing itself would."""
    ring = KeyRing(folder / "keys")
    made = ring.make()
    async with database.unit_of_work() as session:
        user_id = await session.scalar(_ADD_USER, {"email": "ann@example.org"})
        household = Household(name="Home")
        session.add(household)
        await session.flush()
        session.add(
            HouseholdMember(household_id=household.id, user_id=user_id, role=HouseholdRole.OWNER)
        )
        hub = Hub(
            household_id=household.id,
            name="Hub",
            public_key=made.public,
            software="",
            paired_at=PAIRED_AT,
        )
        session.add(hub)
        await session.flush()
        key = HubKey(household.id, hub.id)
    connection, _ = prepare(folder / "hub.db", SystemClock())
    write_pairing(connection, key.hub_id, made.name, cloud_url, audience)
    connection.close()
    return PairedHub(folder / "hub.db", folder / "keys", key)


def write_pairing(
    connection: sqlite3.Connection, hub_id: int, key_name: str, cloud_url: str, audience: str
) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO pairing (id, cloud_url, audience, hub_id, key_name, paired_ms)"
        " VALUES (1, ?, ?, ?, ?, 0)",
        (cloud_url, audience, hub_id, key_name),
    )
