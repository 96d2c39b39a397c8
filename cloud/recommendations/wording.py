"""Reasons in whole sentences, and a question's texts in the visitor's language. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from cloud.foundation.words import N_, Phrase
from cloud.recommendations.models import QuizQuestion
from cloud.recommendations.reasons import Reason, ReasonKind
from cloud.recommendations.scents import Scent
from cloud.recommendations.shapes import (
    Choice,
    Choices,
    ChoiceTexts,
    Options,
    QuestionTexts,
    Scale,
    read_options,
)

ALONG = N_("Homes that have %(name)s often take this one too.")
_ABOUT: Mapping[ReasonKind, str] = {
    ReasonKind.BOUGHT_ALONG: ALONG,
    ReasonKind.BOUGHT_ALIKE: N_("It is close to %(name)s, which you bought."),
    ReasonKind.RUNS_ALIKE: N_("It is close to %(name)s, which runs in your home."),
}
_LOVED = N_("Many homes like it.")
_STRENGTH = N_("It is as strong as you like it.")
_NAMED = N_("You named %(word)s, and it is in this scent.")
_ANSWERED = N_("You answered “%(answer)s”, and it fits.")


@dataclass(frozen=True, slots=True)
class SaidQuestion:
    """A question in a visitor's language; what is not translated is in the shop's own."""

    id: int
    key: str
    text: str
    help: str
    tooltip: str
    image_url: str
    image_alt: str
    options: Options


def say_likeness(own: Scent, other: Scent) -> str:
    """Return what two scents have in common, as a sentence about the other one."""
    shared = [note for note in other.notes if note in own.notes]
    if shared:
        return Phrase("Both smell of %(note)s.", note=shared[0])
    if own.family != other.family:
        return N_("It is another kind of scent for the same hours.")
    if other.intensity < own.intensity:
        return N_("It is of the same family, and gentler.")
    if other.intensity > own.intensity:
        return N_("It is of the same family, and stronger.")
    return N_("It is of the same family, and about as strong.")


def say_question(question: QuizQuestion, language: str | None) -> SaidQuestion:
    """Return a question in a language; None is the shop's own."""
    options = read_options(question.options)
    kept = question.translations.get(language or "")
    texts = QuestionTexts.model_validate(kept) if kept else QuestionTexts()
    return SaidQuestion(
        id=question.id,
        key=question.key,
        text=texts.text or question.text,
        help=texts.help or question.help,
        tooltip=texts.tooltip or question.tooltip,
        image_url=question.image_url,
        image_alt=texts.image_alt or question.image_alt,
        options=_said_options(options, texts),
    )


def say_reason(
    reason: Reason, questions: Mapping[int, SaidQuestion], names: Mapping[int, str]
) -> str:
    """Return a reason as a sentence to be said (`fmt.say`); "" when it is about nothing any more.

    `names` are what products are called. What staff wrote comes in the language of `questions`.
    """
    if reason.kind is ReasonKind.LOVED:
        return _LOVED
    if reason.kind is ReasonKind.ANSWER:
        question = questions.get(reason.question_id or 0)
        return _say_answer(reason, question) if question else ""
    name = names.get(reason.product_id or 0)
    return Phrase(_ABOUT[reason.kind], name=name) if name else ""


def _say_answer(reason: Reason, question: SaidQuestion) -> str:
    options = question.options
    match options:
        case Choices():
            found = [one for one in options.choices if one.key == reason.option]
            if not found:
                return ""
            return found[0].reason or Phrase(_ANSWERED, answer=found[0].text)
        case Scale():
            return options.reason or _STRENGTH
        case _:
            return options.reason or Phrase(_NAMED, word=reason.word)


def _said_options(options: Options, texts: QuestionTexts) -> Options:
    match options:
        case Choices():
            said = (_said_choice(one, texts.choices.get(one.key)) for one in options.choices)
            return Choices(choices=tuple(said))
        case Scale():
            return options.model_copy(
                update={
                    "least_words": texts.least_words or options.least_words,
                    "most_words": texts.most_words or options.most_words,
                    "reason": texts.reason or options.reason,
                }
            )
        case _:
            return options.model_copy(update={"reason": texts.reason or options.reason})


def _said_choice(choice: Choice, texts: ChoiceTexts | None) -> Choice:
    if texts is None:
        return choice
    return choice.model_copy(
        update={
            "text": texts.text or choice.text,
            "reason": texts.reason or choice.reason,
            "image_alt": texts.image_alt or choice.image_alt,
        }
    )
