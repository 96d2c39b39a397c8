"""Who comes and goes, and which rules that concerns: found by index, never by search."""

from collections.abc import Iterable
from typing import Protocol

from scentd.model.reasons import Reason
from scentd.model.trigger import UserEntersLocation, UserLeavesLocation


class People(Protocol):
    """Where the household's members are, as far as is known."""

    def whereabouts(self, member_id: str) -> str:
        """Give `home`, `away` or `unknown`."""
        ...

    def is_someone_home(self) -> bool:
        """Say whether at least one member is known to be home."""
        ...

    def is_nobody_home(self) -> bool:
        """Say whether every member is known to be away."""
        ...


Coming = UserEntersLocation | UserLeavesLocation


def without_people(trigger: Reason) -> str:
    """Give a trigger's words for the account: that somebody came or went stays at home."""
    return "presence" if trigger.code in {"came", "went"} else str(trigger)


class PeopleIndex:
    """The rules that wait for members, by kind, zone and member."""

    def __init__(self, triggers: Iterable[tuple[str, Coming]] = ()) -> None:
        self._waiting: dict[tuple[str, str, str | None, bool], list[str]] = {}
        for rule_id, trigger in triggers:
            is_only = trigger.first if isinstance(trigger, UserEntersLocation) else trigger.last
            place = (trigger.kind, trigger.zone_id, trigger.member_id, is_only)
            self._waiting.setdefault(place, []).append(rule_id)

    def after_entering(self, member_id: str, zone_id: str, *, is_first: bool) -> list[str]:
        """Give the rules that a member's coming fires."""
        return self._found("user_enters_location", member_id, zone_id, is_only=is_first)

    def after_leaving(self, member_id: str, zone_id: str, *, is_last: bool) -> list[str]:
        """Give the rules that a member's leaving fires."""
        return self._found("user_leaves_location", member_id, zone_id, is_only=is_last)

    def _found(self, kind: str, member_id: str, zone_id: str, *, is_only: bool) -> list[str]:
        ways = (False, True) if is_only else (False,)
        return [
            rule_id
            for who in (None, member_id)
            for way in ways
            for rule_id in self._waiting.get((kind, zone_id, who, way), ())
        ]
