"""What a feature holds on a person: to be handed out, and to be forgotten.

Each feature with such rows lists them in its `personal.py`; composition collects the lists. Rows
that a foreign key ON DELETE CASCADE ties to the account go by themselves, and SET NULL unties them:
only what stays, or hangs on an address of e-mail, has to be named for forgetting.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import TextClause


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a person from being forgotten now: rows that the query finds, and why."""

    query: TextClause
    words: str


@dataclass(frozen=True, slots=True)
class PersonalRecords:
    """The statements of one feature, all with `:user_id`, `:email` and `:now` to draw on.

    `:email` is the proven address of the person, or empty: then nothing hangs on it. `held` are
    queries with one JSON column, by the name that its rows have in the file. `forget` may run
    again at any time, and leaves what the books need.

    `locks` take the rows that others hold while they ask for more of the same person, each kind in
    the order of its ids. They are taken feature by feature before anything is looked at, so that
    what somebody is at work on (a checkout, a charge) is either done and seen, or waits.
    """

    held: Mapping[str, TextClause] = field(default_factory=dict)
    obstacles: tuple[Obstacle, ...] = ()
    forget: tuple[TextClause, ...] = ()
    locks: tuple[TextClause, ...] = ()
