"""The written schema of the quiz's JSON: what can be answered, what was, and translations."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cloud.foundation.words import N_
from cloud.recommendations.kinds import QuestionKind
from cloud.recommendations.scents import FEATURE_KINDS

NEVER = -5
"""The weight of what is not wanted at all: a scent with it is not recommended."""

Key = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Words = Annotated[str, Field(min_length=1, max_length=200)]
MaybeWords = Annotated[str, Field(max_length=300)]
Weight = Annotated[int, Field(ge=NEVER, le=5)]
Feature = Annotated[
    str, Field(pattern=rf"^({'|'.join(FEATURE_KINDS)}):[^:=\n]{{1,60}}$", max_length=80)
]
# A picture that we keep, and nobody else's.
PictureAddress = Annotated[str, Field(pattern=r"^(/(media|files)/[A-Za-z0-9._/-]+)?$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
_MOST_CHOICES = 24


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(_Shape):
    """One thing to choose.

    `weights` say what choosing it tells about a taste: for features ("family:woody") from -5
    (never) to 5. `reason` is the whole sentence said of a scent that has one of the liked ones.
    """

    key: Key
    text: Words
    reason: MaybeWords = ""
    image: PictureAddress = ""
    image_alt: MaybeWords = ""
    weights: dict[Feature, Weight] = Field(default_factory=dict, max_length=40)


class Choices(_Shape):
    """What a question with choices offers, in this order."""

    choices: tuple[Choice, ...] = Field(min_length=2, max_length=_MOST_CHOICES)

    @model_validator(mode="after")
    def _keys_differ(self) -> Self:
        if len({one.key for one in self.choices}) < len(self.choices):
            raise ValueError(N_("Two choices have the same key."))
        return self


class Scale(_Shape):
    """Marks from `least` to `most`, whose ends are said in words; it measures how strong."""

    least: Annotated[int, Field(ge=0, le=10)] = 1
    most: Annotated[int, Field(ge=1, le=10)] = 5
    least_words: Words
    most_words: Words
    reason: MaybeWords = ""
    measures: Literal["intensity"] = "intensity"

    @model_validator(mode="after")
    def _goes_up(self) -> Self:
        if self.most <= self.least:
            raise ValueError(N_("A scale goes up from its least to its most."))
        return self


class Typing(_Shape):
    """Words to be typed, looked for among the notes of scents; each weighs `weight`."""

    most_length: Annotated[int, Field(ge=1, le=500)] = 80
    weight: Annotated[int, Field(ge=1, le=5)] = 3
    reason: MaybeWords = ""


Options = Choices | Scale | Typing


class ChoiceTexts(_Shape):
    """A choice's texts in another language; an empty one is said in the shop's own."""

    text: MaybeWords = ""
    reason: MaybeWords = ""
    image_alt: MaybeWords = ""


class QuestionTexts(_Shape):
    """A question's texts in another language; an empty one is said in the shop's own."""

    text: MaybeWords = ""
    help: MaybeWords = ""
    tooltip: MaybeWords = ""
    image_alt: MaybeWords = ""
    least_words: MaybeWords = ""
    most_words: MaybeWords = ""
    reason: MaybeWords = ""
    choices: dict[Key, ChoiceTexts] = Field(default_factory=dict)


class QuestionFields(_Shape):
    """A question as staff write it."""

    key: Key
    kind: QuestionKind
    text: Words
    help: MaybeWords = ""
    tooltip: MaybeWords = ""
    image_url: PictureAddress = ""
    image_alt: MaybeWords = ""
    is_required: bool = False
    options: Options
    translations: dict[Language, QuestionTexts] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not _fits(self.kind, self.options):
            raise ValueError(N_("What can be answered does not fit this kind of question."))
        if bool(self.image_url) != bool(self.image_alt):
            raise ValueError(N_("A picture needs words that say what it shows."))
        if self.kind.has_pictures and not _all_pictured(self.options):
            raise ValueError(N_("Every choice needs a picture and words that say what it shows."))
        return self

    def options_json(self) -> dict[str, Any]:
        """Return the options as the database keeps them."""
        return options_json(self.options)


class Answer(_Shape):
    """An answer: the keys that were chosen, a mark on a scale, or a text; exactly one."""

    options: tuple[Key, ...] = Field(default=(), max_length=_MOST_CHOICES)
    value: int | None = Field(default=None, ge=0, le=10)
    text: Annotated[str, Field(max_length=500)] = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was answered."""
        return not self.options and self.value is None and not self.text.strip()

    def as_json(self) -> dict[str, Any]:
        """Return the one member that says something."""
        if self.options:
            return {"options": list(self.options)}
        return {"value": self.value} if self.value is not None else {"text": self.text.strip()}


def options_json(options: Options) -> dict[str, Any]:
    """Return options as the database keeps them: one member that names their kind."""
    body = options.model_dump(mode="json")
    match options:
        case Choices():
            return body
        case Scale():
            return {"scale": body}
        case _:
            return {"typing": body}


def read_options(kept: dict[str, Any]) -> Options:
    """Return the options that the database keeps."""
    if "scale" in kept:
        return Scale.model_validate(kept["scale"])
    if "typing" in kept:
        return Typing.model_validate(kept["typing"])
    return Choices.model_validate(kept)


def _fits(kind: QuestionKind, options: Options) -> bool:
    if kind.has_choices:
        return isinstance(options, Choices)
    return isinstance(options, Scale if kind is QuestionKind.SCALE else Typing)


def _all_pictured(options: Options) -> bool:
    return isinstance(options, Choices) and all(
        one.image and one.image_alt for one in options.choices
    )
