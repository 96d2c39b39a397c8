"""The form of a quiz question: declared from how many choices it has, and read back from it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cloud.admin.forms import Field, Form, FormWrong, Kind, grouped
from cloud.foundation.words import N_, Phrase
from cloud.recommendations.kinds import QuestionKind
from cloud.recommendations.shapes import Choices, QuestionFields, Scale

KINDS = {
    QuestionKind.SINGLE_TEXT: N_("One of several, in words"),
    QuestionKind.SINGLE_IMAGE: N_("One of several, with pictures"),
    QuestionKind.MULTIPLE_TEXT: N_("Any of several, in words"),
    QuestionKind.MULTIPLE_IMAGE: N_("Any of several, with pictures"),
    QuestionKind.SCALE: N_("A mark on a scale of strength"),
    QuestionKind.TEXT: N_("Words to be typed"),
}
_BLANKS = 2
_FEWEST = 4
_MOST = 24
_WEIGHT = re.compile(r"(.+)=\s*([+-]?\d)")
_NUMBERED = re.compile(r"choice_(\d{1,2})_key")
_PARTS = ("key", "text", "reason", "weights", "image", "image_alt")


def form_for(count: int) -> Form:
    """Return the form of a question with places for so many choices and two more."""
    places = min(_MOST, max(_FEWEST, count + _BLANKS))
    kinds = [(kind.value, words) for kind, words in KINDS.items()]
    return Form(
        (
            Field("text", N_("Question"), attributes={"maxlength": "200"}),
            Field(
                "key",
                N_("Key"),
                hint=N_(
                    "Small letters and dashes. Keep it from edition to edition: by it an "
                    "answer moves on."
                ),
                attributes={"maxlength": "60"},
            ),
            Field("kind", N_("How it is answered"), Kind.CHOICE, options=kinds),
            Field("is_required", N_("It has to be answered"), Kind.FLAG, required=False),
            _text("help", N_("Help beneath it")),
            _text("tooltip", N_("Why we ask")),
            _text("image_url", N_("Address of a picture that we keep")),
            _text("image_alt", N_("What the picture shows")),
            *(field for number in range(1, places + 1) for field in _choice(number)),
            *grouped(
                N_("If it is a scale"),
                _number("least", N_("Least mark")),
                _number("most", N_("Highest mark")),
                _text("least_words", N_("Words at its beginning")),
                _text("most_words", N_("Words at its end")),
                _text("scale_reason", N_("Reason, as a whole sentence")),
            ),
            *grouped(
                N_("If words are typed"),
                _number("most_length", N_("Most characters")),
                _number("weight", N_("Weight from 1 to 5")),
                _text("typing_reason", N_("Reason, as a whole sentence")),
            ),
        )
    )


def count_sent(data: Mapping[str, Any]) -> int:
    """Return for how many choices a sent form had places, less the blank ones."""
    numbers = (int(found[1]) for name in data if (found := _NUMBERED.fullmatch(name)))
    return max(0, max(numbers, default=0) - _BLANKS)


def values_of(fields: QuestionFields) -> dict[str, Any]:
    """Return what the form shows for a question."""
    values: dict[str, Any] = {
        **fields.model_dump(exclude={"options", "translations"}),
        "kind": fields.kind.value,
    }
    match fields.options:
        case Choices():
            for number, choice in enumerate(fields.options.choices, start=1):
                weights = [f"{name}={weight}" for name, weight in choice.weights.items()]
                shown = {**choice.model_dump(), "weights": weights}
                values |= {f"choice_{number}_{part}": shown[part] for part in _PARTS}
        case Scale():
            values |= fields.options.model_dump(include={"least", "most"})
            values |= fields.options.model_dump(include={"least_words", "most_words"})
            values["scale_reason"] = fields.options.reason
        case _:
            values |= fields.options.model_dump(include={"most_length", "weight"})
            values["typing_reason"] = fields.options.reason
    return values


def wish_of(values: Mapping[str, Any], translations: Mapping[str, Any]) -> dict[str, Any]:
    """Return a question's input from a form's values, its translations as they were.

    Raises FormWrong for weights that are not written as they must be.
    """
    kind = QuestionKind(values["kind"])
    plain = ("text", "key", "is_required", "help", "tooltip", "image_url", "image_alt")
    options: dict[str, Any]
    if kind is QuestionKind.SCALE:
        options = {
            "least": values["least"],
            "most": values["most"],
            "least_words": values["least_words"],
            "most_words": values["most_words"],
            "reason": values["scale_reason"],
        }
    elif kind is QuestionKind.TEXT:
        options = {
            "most_length": values["most_length"],
            "weight": values["weight"],
            "reason": values["typing_reason"],
        }
    else:
        options = {"choices": _choices(values)}
    return {
        **{name: values[name] for name in plain},
        "kind": kind,
        "options": {name: value for name, value in options.items() if value is not None},
        "translations": translations,
    }


def texts_form(fields: QuestionFields) -> Form:
    """Return the form of a question's texts in another language, empty where not translated."""
    names = [
        ("text", N_("Question")),
        ("help", N_("Help beneath it")),
        ("tooltip", N_("Why we ask")),
        ("image_alt", N_("What the picture shows")),
    ]
    match fields.options:
        case Choices():
            more: list[Field] = [
                one for choice in fields.options.choices for one in _choice_texts(choice.key)
            ]
        case Scale():
            more = [
                _text("least_words", N_("Words at its beginning")),
                _text("most_words", N_("Words at its end")),
                _text("reason", N_("Reason, as a whole sentence")),
            ]
        case _:
            more = [_text("reason", N_("Reason, as a whole sentence"))]
    return Form((*(_text(name, title) for name, title in names), *more))


def texts_of(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form of texts shows for what is kept of a language."""
    values = {name: said for name, said in kept.items() if name != "choices"}
    for key, texts in kept.get("choices", {}).items():
        values |= {f"{part}__{key}": said for part, said in texts.items()}
    return values


def texts_wish(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a language's texts from a form's values."""
    choices: dict[str, dict[str, str]] = {}
    plain: dict[str, str] = {}
    for name, said in values.items():
        part, _, key = name.partition("__")
        if key:
            choices.setdefault(key, {})[part] = said
        elif name != "version":
            plain[name] = said
    return {**plain, "choices": choices}


def _choice(number: int) -> tuple[Field, ...]:
    def named(part: str) -> str:
        return f"choice_{number}_{part}"

    return grouped(
        Phrase("Choice %(number)d", number=number),
        _text(named("text"), N_("Words")),
        _text(named("key"), N_("Key")),
        _text(named("reason"), N_("Reason, as a whole sentence")),
        Field(
            named("weights"),
            N_("Weights"),
            Kind.WORDS,
            hint=N_("family:woody=4, mood:calm=2. From -5 (never) to 5."),
            required=False,
        ),
        _text(named("image"), N_("Address of a picture that we keep")),
        _text(named("image_alt"), N_("What the picture shows")),
    )


def _choice_texts(key: str) -> tuple[Field, ...]:
    return (
        Field(f"text__{key}", N_("Words"), required=False, empty="", apart=key),
        Field(
            f"reason__{key}", N_("Reason, as a whole sentence"), required=False, empty="", apart=key
        ),
        Field(
            f"image_alt__{key}", N_("What the picture shows"), required=False, empty="", apart=key
        ),
    )


def _text(name: str, title: str) -> Field:
    return Field(name, title, required=False, empty="", attributes={"maxlength": "300"})


def _number(name: str, title: str) -> Field:
    return Field(name, title, Kind.NUMBER, required=False)


def _choices(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    found, number = [], 1
    while f"choice_{number}_key" in values:
        one = {part: values[f"choice_{number}_{part}"] for part in _PARTS}
        if any(one.values()):
            found.append({**one, "weights": _weights(one["weights"], f"choice_{number}_weights")})
        number += 1
    return found


def _weights(written: Sequence[str], field: str) -> dict[str, int]:
    weights: dict[str, int] = {}
    for word in written:
        found = _WEIGHT.fullmatch(word)
        if found is None:
            raise FormWrong({field: N_("Write weights like family:woody=4.")})
        weights[found[1].strip()] = int(found[2])
    return weights
