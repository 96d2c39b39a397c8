"""What staff may say of a bottle."""

from typing import Any

import pytest
from pydantic import ValidationError

from cloud.catalogue.editing.product_shapes import VariantFields

BOTTLE = {
    "sku": "GREFIG-50",
    "name": "50 ml",
    "capacity_ul": 50_000,
    "weight_g": 290,
    "price_minor": 2890,
}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"sale_price_minor": 2890}, "below the regular one"),
        ({"length_mm": 4}, "length, width and height"),
        ({"barcode": "4006381333932"}, "One digit of this barcode is wrong"),
        (
            {"sale_starts_at": "2026-02-01T00:00:00Z", "sale_ends_at": "2026-01-01T00:00:00Z"},
            "end after it begins",
        ),
        ({"sale_ends_at": "9999-12-31T23:00:00-14:00"}, "too far away"),
        ({"price_minor": -5}, "greater than or equal to 0"),
        ({"sku": "small-letters"}, "match pattern"),
    ],
)
def test_an_impossible_bottle_is_refused_in_words(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        VariantFields.model_validate(BOTTLE | wrong)


@pytest.mark.parametrize("barcode", ["96385074", "036000291452", "4006381333931", "00012345600012"])
def test_barcodes_of_all_lengths_are_known_by_their_last_digit(barcode: str) -> None:
    assert VariantFields.model_validate(BOTTLE | {"barcode": barcode}).barcode == barcode
