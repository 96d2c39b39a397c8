"""What is held for the devices: it begins, it ends, and then the plan speaks again."""

from collections.abc import Callable
from dataclasses import replace

from scentd.devices.decisions import Decisions
from scentd.devices.delivery import Delivery
from scentd.devices.overrides import Override, Overrides
from scentd.devices.registry import Registry
from scentd.model.commands import Source, Wish
from scentd.model.safety import Happened


class Holding:
    """Begin and end overrides, write the ends down, and see to what follows from them.

    `resume` asks the plan to wish anew and says whether it wants the device to run; `note_news`
    is called whenever there is something to keep.
    """

    def __init__(
        self,
        registry: Registry,
        overrides: Overrides,
        delivery: Delivery,
        decisions: Decisions,
        resume: Callable[[str], bool | None],
        note_news: Callable[[], None],
    ) -> None:
        self._registry = registry
        self._overrides = overrides
        self._delivery = delivery
        self._decisions = decisions
        self._resume = resume
        self._note_news = note_news

    def get(self, diffuser_id: str) -> Override | None:
        """Give what holds now, by hand or by a rule."""
        return self._overrides.get(diffuser_id)

    def by_hand(self, diffuser_id: str) -> Override | None:
        """Give what a person wished for a device and still holds."""
        held = self.get(diffuser_id)
        return held if held is not None and held.is_by_hand else None

    def begin(self, wish: Wish) -> None:
        """Let a wish hold."""
        self._overrides.begin(wish)
        self._note_news()

    def begin_by_rule(self, wish: Wish) -> None:
        """Let a rule's stop hold for what is left of the window.

        Where nothing is planned there is nothing to hold against, and nothing is written: a rule
        may switch a device every few seconds for years.
        """
        if self._overrides.is_planned(wish.diffuser_id):
            self.begin(replace(wish, until=None))
        else:
            self.end(wish.diffuser_id)

    def end(self, diffuser_id: str) -> bool:
        """Let nothing hold any more; whether something did."""
        is_news = self._overrides.end(diffuser_id)
        if is_news:
            self._note_news()
        return is_news

    def let_go(self, diffuser_id: str) -> None:
        """End what holds for a device; the plan speaks again. Raises DiffuserUnknown."""
        self._registry.get(diffuser_id)
        if self.end(diffuser_id):
            self._decisions.note(diffuser_id, Happened.ENDED)
            self._resume(diffuser_id)

    def resume_all(self) -> None:
        """Let the plan wish anew for every device that no hand holds."""
        for diffuser in self._registry.all():
            self.resume(diffuser.id)

    def resume(self, diffuser_id: str) -> None:
        """Let the plan wish anew for a device unless a hand holds it."""
        if self.by_hand(diffuser_id) is None:
            self._resume(diffuser_id)

    def ask_anew(self) -> None:
        """Let what ends at the plan's next switch end where that is now."""
        self._overrides.ask_anew()
        self._note_moved()

    def look(self) -> None:
        """See through what has come to its end; call it every half second or so."""
        self._note_moved()
        for name, held in self._overrides.take_ended().items():
            self._note_news()
            if not held.is_by_hand:
                continue  # the plan speaks at this very moment
            self._decisions.note(name, Happened.ENDED, held.source, power=held.power)
            # The end of a window stops no more than what that window had started itself.
            if not self._resume(name) and held.power:
                self.stop_quietly(name, held.source)

    def stop_quietly(self, diffuser_id: str, source: Source) -> None:
        """Switch a device off without a decision of its own."""
        wish = Wish(diffuser_id, source, power=False)
        self._delivery.send(self._registry.get(diffuser_id), wish)

    def _note_moved(self) -> None:
        for name, held in self._overrides.take_moved().items():
            self._note_news()
            obeyed, until = Happened.OBEYED, held.until
            self._decisions.note(name, obeyed, held.source, power=held.power, until=until)
