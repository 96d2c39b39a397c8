"""The small language means what Jinja means by the same words, wherever it says anything.

Home Assistant renders with Jinja and numeric filters of its own; those are stood in for here as its
documentation describes them.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import jinja2
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.diffusers.announced.expressions import Said
from adapters.diffusers.announced.templates import MOST_CHARACTERS, TemplateRefused, template_of

NOT_GIVEN = object()
VALUES = {"n": 7, "f": 2.5, "s": "On", "t": True, "l": [3, "x"], "o": {"b": "11.49", "z": 0}}


def forgiving(convert: Callable[[Any], Any]) -> Callable[..., Any]:
    def of(value: Any, otherwise: Any = NOT_GIVEN) -> Any:
        try:
            return convert(value)
        except (ValueError, TypeError):
            if otherwise is NOT_GIVEN:
                raise
            return otherwise

    return of


def rounded(value: Any, digits: int = 0) -> Any:
    number = round(float(value), digits)
    return int(number) if digits == 0 else number


JINJA = jinja2.Environment(undefined=jinja2.StrictUndefined)
JINJA.filters.update(
    float=forgiving(float),
    int=forgiving(lambda value: int(float(value))),
    round=rounded,
    multiply=lambda value, by: float(value) * by,
)

paths = st.sampled_from(
    (
        *("value", "value_json.n", "value_json.f", "value_json.s", "value_json.t"),
        *("value_json['o']['b']", "value_json.o.z", "value_json.l[0]", 'value_json["l"][1]'),
        *("value_json.gone", "value_json.o.gone", "value_json.l[7]"),
    )
)
constants = st.sampled_from(("1", "0", "2.5", "100", "'On'", "'x y'", '"7"', "true", "false"))
filters = st.sampled_from(
    (
        *("float", "int", "round", "round(1)", "lower", "upper", "abs", "string", "trim"),
        *("default('d')", "default(4)", "float(0)", "int(-1)", "multiply(100)"),
    )
)


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(inner, filters).map(lambda pair: f"{pair[0]} | {pair[1]}"),
        st.tuples(inner, filters).map(lambda pair: f"({pair[0]}) | {pair[1]}"),
        st.tuples(two, st.sampled_from("+-*/")).map(lambda p: f"{p[0][0]} {p[1]} {p[0][1]}"),
        st.tuples(two, st.sampled_from(("==", "!=", "<", ">=", ">", "<="))).map(
            lambda p: f"({p[0][0]} {p[1]} {p[0][1]})"
        ),
        st.tuples(inner, inner, inner).map(lambda p: f"({p[0]} if {p[1]} else {p[2]})"),
        inner.map(lambda one: f"({one} is defined)"),
    )


expressions = st.recursive(paths | constants, larger, max_leaves=6)


@given(expressions, st.sampled_from(("ON", "7", "2.50", "", json.dumps(VALUES))))
@example("value | float * 100", "0.07")
@example("value_json.o.b | float | round(1)", json.dumps(VALUES))
@example("1 - value | int - 1", "7")
@example("-value_json.n | abs", json.dumps(VALUES))
def test_what_is_made_of_a_message_is_what_jinja_makes_of_it(expression: str, text: str) -> None:
    template = f"{{{{ {expression} }}}}"
    try:
        made = template_of(template).of(Said(text))
    except TemplateRefused:
        assert len(template) > MOST_CHARACTERS or expression.count("(") > 6
        return
    if made is None:
        return

    context: dict[str, Any] = {"value": text}
    with suppress(ValueError):
        context["value_json"] = json.loads(text)
    assert made == JINJA.from_string(template).render(context).strip()
