"""What is wrong with an input, in words that a person can act on."""

from pydantic_core import ErrorDetails

from cloud.foundation.words import N_

_WORDS = {
    "string_too_long": N_("This is too long."),
    "string_too_short": N_("This is too short or missing."),
    "string_pattern_mismatch": N_("This is not written as it must be."),
    "greater_than_equal": N_("This number is too small."),
    "greater_than": N_("This number is too small."),
    "less_than_equal": N_("This number is too large."),
    "less_than": N_("This number is too large."),
    "too_long": N_("These are too many."),
    "missing": N_("This is needed."),
    "int_type": N_("This is needed."),
    "int_parsing": N_("Write a whole number."),
    "enum": N_("This is none of the words that can stand here."),
}


def in_words(problem: ErrorDetails) -> str:
    """Return what pydantic found, marked with N_; a validator of ours has words of its own."""
    kind = problem["type"]
    return _WORDS[kind] if kind in _WORDS else problem["msg"].removeprefix("Value error, ")
