"""The file a catalogue is filled from: what it may say, and reading it with a clear complaint."""

import tomllib
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from cloud.catalogue.art.bottles import BOTTLES
from cloud.catalogue.art.ink import Ink
from cloud.catalogue.art.motifs import MOTIFS
from cloud.catalogue.art.picture import Subject, label_lines
from cloud.catalogue.art.stages import STAGES
from cloud.catalogue.errors import ShelfUnreadable
from cloud.catalogue.families import ScentFamily

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Millilitres = Annotated[int, Field(gt=0, le=5000)]
Minor = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CategoryEntry(_Part):
    """A category; `parent` is the slug of one that stands before it."""

    slug: Slug
    name: Text
    description: Text
    parent: Slug | None = None


class CollectionEntry(_Part):
    """A collection, visible at once and without end."""

    slug: Slug
    name: Text
    description: Text
    featured: bool


class Notes(_Part):
    """What the scent smells of: at first, then, and in the end."""

    top: tuple[Text, ...]
    heart: tuple[Text, ...]
    base: tuple[Text, ...]


class Colours(_Part):
    """The colours of the scent and of its picture."""

    primary: Colour
    secondary: Colour
    accent: Colour


class Art(_Part):
    """How the picture is composed: names from cloud/catalogue/art."""

    composition: str
    bottle: str
    motifs: tuple[str, ...]

    @model_validator(mode="after")
    def _can_be_drawn(self) -> "Art":
        if self.composition not in STAGES:
            raise ValueError(f"composition is one of {', '.join(sorted(STAGES))}")
        if self.bottle not in BOTTLES:
            raise ValueError(f"bottle is one of {', '.join(sorted(BOTTLES))}")
        if unknown := set(self.motifs) - MOTIFS:
            raise ValueError(f"unknown motifs: {', '.join(sorted(unknown))}")
        return self


class ScentEntry(_Part):
    """One scent with its bottle sizes; the middle size is the one shown first."""

    slug: Slug
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{3,10}$")]
    name: Text
    tagline: Text
    description: Text
    family: ScentFamily
    moods: tuple[Text, ...]
    rooms: tuple[Text, ...]
    intensity: int = Field(ge=1, le=5)
    notes: Notes
    colours: Colours
    pets: Text
    children: Text
    categories: tuple[Slug, ...]
    collections: tuple[Slug, ...]
    tags: tuple[Slug, ...]
    aliases: tuple[Text, ...]
    published: date
    featured: bool
    new: bool
    best_seller: bool
    prices: dict[Millilitres, Minor] = Field(min_length=1)
    sale: dict[Millilitres, Minor] = Field(default={})
    sale_from: date | None = None
    sale_until: date | None = None
    stock: dict[Millilitres, Annotated[int, Field(ge=0)]]
    art: Art

    @model_validator(mode="after")
    def _sizes_exist(self) -> "ScentEntry":
        for what, sizes in (("sale", self.sale), ("stock", self.stock)):
            if unknown := set(sizes) - set(self.prices):
                raise ValueError(f"{what} has a size without a price: {min(unknown)}")
        return self

    @property
    def subject(self) -> Subject:
        """Return what to draw."""
        return Subject(
            words=label_lines(self.name),
            ink=Ink(self.colours.primary, self.colours.secondary, self.colours.accent),
            composition=self.art.composition,
            bottle=self.art.bottle,
            motifs=self.art.motifs,
        )

    def sku(self, size_ml: int) -> str:
        """Return the SKU of a bottle size."""
        return f"{self.code}-{size_ml}"

    @property
    def default_size_ml(self) -> int:
        """Return the size that is shown first."""
        sizes = sorted(self.prices)
        return sizes[len(sizes) // 2]


class ShelfFile(_Part):
    """A whole catalogue."""

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    categories: tuple[CategoryEntry, ...]
    collections: tuple[CollectionEntry, ...]
    scents: tuple[ScentEntry, ...]

    @model_validator(mode="after")
    def _names_meet(self) -> "ShelfFile":
        _refuse_repeats("category", [entry.slug for entry in self.categories])
        _refuse_repeats("collection", [entry.slug for entry in self.collections])
        _refuse_repeats("scent", [entry.slug for entry in self.scents])
        _refuse_repeats("code", [entry.code for entry in self.scents])
        seen: set[str] = set()
        for category in self.categories:
            if category.parent is not None and category.parent not in seen:
                raise ValueError(f"category {category.slug}: no {category.parent} before it")
            seen.add(category.slug)
        collections = {entry.slug for entry in self.collections}
        for scent in self.scents:
            if missing := (set(scent.categories) - seen) | (set(scent.collections) - collections):
                raise ValueError(f"scent {scent.slug}: nothing is called {min(missing)}")
        return self

    @property
    def stock(self) -> dict[str, int]:
        """Return the bottles to begin with, by SKU."""
        return {
            scent.sku(size): bottles
            for scent in self.scents
            for size, bottles in scent.stock.items()
        }


def read_shelf_file(path: Path) -> ShelfFile:
    """Return the catalogue a TOML file describes; raises ShelfUnreadable, saying where."""
    try:
        return ShelfFile.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ShelfUnreadable(path.name, str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise ShelfUnreadable(path.name, f"{place}: {first['msg']}") from error


def start_of(day: date) -> datetime:
    """Return the first moment of a day, UTC."""
    return datetime.combine(day, time(), UTC)


def _refuse_repeats(what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two entries are the {what} {name}")
