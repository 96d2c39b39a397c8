"""Members, zones and trackers as rows; what is held of them as JSON that their owner reads."""

import sqlite3
from dataclasses import dataclass

from scentd.model.presence import Member, Tracker, TrackerKind, Zone


@dataclass(frozen=True, slots=True)
class KeptPresence:
    """Everything that was kept; `beliefs` and `states` are JSON by member and by tracker."""

    members: tuple[Member, ...]
    beliefs: dict[str, str]
    zones: tuple[Zone, ...]
    trackers: tuple[Tracker, ...]
    states: dict[str, str]
    home_radius_m: int
    has_guests: bool


def read_presence(connection: sqlite3.Connection) -> KeptPresence:
    """Give all at once, on one view of the data."""
    members = connection.execute("SELECT id, name, token_id, belief FROM presence_members")
    rows = members.fetchall()
    zones = connection.execute("SELECT id, name, latitude, longitude, radius_m FROM presence_zones")
    trackers = connection.execute("SELECT id, kind, name, member_id, state FROM presence_trackers")
    kept = trackers.fetchall()
    house = connection.execute("SELECT home_radius_m, has_guests FROM presence_house").fetchone()
    return KeptPresence(
        members=tuple(Member(row["id"], row["name"], row["token_id"]) for row in rows),
        beliefs={row["id"]: row["belief"] for row in rows},
        zones=tuple(Zone(**row) for row in zones),
        trackers=tuple(
            Tracker(row["id"], TrackerKind(row["kind"]), row["name"], row["member_id"])
            for row in kept
        ),
        states={row["id"]: row["state"] for row in kept},
        home_radius_m=house["home_radius_m"],
        has_guests=bool(house["has_guests"]),
    )


def write_member(connection: sqlite3.Connection, member: Member) -> None:
    """Keep a new or changed member."""
    connection.execute(
        "INSERT INTO presence_members (id, name, token_id) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, token_id = excluded.token_id",
        (member.id, member.name, member.token_id),
    )


def delete_member(connection: sqlite3.Connection, member_id: str) -> None:
    """Forget a member, and whose trackers are theirs."""
    connection.execute("DELETE FROM presence_members WHERE id = ?", (member_id,))


def write_zone(connection: sqlite3.Connection, zone: Zone) -> None:
    """Keep a new or changed zone."""
    connection.execute(
        "INSERT OR REPLACE INTO presence_zones (id, name, latitude, longitude, radius_m)"
        " VALUES (?, ?, ?, ?, ?)",
        (zone.id, zone.name, zone.latitude, zone.longitude, zone.radius_m),
    )


def delete_zone(connection: sqlite3.Connection, zone_id: str) -> None:
    """Forget a zone."""
    connection.execute("DELETE FROM presence_zones WHERE id = ?", (zone_id,))


def write_tracker(connection: sqlite3.Connection, tracker: Tracker, state: str) -> None:
    """Keep whose a tracker is and how it stands; of nobody, it is forgotten."""
    if tracker.member_id is None:
        connection.execute("DELETE FROM presence_trackers WHERE id = ?", (tracker.id,))
        return
    connection.execute(
        "INSERT OR REPLACE INTO presence_trackers (id, kind, name, member_id, state)"
        " VALUES (?, ?, ?, ?, ?)",
        (tracker.id, tracker.kind.value, tracker.name, tracker.member_id, state),
    )


def write_facts(
    connection: sqlite3.Connection, beliefs: dict[str, str], states: dict[str, str]
) -> None:
    """Keep what is held of members and trackers; those gone meanwhile stay gone."""
    connection.executemany(
        "UPDATE presence_members SET belief = ? WHERE id = ?",
        [(belief, member_id) for member_id, belief in beliefs.items()],
    )
    connection.executemany(
        "UPDATE presence_trackers SET state = ? WHERE id = ?",
        [(state, tracker_id) for tracker_id, state in states.items()],
    )


def write_home_radius(connection: sqlite3.Connection, radius_m: int) -> None:
    """Keep how wide home is."""
    connection.execute("UPDATE presence_house SET home_radius_m = ?", (radius_m,))


def write_guests(connection: sqlite3.Connection, *, has_guests: bool) -> None:
    """Keep whether guests are here."""
    connection.execute("UPDATE presence_house SET has_guests = ?", (int(has_guests),))
