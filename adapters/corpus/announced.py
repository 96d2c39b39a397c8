"""What a dialect finds in a run of announcements, as the hub would put them together."""

from collections.abc import Iterable

from scentd.model.diffuser import Diffuser
from scentd.model.readings import Ask, Children, Discovery, Found, Gone, Piece
from scentd.ports import DiffuserDialect


class Announced:
    """Everything found so far, by id; `asks` are what the dialect wants sent, in order."""

    def __init__(self, dialect: DiffuserDialect) -> None:
        self._dialect = dialect
        self._pieces: dict[str, dict[str, bytes]] = {}
        self._of_group: dict[str, set[str]] = {}
        self.diffusers: dict[str, Diffuser] = {}
        self.asks: list[Ask] = []

    def hear(self, messages: Iterable[tuple[str, bytes]]) -> "Announced":
        """Take announcements in this order, and assemble what came in parts."""
        touched: dict[str, None] = {}
        for topic, payload in messages:
            discoveries = self._dialect.discover(topic, payload)
            for group, pieces in self._pieces.items():
                if pieces.pop(topic, None) is not None:
                    touched[group] = None
            for discovery in discoveries:
                if isinstance(discovery, Piece):
                    self._pieces.setdefault(discovery.group, {})[topic] = payload
                    touched[discovery.group] = None
                else:
                    self._take(discovery)
        for group in touched:
            self._assemble(group)
        return self

    def _assemble(self, group: str) -> None:
        pieces = {topic: text for topic, text in self._pieces[group].items() if text}
        discoveries = self._dialect.assemble(group, pieces)
        found = {one.diffuser.id for one in discoveries if isinstance(one, Found)}
        for diffuser_id in self._of_group.get(group, set()) - found:
            self.diffusers.pop(diffuser_id, None)
        self._of_group[group] = found
        for discovery in discoveries:
            self._take(discovery)

    def _take(self, discovery: Discovery) -> None:
        match discovery:
            case Found(diffuser):
                self.diffusers[diffuser.id] = diffuser
            case Gone(diffuser_id):
                self.diffusers.pop(diffuser_id, None)
            case Children(bridge, ids):
                for diffuser in tuple(self.diffusers.values()):
                    if diffuser.bridge == bridge and diffuser.id not in ids:
                        del self.diffusers[diffuser.id]
            case Ask():
                self.asks.append(discovery)
            case Piece():
                raise AssertionError("nothing is assembled into further parts")
