"""Who this hub is to the cloud: the pairing, and an offer on its way to become one."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from scentd.contracts.bodies import DocumentEditV1, EventClass
from scentd.contracts.moments import moment_of, unix_ms
from scentd.store import arrivals, lineage, outbox
from scentd.store.outbox import EDIT_KIND


@dataclass(frozen=True, slots=True)
class Paired:
    """The hub's place in an account.

    `key_name` says which key file proves it; `audience` is the cloud's name in what the hub
    signs; `is_revoked`: the account has taken the place away again.
    """

    cloud_url: str
    audience: str
    hub_id: int
    household_name: str
    key_name: str
    paired_at: datetime
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer nobody has answered yet: the code to type, where, and the words to compare."""

    cloud_url: str
    key_name: str
    device_code: str
    user_code: str
    verification_url: str
    verification_url_complete: str
    words: tuple[str, ...]
    expires_at: datetime
    interval_s: float


def find_pairing(connection: sqlite3.Connection) -> Paired | None:
    """Give the pairing; None while there is none."""
    row = connection.execute("SELECT * FROM pairing").fetchone()
    if row is None:
        return None
    return Paired(
        cloud_url=row["cloud_url"],
        audience=row["audience"],
        hub_id=row["hub_id"],
        household_name=row["household_name"],
        key_name=row["key_name"],
        paired_at=moment_of(row["paired_ms"]),
        is_revoked=bool(row["is_revoked"]),
    )


def find_offer(connection: sqlite3.Connection) -> Offer | None:
    """Give the offer that was not answered yet; None while there is none."""
    row = connection.execute("SELECT * FROM pairing_offer").fetchone()
    if row is None:
        return None
    return Offer(
        cloud_url=row["cloud_url"],
        key_name=row["key_name"],
        device_code=row["device_code"],
        user_code=row["user_code"],
        verification_url=row["verification_url"],
        verification_url_complete=row["verification_url_complete"],
        words=tuple(json.loads(row["words"])),
        expires_at=moment_of(row["expires_ms"]),
        interval_s=row["interval_s"],
    )


def put_offer(connection: sqlite3.Connection, offer: Offer) -> None:
    """Keep an offer in place of any other."""
    connection.execute(
        "INSERT OR REPLACE INTO pairing_offer VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            offer.cloud_url,
            offer.key_name,
            offer.device_code,
            offer.user_code,
            offer.verification_url,
            offer.verification_url_complete,
            json.dumps(offer.words),
            unix_ms(offer.expires_at),
            offer.interval_s,
        ),
    )


def drop_offer(connection: sqlite3.Connection) -> None:
    """Forget the offer."""
    connection.execute("DELETE FROM pairing_offer")


def accept(
    connection: sqlite3.Connection,
    offer: Offer,
    *,
    hub_id: int,
    household_name: str,
    audience: str,
) -> None:
    """Take the place an offer was given, in an account that knows nothing of this home yet.

    A new lineage is begun, and the household's documents are told from the beginning.
    """
    connection.execute(
        "INSERT OR REPLACE INTO pairing (id, cloud_url, audience, hub_id, household_name,"
        " key_name, paired_ms) VALUES (1, ?, ?, ?, ?, ?, wall_ms())",
        (offer.cloud_url, audience, hub_id, household_name, offer.key_name),
    )
    drop_offer(connection)
    arrivals.forget_cloud(connection)
    lineage.begin_lineage(connection)
    tell_all_documents(connection)


def mark_revoked(connection: sqlite3.Connection) -> None:
    """Note that the account has taken the place away; what waits to be sent stays."""
    connection.execute("UPDATE pairing SET is_revoked = 1")


def drop_pairing(connection: sqlite3.Connection) -> None:
    """Belong to no account; what the account owned goes, the household's documents stay."""
    connection.execute("DELETE FROM pairing")
    arrivals.forget_cloud(connection)


def tell_all_documents(connection: sqlite3.Connection) -> None:
    """Tell the cloud every field of every shared document whose edit is not on its way anyway."""
    told = {
        row["subject"]
        for row in connection.execute(
            f"SELECT subject FROM outbox WHERE kind = '{EDIT_KIND}'"
            " AND seq > (SELECT acked FROM sync)"
        )
    }
    for row in connection.execute("SELECT * FROM shared_fields").fetchall():
        subject = f"{row['kind']}/{row['key']}/{row['field']}"
        if subject in told:
            continue
        body = DocumentEditV1(
            kind=row["kind"],
            key=row["key"],
            field=row["field"],
            value=json.loads(row["value"]),
            stamp=row["stamp"],
            node=row["node"],
        )
        outbox.append(connection, EventClass.CRITICAL, EDIT_KIND, 1, body, subject=subject)
