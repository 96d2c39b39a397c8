"""What the model knows of a product: its features, as words with a kind in front."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_WORD = re.compile(r"\w{4,}")
FEATURE_KINDS = ("family", "mood", "room", "note", "intensity")


@dataclass(frozen=True, slots=True)
class Scent:
    """A product as the model sees it.

    `features` are words like "family:woody", "mood:calm", "room:bedroom", "note:cedarwood" and
    "intensity:3"; a note of several words is there as a whole and by its longer words.
    `intensity` is 1 to 5.
    """

    product_id: int
    family: str
    intensity: int
    moods: tuple[str, ...]
    rooms: tuple[str, ...]
    notes: tuple[str, ...]
    features: frozenset[str]


def scent_of(
    product_id: int,
    family: str,
    intensity: int,
    moods: Collection[str],
    rooms: Collection[str],
    notes: Collection[str],
    aliases: Collection[str] = (),
) -> Scent:
    """Return a product as the model sees it; `aliases` are other words for what it smells of."""
    lower = tuple(sorted({note.lower() for note in notes}))
    return Scent(
        product_id=product_id,
        family=family,
        intensity=intensity,
        moods=tuple(sorted(set(moods))),
        rooms=tuple(sorted(set(rooms))),
        notes=lower,
        features=frozenset(
            (
                f"family:{family}",
                f"intensity:{intensity}",
                *(f"mood:{mood}" for mood in moods),
                *(f"room:{room}" for room in rooms),
                *(f"note:{word}" for word in note_words([*lower, *aliases])),
            )
        ),
    )


def note_words(notes: Iterable[str]) -> set[str]:
    """Return what can be called a note: each as a whole, and its words of four letters and more."""
    said = {note.strip().lower() for note in notes}
    return {*said, *(word for note in said for word in _WORD.findall(note))} - {""}


def kind_of(feature: str) -> str:
    """Return the kind of a feature: "family" of "family:woody"."""
    return feature.partition(":")[0]
