"""Phrases people say, and which rules they concern: found by index, never by search."""

import unicodedata
from collections.abc import Iterable

from scentd.model.trigger import VoiceCommand


def plain(text: str) -> str:
    """Give a phrase as it is compared: lower case, no accents, no punctuation, single blanks."""
    # Apart before and after: 🄐 comes apart into a capital, and folding may put accents together.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = (sign if sign.isalnum() else " " for sign in apart if not unicodedata.combining(sign))
    return " ".join("".join(letters).split())


class PhraseIndex:
    """The rules that wait for a phrase."""

    def __init__(self, triggers: Iterable[tuple[str, VoiceCommand]] = ()) -> None:
        self._waiting: dict[str, list[tuple[str, VoiceCommand]]] = {}
        for rule_id, trigger in triggers:
            for phrase in dict.fromkeys(plain(phrase) for phrase in trigger.phrases):
                self._waiting.setdefault(phrase, []).append((rule_id, trigger))

    def after(self, text: str, language: str, room: str) -> list[str]:
        """Give the rules that a sentence fires; "" where language or room is not known."""
        return [
            rule_id
            for rule_id, trigger in self._waiting.get(plain(text), ())
            if _speaks(trigger.language, language) and _is_in(trigger.room, room)
        ]


def _speaks(wanted: str, spoken: str) -> bool:
    """Say whether a language will do: `de` wants any German, `de-AT` that of Austria."""
    asked, said = wanted.casefold(), spoken.casefold()
    return not asked or said == asked or said.startswith(f"{asked}-")


def _is_in(wanted: str, room: str) -> bool:
    return not wanted or plain(wanted) == plain(room)
