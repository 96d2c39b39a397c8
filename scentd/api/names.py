"""What people call the things of the house."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from scentd.model.diffuser import Diffuser
from scentd.model.errors import ScentdError
from scentd.model.presence import Member, Zone
from scentd.model.rule import AutomationRule
from scentd.model.scene import Scene
from scentd.model.schedule import ScentSchedule


class _Diffusers(Protocol):
    def all(self) -> Sequence[Diffuser]: ...


class _Schedules(Protocol):
    def get(self, schedule_id: str) -> ScentSchedule: ...


class _Rules(Protocol):
    def get(self, rule_id: str) -> AutomationRule: ...


class _Scenes(Protocol):
    def get(self, scene_id: str) -> Scene: ...


class _Roster(Protocol):
    def member(self, member_id: str) -> Member: ...

    def zone(self, zone_id: str) -> Zone: ...


class Names:
    """Give names by id; a diffuser that is gone keeps its last one, anything else its id."""

    def __init__(
        self,
        diffusers: _Diffusers,
        schedules: _Schedules,
        rules: _Rules,
        scenes: _Scenes,
        roster: _Roster,
    ) -> None:
        self._diffusers = diffusers
        self._schedules = schedules
        self._rules = rules
        self._scenes = scenes
        self._roster = roster
        self._titles: dict[str, str] = {}

    def diffuser(self, diffuser_id: str) -> str:
        """Give the title of a diffuser (see `titles`), or its id."""
        self.remember()
        return self._titles.get(diffuser_id, diffuser_id)

    def remember(self) -> None:
        """Take note of every diffuser's title as it is now."""
        self._titles |= titles(self._diffusers.all())

    def schedule(self, schedule_id: str) -> str:
        """Give the name of a schedule, or its id."""
        try:
            return self._schedules.get(schedule_id).name
        except ScentdError:
            return schedule_id

    def rule(self, rule_id: str) -> str:
        """Give the name of a rule, or its id."""
        try:
            return self._rules.get(rule_id).name
        except ScentdError:
            return rule_id

    def scene(self, scene_id: str) -> str:
        """Give the name of a scene, or its id."""
        try:
            return self._scenes.get(scene_id).name
        except ScentdError:
            return scene_id

    def member(self, member_id: str) -> str:
        """Give the name of a member, or the id."""
        try:
            return self._roster.member(member_id).name
        except ScentdError:
            return member_id

    def zone(self, zone_id: str) -> str:
        """Give the name of a zone, or its id."""
        try:
            return self._roster.zone(zone_id).name
        except ScentdError:
            return zone_id


def titles(diffusers: Sequence[Diffuser]) -> dict[str, str]:
    """Give each diffuser's title by id: its room when it is alone there, else room and name."""
    in_room = Counter(diffuser.room for diffuser in diffusers)
    return {
        diffuser.id: _title(diffuser, is_alone=in_room[diffuser.room] == 1)
        for diffuser in diffusers
    }


def title_of(diffuser: Diffuser, diffusers: Sequence[Diffuser]) -> str:
    """Give one diffuser's title among all of them, as `titles` does."""
    others = sum(one.room == diffuser.room for one in diffusers if one.id != diffuser.id)
    return _title(diffuser, is_alone=not others)


def _title(diffuser: Diffuser, *, is_alone: bool) -> str:
    if not diffuser.room:
        return diffuser.name
    return diffuser.room if is_alone else f"{diffuser.room} · {diffuser.name}"
