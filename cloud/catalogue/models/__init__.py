"""The tables of the catalogue."""

from cloud.catalogue.models.early import EarlyAccess
from cloud.catalogue.models.imports import ImportStage, ProductImport
from cloud.catalogue.models.pictures import PictureSize, ProductImage, StoredPicture
from cloud.catalogue.models.prices import VariantPrice
from cloud.catalogue.models.products import Product, Variant, related_products
from cloud.catalogue.models.search_words import SearchWord
from cloud.catalogue.models.shelves import (
    Category,
    Collection,
    Tag,
    product_categories,
    product_collections,
    product_tags,
)
from cloud.catalogue.models.texts import (
    CategoryTranslation,
    CollectionTranslation,
    ImageTranslation,
    ProductTranslation,
    TagTranslation,
)

__all__ = [
    "Category",
    "CategoryTranslation",
    "Collection",
    "CollectionTranslation",
    "EarlyAccess",
    "ImageTranslation",
    "ImportStage",
    "PictureSize",
    "Product",
    "ProductImage",
    "ProductImport",
    "ProductTranslation",
    "SearchWord",
    "StoredPicture",
    "Tag",
    "TagTranslation",
    "Variant",
    "VariantPrice",
    "product_categories",
    "product_collections",
    "product_tags",
    "related_products",
]
