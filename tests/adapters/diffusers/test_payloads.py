"""What is read out of a payload, whatever stands in it."""

import math

import pytest

from adapters.diffusers.payloads import MAX_NUMBER, object_of
from scentd.ports import Malformed


@pytest.mark.parametrize("written", ["1e308", "-1e308", "1e16", "1" + "0" * 400, "1e999", "NaN"])
def test_a_number_beyond_all_reason_is_refused(written: str) -> None:
    with pytest.raises(Malformed):
        object_of("a/b", f'{{"kwh":{written}}}'.encode()).number("kwh")


def test_what_is_read_stays_finite_in_other_units_and_in_sums() -> None:
    kwh = object_of("a/b", b'{"kwh":[1e15,1e15,-1e15]}').numbers("kwh")

    assert math.isfinite(sum(kwh) * 1_000)
    assert max(kwh) == MAX_NUMBER
