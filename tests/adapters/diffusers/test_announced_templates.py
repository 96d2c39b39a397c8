"""The few templates that are read: what they make of a message, and that others are refused."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.diffusers.announced.expressions import Said
from adapters.diffusers.announced.templates import MOST_CHARACTERS, TemplateRefused, template_of

NESTED = '{"a": {"b": 7, "list": [1, 2.5]}, "on": true, "state": "On", "w": "11.49"}'


def made(template: str, text: str = NESTED) -> str | None:
    return template_of(template).of(Said(text))


@pytest.mark.parametrize(
    ("template", "text", "expected"),
    [
        ("", "ON", "ON"),
        ("{{ value }}", "ON", "ON"),
        ("{{value}}", "ON", "ON"),
        ("{{- value -}}", "ON", "ON"),
        ("{{ value_json.a.b }}", NESTED, "7"),
        ("{{ value_json['a']['b'] }}", NESTED, "7"),
        ('{{ value_json["a"].list[1] }}', NESTED, "2.5"),
        ("{{ value_json.on }}", NESTED, "True"),
        ("{{ value_json.state | upper }}", NESTED, "ON"),
        ("{{ value_json.state|lower }}", NESTED, "on"),
        ("{{ value_json.w | float | round(1) }}", NESTED, "11.5"),
        ("{{ value_json.w | float | round }}", NESTED, "11"),
        ("{{ value_json.w | int }}", NESTED, "11"),
        ("{{ value | float * 100 }}", "0.25", "25.0"),
        ("{{ (value | float * 100) | int }}", "0.25", "25"),
        ("{{ value | int / 1000 }}", "1500", "1.5"),
        ("{{ value | multiply(100) | round }}", "0.67", "67"),
        ("{{ value | int - 3 + 1 }}", "5", "3"),
        ("{{ value_json.gone | default(4) }}", NESTED, "4"),
        ("{{ value_json.gone | default('x') }}", NESTED, "x"),
        ("{{ value | float(0) }}", "unknown", "0"),
        ("{{ value | int(-1) }}", "unknown", "-1"),
        ("{{ 'on' if value_json.on else 'off' }}", NESTED, "on"),
        ("{{ 'yes' if value == 'ON' else 'no' }}", "OFF", "no"),
        ("{{ 'low' if value | int <= 3 else 'ok' }}", "3", "low"),
        ("{{ 1 if value == 'a' else 2 if value == 'b' else 3 }}", "b", "2"),
        ("{{ 'here' if value_json.gone is defined else 'away' }}", NESTED, "away"),
        ("{{ 'here' if value_json.a is not defined else 'away' }}", NESTED, "away"),
        ('{"speed": {{ value }}, "on": true}', "3", '{"speed": 3, "on": true}'),
        ("{{ true if value_json.on else False }}", NESTED, "True"),
        ("{{ 'true' }}", NESTED, "true"),
        ("{{ value_json.gone }}", NESTED, None),
        ("{{ 'on' if value_json.gone else 'off' }}", NESTED, None),
        ("{{ 'on' if value_json.gone == 'x' else 'off' }}", NESTED, None),
        ("{{ value_json.gone != 'x' }}", NESTED, None),
        ("{{ 'on' if value_json.on else 'off' }}", "booting", None),
        ("{{ value_json.a }}", NESTED, None),
        ("{{ value_json.a }}", "not JSON", None),
        ("{{ value | float }}", "unknown", None),
        ("{{ value | float }}", "nan", None),
        ("{{ value | float }}", "1e300", None),
        ("{{ value * 2 }}", "x", None),
        ("{{ value | int / 0 }}", "5", None),
        ("{{ value_json.a.list[9] }}", NESTED, None),
        ("{{ value_json.a.list[2] }}", NESTED, None),
        ("{{ value_json.a.list['x'] }}", NESTED, None),
    ],
)
def test_a_template_makes_of_a_message_what_home_assistant_would(
    template: str, text: str, expected: str | None
) -> None:
    assert made(template, text) == expected


@pytest.mark.parametrize(
    "template",
    [
        "{% if value %}a{% endif %}",
        "{# hidden #}",
        "{{ value",
        "{{ }}",
        "{{ states('sensor.x') }}",
        "{{ value.__class__ }}",
        "{{ value_json.__class__('x') }}",
        "{{ value_json.a() }}",
        "{{ value | regex_replace('a', 'b') }}",
        "{{ value | attr('__class__') }}",
        "{{ [1] * 999999999 }}",
        "{{ 9 ** 9 }}",
        "{{ 'a' ~ 'b' }}",
        "{{ value if value }}",
        "{{ 'it\\'s' }}",
        "{{ namespace() }}",
        "{{ range(10) }}",
    ],
)
def test_whatever_is_not_of_the_language_is_refused(template: str) -> None:
    with pytest.raises(TemplateRefused):
        template_of(template)


@pytest.mark.parametrize(
    "template",
    [
        "{{ " + "(" * 500_000,
        "{{ " + "1 + " * 200_000 + "1 }}",
        "{{ value_json" + "['a']" * 200_000 + " }}",
        "{{" * 300_000,
        "{{ " + "(" * 120 + "value" + ")" * 120 + " }}",
        "{{ " + "1 if 1 else " * 20 + "2 }}",
        "{{ '" + "a" * 300 + "' }}",
    ],
)
def test_templates_of_hostile_length_are_refused_cheaply(template: str) -> None:
    began_s = time.process_time()

    with pytest.raises(TemplateRefused):
        template_of(template)

    assert time.process_time() - began_s < 0.05


@given(st.text(alphabet="{}%value_json|.[]()'\"+-*/<>=! 01int float", max_size=MOST_CHARACTERS))
def test_any_template_is_read_or_refused_and_never_raises_on_a_message(template: str) -> None:
    try:
        read = template_of(template)
    except TemplateRefused:
        return

    assert isinstance(read.of(Said(NESTED)), str | None)


@given(
    st.sampled_from(
        (
            "{{ value }}",
            "{{ value_json.a | float | round(2) }}",
            "{{ value | int * 100 }}",
            "{{ value_json['a'] == value }}",
        )
    ),
    st.text(max_size=40) | st.sampled_from(("9" * 5_000, "[" * 50_000, '{"a": 1e999}', "true")),
)
def test_no_message_makes_a_template_raise(template: str, text: str) -> None:
    assert isinstance(made(template, text), str | None)


@given(st.integers(-(10**6), 10**6), st.sampled_from((1, 10, 100, 1_000)))
def test_what_is_multiplied_and_divided_again_is_what_it_was(number: int, by: int) -> None:
    text = made(f"{{{{ (value | int * {by} / {by}) | round }}}}", str(number))

    assert text == str(number)
