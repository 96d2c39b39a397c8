"""The home as it was, rebuilt from the record, one entry after the other. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from scentd.automation.attributes import AVAILABILITY, REPORTED, Value
from scentd.model.cartridge import Cartridge, SlotKey
from scentd.model.diffuser import Availability, DiffuserState, LevelQuality

_SCALE = 10_000


class World:
    """Where the conditions of a dry run look."""

    def __init__(self) -> None:
        self._states: dict[str, DiffuserState] = {}
        self._cartridges: dict[SlotKey, Cartridge] = {}
        self._where: dict[str, str] = {}

    def state(self, diffuser_id: str) -> DiffuserState:
        """Give what was known of a diffuser; nothing before the first word of it."""
        return self._states.get(diffuser_id, DiffuserState())

    def cartridge(self, slot: SlotKey) -> Cartridge | None:
        """Give how full a slot was; None before the first word of it."""
        return self._cartridges.get(slot)

    def whereabouts(self, member_id: str) -> str:
        """Give where a member was: `home`, `away` or `unknown`."""
        return self._where.get(member_id, "unknown")

    def is_someone_home(self) -> bool:
        """Say whether anyone was known to be home."""
        return "home" in self._where.values()

    def is_nobody_home(self) -> bool:
        """Say whether all those ever heard of were away."""
        return bool(self._where) and set(self._where.values()) == {"away"}

    def stand(self, diffuser_id: str, known: dict[str, Value]) -> None:
        """Take in how a diffuser stood, whatever was known before."""
        state = DiffuserState()
        for attribute, value in known.items():
            state = _with(state, attribute, value)
        self._states[diffuser_id] = state

    def change(
        self, diffuser_id: str, attribute: str, old: Value | None, new: Value | None
    ) -> tuple[DiffuserState, DiffuserState]:
        """Take in a change; the states before and after it."""
        before = _with(self.state(diffuser_id), attribute, old)
        after = self._states[diffuser_id] = _with(before, attribute, new)
        return before, after

    def level(self, diffuser_id: str, slot_no: int, percent: int, at: datetime) -> None:
        """Take in how full a slot was."""
        slot = SlotKey(diffuser_id, slot_no)
        left = _SCALE * percent // 100
        self._cartridges[slot] = Cartridge(
            slot, "", 1, None, "", _SCALE, left, 0, LevelQuality.INFERRED, at, at
        )

    def move(self, member_id: str, zone_id: str, *, is_entering: bool) -> None:
        """Take in a member's coming or leaving."""
        if zone_id == "home":
            self._where[member_id] = "home" if is_entering else "away"


def _with(state: DiffuserState, attribute: str, value: Any) -> DiffuserState:  # noqa: ANN401
    """Set one attribute to what was recorded of it."""
    if attribute == AVAILABILITY:
        return replace(state, availability=Availability(value or "unknown"))
    if attribute not in REPORTED:
        return state
    return replace(state, reported=replace(state.reported, **{attribute: value}))
