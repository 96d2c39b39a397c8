"""Why something is recommended, as it is stored; `wording` says it in whole sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class ReasonKind(StrEnum):
    """What speaks for a product."""

    ANSWER = "ANSWER"  # what somebody answered in the quiz
    BOUGHT_ALONG = "BOUGHT_ALONG"  # who bought what they bought took it too
    BOUGHT_ALIKE = "BOUGHT_ALIKE"  # it is like something they bought
    RUNS_ALIKE = "RUNS_ALIKE"  # it is like something that their diffusers run
    LOVED = "LOVED"  # many buy it


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: an ANSWER names question and option (a word that was typed: `word`)."""

    kind: ReasonKind
    question_id: int | None = None
    option: str = ""
    word: str = ""
    product_id: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the members that say something."""
        facts = {
            "kind": self.kind.value,
            "question_id": self.question_id,
            "option": self.option,
            "word": self.word,
            "product_id": self.product_id,
        }
        return {name: value for name, value in facts.items() if value not in (None, "")}

    @classmethod
    def of_json(cls, facts: Mapping[str, Any]) -> Self:
        """Return what `as_json` wrote."""
        return cls(**{**facts, "kind": ReasonKind(facts["kind"])})
