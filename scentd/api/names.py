"""What people call the things of the house."""

from collections.abc import Sequence
from typing import Protocol

from scentd.model.diffuser import Diffuser
from scentd.model.rule import AutomationRule
from scentd.model.schedule import ScentSchedule


class _Diffusers(Protocol):
    def all(self) -> Sequence[Diffuser]: ...


class _Schedules(Protocol):
    def all(self) -> Sequence[ScentSchedule]: ...


class _Rules(Protocol):
    def all(self) -> Sequence[AutomationRule]: ...


class Names:
    """Give names by id; whatever is gone keeps the last name it was asked for under."""

    def __init__(self, diffusers: _Diffusers, schedules: _Schedules, rules: _Rules) -> None:
        self._diffusers = diffusers
        self._schedules = schedules
        self._rules = rules
        self._last: dict[str, str] = {}

    def diffuser(self, diffuser_id: str) -> str:
        """Give the title of a diffuser (see `titles`), or its id."""
        known = titles(self._diffusers.all())
        self._last |= known
        return self._last.get(diffuser_id, diffuser_id)

    def schedule(self, schedule_id: str) -> str:
        """Give the name of a schedule, or its id."""
        return self._named(schedule_id, self._schedules.all())

    def rule(self, rule_id: str) -> str:
        """Give the name of a rule, or its id."""
        return self._named(rule_id, self._rules.all())

    def _named(self, key: str, known: Sequence[ScentSchedule] | Sequence[AutomationRule]) -> str:
        for one in known:
            if one.id == key:
                self._last[key] = one.name
        return self._last.get(key, key)


def titles(diffusers: Sequence[Diffuser]) -> dict[str, str]:
    """Give each diffuser's title by id: its room when it is alone there, else room and name."""
    rooms = [diffuser.room for diffuser in diffusers]
    return {diffuser.id: _title(diffuser, rooms) for diffuser in diffusers}


def _title(diffuser: Diffuser, rooms: Sequence[str]) -> str:
    if not diffuser.room:
        return diffuser.name
    if rooms.count(diffuser.room) == 1:
        return diffuser.room
    return f"{diffuser.room} · {diffuser.name}"
