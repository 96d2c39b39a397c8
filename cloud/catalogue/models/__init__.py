"""The tables of the catalogue."""

from cloud.catalogue.models.pictures import StoredPicture
from cloud.catalogue.models.products import Product, ProductImage, Variant
from cloud.catalogue.models.shelves import (
    Category,
    Collection,
    Tag,
    product_categories,
    product_collections,
    product_tags,
)

__all__ = [
    "Category",
    "Collection",
    "Product",
    "ProductImage",
    "StoredPicture",
    "Tag",
    "Variant",
    "product_categories",
    "product_collections",
    "product_tags",
]
