"""Sealed secrets can be read again, by the keys of today and yesterday and by nobody else."""

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from cloud.foundation.sealing import SealBroken, Sealer, key_from

OLD, NEW = key_from("old"), Fernet.generate_key().decode()


@given(st.text())
def test_what_was_sealed_opens_to_the_same(secret):
    sealer = Sealer([OLD])

    sealed = sealer.seal(secret)

    assert sealer.open(sealed) == secret
    assert not secret or secret.encode() not in sealed or len(secret) < 4


def test_after_a_change_of_keys_old_values_open_and_are_sealed_anew():
    sealed = Sealer([OLD]).seal("a token")
    sealer = Sealer([NEW, OLD])

    again = sealer.reseal(sealed)

    assert sealer.open(sealed) == "a token"
    assert again is not None
    assert Sealer([NEW]).open(again) == "a token"
    assert sealer.reseal(again) is None


def test_an_unknown_key_or_a_changed_value_is_told():
    sealed = Sealer([OLD]).seal("a token")

    with pytest.raises(SealBroken):
        Sealer([NEW]).open(sealed)
    with pytest.raises(SealBroken):
        Sealer([OLD]).open(sealed[:-2] + b"xx")
    with pytest.raises(SealBroken):
        Sealer([NEW]).reseal(sealed)
