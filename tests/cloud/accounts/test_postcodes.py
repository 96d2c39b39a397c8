"""Postcodes as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.accounts.errors import PostcodeWrong
from cloud.accounts.postcodes import _WRITTEN, clean_postcode


@pytest.mark.parametrize(("country", "example"), [(k, v[1]) for k, v in _WRITTEN.items()])
def test_the_example_of_every_country_is_right(country, example):
    assert clean_postcode(country, example) == example


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("NL", " 1012  ab ", "1012 AB"),
        ("GB", "sw1a1aa", "SW1A1AA"),
        ("HK", "", ""),
        ("IE", "D02", "D02"),
    ],
)
def test_what_people_type_is_tidied(country, typed, kept):
    assert clean_postcode(country, typed) == kept


@pytest.mark.parametrize(
    ("country", "typed"),
    [("DE", "1011"), ("DE", ""), ("US", "1234"), ("GB", "12345"), ("CA", "D1A 0B1")],
)
def test_what_cannot_be_is_refused(country, typed):
    with pytest.raises(PostcodeWrong):
        clean_postcode(country, typed)


@given(st.sampled_from(sorted(_WRITTEN)), st.text(max_size=20))
def test_what_is_kept_stays_when_it_is_read_again(country, typed):
    try:
        kept = clean_postcode(country, typed)
    except PostcodeWrong:
        return
    assert clean_postcode(country, kept) == kept
