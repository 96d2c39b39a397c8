"""Switchings off that were promised and not yet seen: the one thing never forgotten."""

from collections.abc import Mapping

from pydantic import TypeAdapter

from scentd.model.commands import Source


class OwedOffs:
    """Who wished a device off that was away or did not obey.

    `every_s` is the least time between two attempts at a device that speaks but does not obey.
    """

    _FACT: TypeAdapter[Source] = TypeAdapter(Source)

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._owed: dict[str, Source] = {}
        self._tried_s: dict[str, float] = {}

    def __contains__(self, diffuser_id: str) -> bool:
        return diffuser_id in self._owed

    def diffuser_ids(self) -> tuple[str, ...]:
        """Give the devices that must still be switched off."""
        return tuple(self._owed)

    def owe(self, diffuser_id: str, source: Source) -> None:
        """Promise to switch a device off as soon as it can be reached."""
        self._owed[diffuser_id] = source

    def settle(self, diffuser_id: str) -> bool:
        """Owe it no more: it is off, or somebody wishes it on; whether it was owed."""
        self._tried_s.pop(diffuser_id, None)
        return self._owed.pop(diffuser_id, None) is not None

    def take_turn(self, diffuser_id: str, now_s: float) -> Source | None:
        """Give on whose account to try now; None when nothing is owed or it was tried just now."""
        tried_s = self._tried_s.get(diffuser_id)
        if tried_s is not None and now_s - tried_s < self._every_s:
            return None
        source = self._owed.get(diffuser_id)
        if source is not None:
            self._tried_s[diffuser_id] = now_s
        return source

    def forget_turn(self, diffuser_id: str) -> None:
        """Let the next attempt be at once: the device was away and is back."""
        self._tried_s.pop(diffuser_id, None)

    def facts(self) -> dict[str, str]:
        """Give all as JSON, to be kept."""
        return {name: self._FACT.dump_json(source).decode() for name, source in self._owed.items()}

    def recall(self, facts: Mapping[str, str]) -> None:
        """Take up what was kept."""
        self._owed = {name: self._FACT.validate_json(fact) for name, fact in facts.items()}
