"""Why something went as it did: a code for programs and its facts, put into words later."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from scentd.model.english import ENGLISH, TRACES


@dataclass(frozen=True, slots=True)
class Reason:
    """A stable code and what stands in its sentence.

    Moments are ISO 8601 in UTC, wall times HH:MM. `english` is the sentence of codes that are not
    of the table here; it is not kept.
    """

    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    english: str = field(default="", compare=False)

    def __str__(self) -> str:
        """Give the sentence in English, for logs and for programs that show it as it is."""
        text = self.english or ENGLISH.get(self.code) or TRACES.get(self.code)
        if text is None or self.english:
            return text or self.code
        said = text.format_map({**self.facts, "until": self._until()})
        return f"{said}, for {self.facts['for_s']} s" if "for_s" in self.facts else said

    @property
    def until(self) -> datetime | None:
        """The moment until which it stands, None where there is none (or it is a wall time)."""
        said = self.facts.get("until")
        return datetime.fromisoformat(said) if isinstance(said, str) and "T" in said else None

    def _until(self) -> str:
        moment = self.until
        return str(self.facts.get("until", "")) if moment is None else f"{moment:%d %B, %H:%M} UTC"


CODES = frozenset(ENGLISH)
"""Every code there is."""


def pack(reasons: Iterable[Reason]) -> str:
    """Give reasons as one text to be kept, without their sentences."""
    written = [[one.code, dict(one.facts)] if one.facts else [one.code] for one in reasons]
    return json.dumps(written, ensure_ascii=False, separators=(",", ":"))


def unpack(text: str) -> tuple[Reason, ...]:
    """Give back what was kept; a text of before there were codes stands for itself."""
    if text.startswith("[["):
        return tuple(Reason(*one) for one in json.loads(text))
    return (Reason("said", {"text": text}),)
