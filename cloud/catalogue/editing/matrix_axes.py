"""What a product's bottles differ by, and which of all that could be there are missing.

The first axis is the size of the bottle; the others are its options (glass, strength). Arithmetic
over values alone.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product, takewhile

from cloud.foundation.errors import Invalid
from cloud.foundation.words import Phrase

MOST_COMBINATIONS = 200
_LONGEST_SKU = 40
_LONGEST_CODE = 8
_MOST_UL = 100_000_000
_MILLILITRES = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?")


class MatrixTooLarge(Invalid):
    """The axes have more combinations than one page, and one order of bottles, can hold."""

    code = "matrix_too_large"

    def __init__(self, count: int) -> None:
        super().__init__(
            Phrase("That would be %(count)d kinds of bottle.", count=count),
            hint=Phrase("A product has %(most)d at most.", most=MOST_COMBINATIONS),
        )


@dataclass(frozen=True, slots=True)
class Combination:
    """One kind of bottle: its size in microlitres, and its options as (axis, value) by axis."""

    capacity_ul: int
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, capacity_ul: int, options: Mapping[str, str]) -> "Combination":
        """Return the combination of a bottle; the order of its options does not matter."""
        return cls(capacity_ul, tuple(sorted(options.items())))

    @property
    def key(self) -> str:
        """Return a short name for it that is the same everywhere: 12 hex digits."""
        said = json.dumps([self.capacity_ul, self.options])
        return hashlib.sha256(said.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Axes:
    """The sizes in microlitres, smallest first, and each option's values in their order."""

    sizes_ul: tuple[int, ...] = ()
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, there: Iterable[Combination]) -> "Axes":
        """Return the axes of the bottles that are there."""
        there = list(there)
        names = dict.fromkeys(axis for one in there for axis, _value in one.options)
        values = {
            name: tuple(
                dict.fromkeys(dict(one.options)[name] for one in there if name in dict(one.options))
            )
            for name in names
        }
        return cls(tuple(sorted({one.capacity_ul for one in there})), tuple(values.items()))

    def with_more(self, more: "Axes") -> "Axes":
        """Return these axes with the sizes, axes and values of others added behind."""
        options = dict(self.options)
        for name, values in more.options:
            options[name] = tuple(dict.fromkeys((*options.get(name, ()), *values)))
        return Axes(tuple(sorted({*self.sizes_ul, *more.sizes_ul})), tuple(options.items()))

    def combinations(self) -> list[Combination]:
        """Return every combination, by size and then option by option; raises MatrixTooLarge."""
        named = [[(name, value) for value in values] for name, values in self.options if values]
        count = len(self.sizes_ul)
        for values in named:
            count *= len(values)
        if count > MOST_COMBINATIONS:
            raise MatrixTooLarge(count)
        return [
            Combination.of(size, dict(chosen))
            for size in self.sizes_ul
            for chosen in product(*named)
        ]


def missing(axes: Axes, there: Collection[Combination]) -> list[Combination]:
    """Return the combinations of axes that no bottle has."""
    return [one for one in axes.combinations() if one not in there]


def sku_prefix(slug: str, skus: Sequence[str]) -> str:
    """Return what the SKUs of a product begin with; without any, three letters of two words."""
    parts = [sku.split("-") for sku in skus]
    alike = takewhile(lambda same: len(set(same)) == 1, zip(*parts, strict=False))
    shared = [same[0] for same in alike]
    if len(skus) == 1 and len(shared) > 1:
        shared.pop()  # its size
    if shared:
        return "-".join(shared)
    return "".join(word[:3] for word in slug.split("-")[:2]).upper()


def propose_sku(prefix: str, wanted: Combination, taken: Collection[str]) -> str:
    """Return a SKU for a combination that is not among those taken: CEDBER-50-AMBER."""
    size = millilitres(wanted.capacity_ul).replace(".", "-")
    codes = [_code(value) for _axis, value in wanted.options]
    sku = "-".join(filter(None, (prefix, size, *codes)))[:_LONGEST_SKU].strip("-")
    number, free = 2, sku
    while free in taken:
        free = f"{sku[: _LONGEST_SKU - 4].rstrip('-')}-{number}"
        number += 1
    return free


def millilitres(capacity_ul: int) -> str:
    """Return a size of microlitres as people write it: "50", "7.5"."""
    return f"{(Decimal(capacity_ul) / 1000).normalize():f}"


def microlitres(typed: str) -> int | None:
    """Return a size that people write in millilitres ("50", "7.5", "7,5"); None for none."""
    written = typed.strip().replace(",", ".")
    size = int(Decimal(written) * 1000) if _MILLILITRES.fullmatch(written) else 0
    return size if 0 < size <= _MOST_UL else None


def _code(value: str) -> str:
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]", "", plain.upper())[:_LONGEST_CODE]
