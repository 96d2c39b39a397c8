from hypothesis import given
from hypothesis import strategies as st

from scentd.contracts.pairing import (
    CODE_ALPHABET,
    CODE_LETTERS,
    fingerprint_words,
    read_code,
    spell_code,
)
from scentd.contracts.words import WORDS

CODES = st.text(CODE_ALPHABET, min_size=CODE_LETTERS, max_size=CODE_LETTERS)


def test_the_words_tell_themselves_apart_by_their_first_four_letters():
    assert len(WORDS) == 256
    assert len({word[:4] for word in WORDS}) == 256
    assert all(word.isascii() and word.islower() and 4 <= len(word) <= 9 for word in WORDS)


def test_a_keys_words_are_what_they_always_were():
    assert fingerprint_words(bytes(range(32))) == ("geyser", "banjo", "river", "carrot")


@given(CODES)
def test_a_code_is_read_back_however_it_is_typed(code):
    for typed in (code, spell_code(code), spell_code(code).lower(), f" {code[:3]} {code[3:]} "):
        assert read_code(typed) == code


@given(st.text(max_size=12))
def test_anything_else_is_no_code(typed):
    code = read_code(typed)

    assert code is None or set(code) <= set(CODE_ALPHABET)


def test_the_alphabet_spells_no_word_and_looks_like_no_digit():
    assert len(set(CODE_ALPHABET)) == 20
    assert not set(CODE_ALPHABET) & set("AEIOUY0123456789")
