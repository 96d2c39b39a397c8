"""A home as platforms see it, that does at once what it is told."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scentd.model.cartridge import Cartridge, RunOut, SlotKey
from scentd.model.commands import Answer, Outcome, Source, Wish
from scentd.model.diffuser import (
    Availability,
    Capabilities,
    Diffuser,
    DiffuserState,
    LevelQuality,
    Mode,
    ReportedState,
)
from scentd.model.errors import DiffuserUnknown
from scentd.model.reasons import Reason
from scentd.ports import Filling, Happening, HomeNews

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

RICH = Capabilities(
    steps=(20, 40, 60, 80, 100),
    rate_ul_per_h=(40, 80, 120, 160, 200),
    modes=(Mode.CONTINUOUS, Mode.INTERVAL),
    light=True,
    energy=True,
    identify=True,
    level=LevelQuality.MEASURED,
    slots=2,
    slot_choice=True,
    light_dims=True,
    light_colours=True,
    light_effects=("candle",),
)
"""Everything a diffuser may have."""


def diffuser(
    diffuser_id: str = "native-lounge",
    can: Capabilities = RICH,
    *,
    name: str = "Lounge",
    room: str = "Living room",
) -> Diffuser:
    return Diffuser(
        id=diffuser_id,
        dialect="native",
        address=diffuser_id,
        name=name,
        capabilities=can,
        maker="Cedarworks",
        model="Drift 2",
        room=room,
    )


def filling(
    diffuser_id: str = "native-lounge",
    slot_no: int = 1,
    *,
    scent: str = "Lavender Field",
    left_ul: int = 15_000,
    is_low: bool = False,
) -> Filling:
    cartridge = Cartridge(
        slot=SlotKey(diffuser_id, slot_no),
        install_id="0" * 32,
        cycle=1,
        sku="LAVFLD-30",
        scent_name=scent,
        capacity_ul=30_000,
        remaining_ul=left_ul,
        error_ul=500,
        quality=LevelQuality.MEASURED,
        fitted_at=NOON,
        level_at=NOON,
    )
    return Filling(cartridge, RunOut(None, NOON + timedelta(days=9), None), is_low)


class FakeHome:
    """Fulfils `Home`; `wishes` and `asked` are what was wanted of it, in order."""

    def __init__(self, *diffusers: Diffuser, language: str = "en") -> None:
        self.name = "Lindenweg 4"
        self.language = language
        self._diffusers = {one.id: one for one in diffusers}
        self._states = {one.id: DiffuserState() for one in diffusers}
        self._fillings: dict[str, dict[int, Filling]] = {}
        self.held: dict[str, datetime] = {}
        self.wishes: list[Wish] = []
        self.asked: list[SlotKey] = []
        self._listeners: list[Callable[[HomeNews], None]] = []

    def diffusers(self) -> tuple[Diffuser, ...]:
        return tuple(self._diffusers.values())

    def state(self, diffuser_id: str) -> DiffuserState:
        if diffuser_id not in self._diffusers:
            raise DiffuserUnknown(diffuser_id)
        return self._states[diffuser_id]

    def fillings(self, diffuser_id: str) -> Mapping[int, Filling]:
        if diffuser_id not in self._diffusers:
            raise DiffuserUnknown(diffuser_id)
        return self._fillings.get(diffuser_id, {})

    def held_until(self, diffuser_id: str) -> datetime | None:
        return self.held.get(diffuser_id)

    def wish(self, wish: Wish) -> Outcome:
        if wish.diffuser_id not in self._diffusers:
            raise DiffuserUnknown(wish.diffuser_id)
        self.wishes.append(wish)
        return Outcome(Answer.SENT, Reason("sent", english="It was sent."))

    def ask_refill(self, slot: SlotKey, source: Source) -> None:
        self.asked.append(slot)

    def watch(self, listener: Callable[[HomeNews], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, happening: Happening, diffuser_id: str = "", slot_no: int = 0) -> None:
        for listener in self._listeners:
            listener(HomeNews(happening, diffuser_id, slot_no))

    def report(self, diffuser_id: str = "native-lounge", **reported: object) -> None:
        """Let a device say something of itself."""
        before = self._states[diffuser_id]
        after = replace(before.reported, **reported)  # type: ignore[arg-type]
        self._states[diffuser_id] = replace(before, reported=after)
        self.tell(Happening.STATE, diffuser_id)

    def is_there(self, diffuser_id: str, availability: Availability, source: str) -> None:
        self._states[diffuser_id] = replace(
            self._states[diffuser_id], availability=availability, availability_source=source
        )
        self.tell(Happening.STATE, diffuser_id)

    def describe(self, described: Diffuser) -> None:
        """Let a device be found, or change."""
        self._diffusers[described.id] = described
        self._states.setdefault(described.id, DiffuserState(ReportedState()))
        self.tell(Happening.DESCRIBED, described.id)

    def lose(self, diffuser_id: str) -> None:
        del self._diffusers[diffuser_id], self._states[diffuser_id]
        self.tell(Happening.REMOVED, diffuser_id)

    def fill(self, content: Filling, news: Happening = Happening.LEVEL) -> None:
        slot = content.cartridge.slot
        self._fillings.setdefault(slot.diffuser_id, {})[slot.slot_no] = content
        self.tell(news, slot.diffuser_id, slot.slot_no)
