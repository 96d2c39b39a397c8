"""What rules see and touch of the house, as narrow as they need it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scentd.automation.people import People
from scentd.automation.place import Place
from scentd.model.cartridge import Cartridge, SlotKey
from scentd.model.commands import Outcome, Source, Wish
from scentd.model.diffuser import DiffuserState
from scentd.model.scene import Scene
from scentd.ports import Publisher, Subscriber


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Ports of the engine.

    `submit` settles a wish at once; it and `state` may raise a ScentdError for an unknown
    diffuser, `scene` for an unknown scene. `stop_all` switches everything off. `resume` asks the
    schedules to wish anew what they want of a diffuser and says whether they want it to run.
    """

    submit: Callable[[Wish], Outcome]
    stop_all: Callable[[Source], object]
    diffuser_ids: Callable[[], Iterable[str]]
    state: Callable[[str], DiffuserState]
    cartridge: Callable[[SlotKey], Cartridge | None]
    place: Callable[[], Place]
    people: People
    scene: Callable[[str], Scene]
    resume: Callable[[str], bool]
    publisher: Publisher
    subscriber: Subscriber
