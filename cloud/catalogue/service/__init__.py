"""What other features ask the catalogue, and the edits that need more than one row."""

from cloud.catalogue.service.early import (
    EarlyProduct,
    let_audience_in_early,
    let_in_early,
    list_early,
)
from cloud.catalogue.service.pictures import PictureFile, read_picture, store_picture
from cloud.catalogue.service.products import (
    find_variant_by_sku,
    get_product,
    get_variant,
    ids_by_sku,
    make_default,
    offers,
    take_out_of_sale,
)
from cloud.catalogue.service.shelves import move_category

__all__ = [
    "EarlyProduct",
    "PictureFile",
    "find_variant_by_sku",
    "get_product",
    "get_variant",
    "ids_by_sku",
    "let_audience_in_early",
    "let_in_early",
    "list_early",
    "make_default",
    "move_category",
    "offers",
    "read_picture",
    "store_picture",
    "take_out_of_sale",
]
