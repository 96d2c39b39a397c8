"""When one slot of a device has run empty, it goes on with another."""

from collections.abc import Callable

from scentd.bus import Bus
from scentd.devices.overrides import Override
from scentd.model.commands import Origin, Outcome, Source, Wish
from scentd.model.diffuser import DiffuserState
from scentd.model.errors import DiffuserUnknown
from scentd.model.events import CartridgeEmpty

NEXT_SLOT = Source(Origin.SAFETY, "slot_empty")
"""Who wishes when the hub goes on with another slot by itself."""


class NextSlot:
    """Let a device that ran, and would still, spread from a slot that holds oil.

    `slot_for` gives such a slot, None where there is none; `override` what a person wished and
    still holds; `resume` asks the plan to wish anew and says whether it wants the device to run.
    """

    def __init__(
        self,
        bus: Bus,
        state: Callable[[str], DiffuserState],
        submit: Callable[[Wish], Outcome],
        override: Callable[[str], Override | None],
        resume: Callable[[str], bool],
        slot_for: Callable[[str, str | None], int | None],
    ) -> None:
        self._state = state
        self._submit = submit
        self._override = override
        self._resume = resume
        self._slot_for = slot_for
        bus.subscribe(CartridgeEmpty, self._on_empty)

    def _on_empty(self, event: CartridgeEmpty) -> None:
        name = event.slot.diffuser_id
        try:
            state = self._state(name)
        except DiffuserUnknown:
            return
        if state.reported.slot_no != event.slot.slot_no or state.desired.power is not True:
            return
        other = self._slot_for(name, None)
        held = self._override(name)
        if other is None or (held is not None and held.power is False):
            return
        # The plan knows which scent it means; a hand and a rule meant whatever there is.
        if held is None and self._resume(name):
            return
        self._submit(Wish(name, NEXT_SLOT, power=True, slot_no=other))
