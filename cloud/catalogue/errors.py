"""What can be wrong with a wish about the catalogue."""

from cloud.foundation.errors import Conflict, Invalid, NotFound


class ProductNotFound(NotFound):
    """No product of that name is on sale."""

    code = "product_not_found"

    def __init__(self, slug: str) -> None:
        super().__init__(
            "There is no such scent in the shop.",
            hint="It may have been renamed or taken out of sale; look in the list of scents.",
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
            f"{name} is not a catalogue: {complaint}.",
            hint="Mend that entry and run the command again; nothing was stored.",
        )
        self.complaint = complaint
