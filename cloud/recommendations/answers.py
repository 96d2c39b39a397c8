"""Whether an answer is one that its question can have, and what joining two quizzes keeps. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from cloud.foundation.words import N_, Phrase
from cloud.recommendations.errors import AnswerUnfit
from cloud.recommendations.kinds import QuestionKind
from cloud.recommendations.shapes import Answer, Choices, Options, Scale, Typing


def check(kind: QuestionKind, options: Options, answer: Answer) -> None:
    """Raise AnswerUnfit unless an answer is one that a question can have."""
    match options:
        case Choices():
            _check_choice(kind, options, answer)
        case Scale():
            if answer.value is None or not options.least <= answer.value <= options.most:
                raise AnswerUnfit(N_("Choose one of the marks on the scale."))
        case Typing():
            if len(answer.text.strip()) > options.most_length:
                raise AnswerUnfit(
                    Phrase("Write at most %(most)d characters.", most=options.most_length)
                )
            if answer.options or answer.value is not None or not answer.text.strip():
                raise AnswerUnfit(N_("Write a word or two."))


def fits(kind: QuestionKind, options: Options, kept: dict[str, Any]) -> bool:
    """Tell whether an answer to another edition's question is one to this edition's."""
    try:
        check(kind, options, Answer.model_validate(kept))
    except (AnswerUnfit, ValidationError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer by the key of its question, which is the same in every edition."""

    key: str
    answer: dict[str, Any]
    answered_at: datetime


def joined(member: Iterable[Kept], guest: Iterable[Kept]) -> dict[str, Kept]:
    """Return the newer of two answers to each question; the member's own when they are equal."""
    found = {one.key: one for one in member}
    for one in guest:
        held = found.get(one.key)
        if held is None or one.answered_at > held.answered_at:
            found[one.key] = one
    return found


def _check_choice(kind: QuestionKind, options: Choices, answer: Answer) -> None:
    known = {choice.key for choice in options.choices}
    if answer.value is not None or answer.text or not set(answer.options) <= known:
        raise AnswerUnfit(N_("Choose from what is offered."))
    if len(set(answer.options)) != len(answer.options) or not answer.options:
        raise AnswerUnfit(N_("Choose from what is offered."))
    if not kind.is_multiple and len(answer.options) > 1:
        raise AnswerUnfit(N_("Choose one."))
