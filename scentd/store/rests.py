"""When every schedule of the household rests, as rows."""

import sqlite3
from datetime import date

from scentd.contracts.moments import moment_of, unix_ms
from scentd.model.schedule import Pause, Rest, Vacation


def read_rest(connection: sqlite3.Connection) -> Rest:
    """Give the vacations by first day, and the pause asked for last, over or not."""
    vacations = connection.execute(
        "SELECT first_day, last_day FROM schedule_vacations ORDER BY first_day, last_day"
    )
    pause = connection.execute("SELECT since_ms, until_ms FROM schedule_pause").fetchone()
    return Rest(
        tuple(
            Vacation(date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"]))
            for row in vacations
        ),
        _pause(pause) if pause is not None else None,
    )


def write_rest(connection: sqlite3.Connection, rest: Rest) -> None:
    """Keep it in place of what was kept."""
    connection.execute("DELETE FROM schedule_vacations")
    connection.executemany(
        "INSERT OR IGNORE INTO schedule_vacations VALUES (?, ?)",
        [(away.first_day.isoformat(), away.last_day.isoformat()) for away in rest.vacations],
    )
    connection.execute("DELETE FROM schedule_pause")
    if rest.pause is not None:
        until = rest.pause.until
        connection.execute(
            "INSERT INTO schedule_pause VALUES (1, ?, ?)",
            (unix_ms(rest.pause.since), None if until is None else unix_ms(until)),
        )


def _pause(row: sqlite3.Row) -> Pause:
    until = row["until_ms"]
    return Pause(moment_of(row["since_ms"]), None if until is None else moment_of(until))
