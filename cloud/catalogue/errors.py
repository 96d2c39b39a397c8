"""What can be wrong with a wish about the catalogue."""

from cloud.foundation.errors import Conflict, Gone, Invalid, NotFound, Refused
from cloud.foundation.words import Phrase


class ProductNotFound(NotFound):
    """No product of that name is on sale."""

    code = "product_not_found"

    def __init__(self, slug: str) -> None:
        super().__init__(
            "There is no such scent in the shop.",
            hint="It may have been renamed or taken out of sale; look in the list of scents.",
        )
        self.slug = slug


class ProductUnknown(NotFound):
    """No product has that id or slug, on sale or not."""

    code = "product_unknown"

    def __init__(self, which: int | str) -> None:
        named = (
            Phrase("There is no product “%(which)s”.", which=which)
            if isinstance(which, str)
            else ""
        )
        super().__init__(named or "There is no such product.", hint="Choose one from the list.")
        self.which = which


class ShelfUnknown(Invalid):
    """A product is put on a category, collection or tag that is not there."""

    code = "shelf_unknown"

    def __init__(self, kind: str) -> None:
        super().__init__(
            Phrase("One of the %(kind)s is not there any more.", kind=kind),
            hint="Choose anew.",
            field=kind,
        )
        self.kind = kind


class RelatedToItself(Invalid):
    """A product would go with itself."""

    code = "related_to_itself"

    def __init__(self) -> None:
        super().__init__(
            "A product cannot go with itself.", hint="Choose another one.", field="related"
        )


class ModelNeeded(Invalid):
    """A place in a room is given for a model that is not there."""

    code = "model_needed"

    def __init__(self) -> None:
        super().__init__(
            "There is no 3D model to place.", hint="Send one first.", field="placement"
        )


class SkuTaken(Conflict):
    """Another bottle has that SKU."""

    code = "sku_taken"

    def __init__(self, sku: str) -> None:
        super().__init__(
            Phrase("Another bottle already has the SKU %(sku)s.", sku=sku),
            hint="Choose another one.",
            field="sku",
        )
        self.sku = sku


class BarcodeTaken(Conflict):
    """Another bottle has that barcode."""

    code = "barcode_taken"

    def __init__(self, barcode: str) -> None:
        super().__init__(
            Phrase("Another bottle already has the barcode %(barcode)s.", barcode=barcode),
            hint="Look at both bottles: a barcode stands for one thing.",
            field="barcode",
        )
        self.barcode = barcode


class SizeTaken(Conflict):
    """The product has a bottle of that size and those options."""

    code = "size_taken"

    def __init__(self) -> None:
        super().__init__(
            "The product already has a bottle of that size and kind.",
            hint="Give it other options, or change that one.",
            field="capacity_ul",
        )


class SalePriceAbove(Invalid):
    """A price shall fall to the sale price or below."""

    code = "sale_price_above"

    def __init__(self) -> None:
        super().__init__(
            "The sale price must be below the regular one.",
            hint="Change the sale on the page of the bottle first.",
            field="price_minor",
        )


class VariantInUse(Conflict):
    """A bottle was sold, counted or put in a cart, so it cannot be removed."""

    code = "variant_in_use"

    def __init__(self, sku: str) -> None:
        super().__init__(
            Phrase("%(sku)s was already sold, counted or put in a cart.", sku=sku),
            hint="Switch it off instead: then nobody can buy it, and its history stays.",
        )
        self.sku = sku


class ImageNotFound(NotFound):
    """No picture of a gallery has that id."""

    code = "image_not_found"

    def __init__(self, image_id: int) -> None:
        super().__init__(
            "There is no such picture any more.", hint="Reload the page of the product."
        )
        self.image_id = image_id


class ShelfImageNotFound(NotFound):
    """A category or collection has no picture of its own."""

    code = "shelf_image_not_found"

    def __init__(self, row_id: int) -> None:
        super().__init__("There is no picture of its own here.", hint="Send one first.")
        self.row_id = row_id


class TooManyImages(Refused):
    """A gallery is full."""

    code = "too_many_images"

    def __init__(self, most: int) -> None:
        super().__init__(
            Phrase("A product has %(most)s pictures at most.", most=most),
            hint="Take one away first.",
            field="picture",
        )


class ImagesDiffer(Conflict):
    """The order names other pictures than the gallery has now."""

    code = "images_differ"

    def __init__(self) -> None:
        super().__init__(
            "The gallery has other pictures than that.", hint="Read it again and try once more."
        )


class ProductGone(Gone):
    """A product of that name was on sale and is not any more."""

    code = "product_gone"

    def __init__(self, slug: str) -> None:
        super().__init__(
            "This scent is not sold any more.", hint="Look at those that come close to it."
        )
        self.slug = slug


class VariantNotFound(NotFound):
    """No variant has that id or SKU."""

    code = "variant_not_found"

    def __init__(self, which: int | str) -> None:
        super().__init__(
            "There is no such bottle in the shop.", hint="Choose one from the scent's page."
        )
        self.which = which


class PictureNotFound(NotFound):
    """No picture is stored under that name."""

    code = "picture_not_found"

    def __init__(self, name: str) -> None:
        super().__init__("There is no such picture.", hint="Reload the page that shows it.")
        self.name = name


class CategoryNotFound(NotFound):
    """No category has that id or slug."""

    code = "category_not_found"

    def __init__(self, which: int | str) -> None:
        super().__init__("There is no such category.", hint="Choose one from the list.")
        self.which = which


class CollectionNotFound(NotFound):
    """No collection has that id."""

    code = "collection_not_found"

    def __init__(self, collection_id: int) -> None:
        super().__init__("There is no such collection.", hint="Choose one from the list.")
        self.collection_id = collection_id


class TagNotFound(NotFound):
    """No tag has that id."""

    code = "tag_not_found"

    def __init__(self, tag_id: int) -> None:
        super().__init__("There is no such tag.", hint="Choose one from the list.")
        self.tag_id = tag_id


class NameTaken(Conflict):
    """Another category, collection or tag is called so."""

    code = "name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(
            Phrase("Another one is already called “%(name)s”.", name=name),
            hint="Choose another name.",
            field="name",
        )
        self.name = name


class SlugTaken(Conflict):
    """Another thing of the kind has that address."""

    code = "slug_taken"

    def __init__(self, slug: str) -> None:
        super().__init__(
            Phrase("The address “%(slug)s” is already taken.", slug=slug),
            hint="Choose another one.",
            field="slug",
        )
        self.slug = slug


class CategoryCircle(Conflict):
    """A category would become its own ancestor."""

    code = "category_circle"

    def __init__(self, category_id: int, parent_id: int) -> None:
        super().__init__(
            "A category cannot be moved under itself or under one of its own.",
            hint="Choose a parent outside this branch.",
            field="parent_id",
        )
        self.category_id = category_id
        self.parent_id = parent_id


class CursorInvalid(Invalid):
    """The mark of the next page is not one that this list gave out."""

    code = "cursor_invalid"

    def __init__(self) -> None:
        super().__init__(
            "This mark of a page cannot be read.",
            hint="Leave `after` out to begin at the first page.",
            field="after",
        )


class ShelfUnreadable(Invalid):
    """The file to fill the catalogue from cannot be read, or says something impossible."""

    code = "shelf_unreadable"

    def __init__(self, name: str, complaint: str) -> None:
        super().__init__(
            Phrase("%(name)s is not a catalogue: %(complaint)s.", name=name, complaint=complaint),
            hint="Mend that entry and run the command again; nothing was stored.",
        )
        self.complaint = complaint


class SheetUnreadable(Invalid):
    """A file of products is no such file at all."""

    code = "sheet_unreadable"

    def __init__(self, complaint: str) -> None:
        super().__init__(
            Phrase("The file cannot be read: %(complaint)s.", complaint=complaint),
            hint="Export the catalogue to see how a file looks; nothing was stored.",
            field="file",
        )
        self.complaint = complaint


class ImportNotFound(NotFound):
    """No import has that id."""

    code = "import_not_found"

    def __init__(self, import_id: int) -> None:
        super().__init__("There is no such import.", hint="Choose one from the list.")
        self.import_id = import_id


class ImportNotReady(Conflict):
    """An import is applied that is not looked through yet, or was applied already."""

    code = "import_not_ready"

    def __init__(self) -> None:
        super().__init__(
            "This file is not ready to be applied.",
            hint="Wait until it is looked through; a file is applied once.",
        )
