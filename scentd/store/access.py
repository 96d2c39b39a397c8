"""Who may come in: access tokens, signed-in browsers, one-time links and the household's PIN.

Holds hashes alone; the secrets exist once, at whoever was given them.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A key for a program: what it may do, until when, and who used it last.

    `secret_hash` is SHA-256. Moments are aware UTC; `last_used_at` and `last_peer` (an IP
    address) are None until the first use.
    """

    id: str
    name: str
    secret_hash: bytes
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    last_peer: str | None = None


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """A signed-in browser; `agent` is what it calls itself, cut to a readable length."""

    secret_hash: bytes
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime
    last_peer: str
    agent: str


@dataclass(frozen=True, slots=True)
class PinHash:
    """The household's PIN as scrypt of it with the salt."""

    salt: bytes
    pin_hash: bytes


def add_token(connection: sqlite3.Connection, token: AccessToken) -> None:
    """Keep a new token."""
    connection.execute(
        "INSERT INTO access_token (id, name, secret_hash, scopes, created_at, expires_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            token.id,
            token.name,
            token.secret_hash,
            " ".join(sorted(token.scopes)),
            token.created_at.isoformat(),
            token.expires_at.isoformat(),
        ),
    )


def tokens(connection: sqlite3.Connection) -> list[AccessToken]:
    """Give every token, expired ones too, the oldest first."""
    return [
        _token(row) for row in connection.execute("SELECT * FROM access_token ORDER BY created_at")
    ]


def token(connection: sqlite3.Connection, token_id: str) -> AccessToken | None:
    """Give the token of that id."""
    row = connection.execute("SELECT * FROM access_token WHERE id = ?", (token_id,)).fetchone()
    return _token(row) if row else None


def remove_token(connection: sqlite3.Connection, token_id: str) -> bool:
    """Forget a token; False when there was none."""
    done = connection.execute("DELETE FROM access_token WHERE id = ?", (token_id,))
    return done.rowcount > 0


def note_token_use(connection: sqlite3.Connection, token_id: str, at: datetime, peer: str) -> None:
    """Remember when and from where a token was used last."""
    connection.execute(
        "UPDATE access_token SET last_used_at = ?, last_peer = ? WHERE id = ?",
        (at.isoformat(), peer, token_id),
    )


def add_session(connection: sqlite3.Connection, session: BrowserSession) -> None:
    """Keep a new session and drop those that ended before it began."""
    connection.execute(
        "DELETE FROM access_session WHERE expires_at <= ?", (session.created_at.isoformat(),)
    )
    connection.execute(
        "INSERT INTO access_session"
        " (secret_hash, created_at, expires_at, last_used_at, last_peer, agent)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            session.secret_hash,
            session.created_at.isoformat(),
            session.expires_at.isoformat(),
            session.last_used_at.isoformat(),
            session.last_peer,
            session.agent,
        ),
    )


def session(connection: sqlite3.Connection, secret_hash: bytes) -> BrowserSession | None:
    """Give the session of that secret."""
    row = connection.execute(
        "SELECT * FROM access_session WHERE secret_hash = ?", (secret_hash,)
    ).fetchone()
    return _session(row) if row else None


def sessions(connection: sqlite3.Connection) -> list[BrowserSession]:
    """Give every session, the one used last first."""
    rows = connection.execute("SELECT * FROM access_session ORDER BY last_used_at DESC")
    return [_session(row) for row in rows]


def note_session_use(
    connection: sqlite3.Connection, secret_hash: bytes, at: datetime, peer: str
) -> None:
    """Remember when and from where a session was used last."""
    connection.execute(
        "UPDATE access_session SET last_used_at = ?, last_peer = ? WHERE secret_hash = ?",
        (at.isoformat(), peer, secret_hash),
    )


def remove_session(connection: sqlite3.Connection, secret_hash: bytes) -> None:
    """End a session; one that has ended already is no error."""
    connection.execute("DELETE FROM access_session WHERE secret_hash = ?", (secret_hash,))


def remove_other_sessions(connection: sqlite3.Connection, secret_hash: bytes) -> int:
    """End every session but this one; how many that were."""
    done = connection.execute("DELETE FROM access_session WHERE secret_hash <> ?", (secret_hash,))
    return done.rowcount


def add_link(
    connection: sqlite3.Connection, secret_hash: bytes, now: datetime, expires_at: datetime
) -> None:
    """Keep a one-time link and drop those that ran out before `now`."""
    connection.execute("DELETE FROM access_link WHERE expires_at <= ?", (now.isoformat(),))
    connection.execute(
        "INSERT INTO access_link (secret_hash, expires_at) VALUES (?, ?)",
        (secret_hash, expires_at.isoformat()),
    )


def is_link(connection: sqlite3.Connection, secret_hash: bytes, now: datetime) -> bool:
    """Say whether that link can still be used."""
    row = connection.execute(
        "SELECT 1 FROM access_link WHERE secret_hash = ? AND expires_at > ?",
        (secret_hash, now.isoformat()),
    ).fetchone()
    return row is not None


def use_link(connection: sqlite3.Connection, secret_hash: bytes, now: datetime) -> bool:
    """Use a link up; False when it is unknown, used or too old. Of two at once one wins."""
    done = connection.execute(
        "DELETE FROM access_link WHERE secret_hash = ? AND expires_at > ?",
        (secret_hash, now.isoformat()),
    )
    return done.rowcount > 0


def pin(connection: sqlite3.Connection) -> PinHash | None:
    """Give the household's PIN, None before one was chosen."""
    row = connection.execute("SELECT salt, pin_hash FROM household_pin").fetchone()
    return PinHash(row["salt"], row["pin_hash"]) if row else None


def set_pin(connection: sqlite3.Connection, chosen: PinHash, at: datetime) -> None:
    """Replace the household's PIN."""
    connection.execute(
        "INSERT OR REPLACE INTO household_pin (id, salt, pin_hash, changed_at) VALUES (1, ?, ?, ?)",
        (chosen.salt, chosen.pin_hash, at.isoformat()),
    )


def _token(row: sqlite3.Row) -> AccessToken:
    used = row["last_used_at"]
    return AccessToken(
        id=row["id"],
        name=row["name"],
        secret_hash=row["secret_hash"],
        scopes=frozenset(row["scopes"].split()),
        created_at=datetime.fromisoformat(row["created_at"]),
        expires_at=datetime.fromisoformat(row["expires_at"]),
        last_used_at=datetime.fromisoformat(used) if used else None,
        last_peer=row["last_peer"],
    )


def _session(row: sqlite3.Row) -> BrowserSession:
    return BrowserSession(
        secret_hash=row["secret_hash"],
        created_at=datetime.fromisoformat(row["created_at"]),
        expires_at=datetime.fromisoformat(row["expires_at"]),
        last_used_at=datetime.fromisoformat(row["last_used_at"]),
        last_peer=row["last_peer"],
        agent=row["agent"],
    )
