"""Which products the same people buy: item-item co-occurrence with shrinkage. Pure.

For products i and j with n_i and n_j buyers, n_ij of them in common, the tie is
    n_ij / sqrt(n_i * n_j)  *  n_ij / (n_ij + SHRINK),
the cosine of the two columns of the people-by-products matrix, drawn to nothing where few people
stand behind it (Sarwar and others 2001; Bell and Koren 2007).
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import combinations

# As many buyers in common halve a tie; a small shop's demo has dozens of buyers, not thousands.
SHRINK = 3
# One person's taste is nobody else's business: a tie needs several.
FEWEST_HOMES = 2
# A buyer of more than that is a business, and joins everything with everything.
MOST_IN_BASKET = 60


@dataclass(frozen=True, slots=True)
class Tie:
    """How strongly a product goes with another, 0 to 1, and how many people bought both."""

    product_id: int
    score: float
    homes: int


class Buying:
    """Counts baskets, one of each person; the order of people and of products changes nothing."""

    def __init__(self) -> None:
        self._buyers: Counter[int] = Counter()
        self._pairs: Counter[tuple[int, int]] = Counter()

    def add(self, basket: Collection[int]) -> None:
        """Count one person's products."""
        products = sorted(set(basket))
        self._buyers.update(products)
        if len(products) <= MOST_IN_BASKET:
            self._pairs.update(combinations(products, 2))

    @property
    def buyers(self) -> Counter[int]:
        """Return how many people bought each product."""
        return self._buyers

    def ties(self, most: int) -> dict[int, list[Tie]]:
        """Return the strongest ties of each product that has any, the strongest first."""
        found: dict[int, list[Tie]] = {}
        for (one, other), homes in self._pairs.items():
            if homes < FEWEST_HOMES:
                continue
            spread = math.sqrt(self._buyers[one] * self._buyers[other])
            score = homes / spread * homes / (homes + SHRINK)
            found.setdefault(one, []).append(Tie(other, score, homes))
            found.setdefault(other, []).append(Tie(one, score, homes))
        return {
            product_id: sorted(ties, key=lambda tie: (-tie.score, tie.product_id))[:most]
            for product_id, ties in sorted(found.items())
        }


def buying_of(baskets: Iterable[Collection[int]]) -> Buying:
    """Return the count of many people's baskets."""
    buying = Buying()
    for basket in baskets:
        buying.add(basket)
    return buying
