"""Everything that can stand around a bottle, by the name a scent's description calls it.

Sprigs grow up from behind, flowers lean on the bottle, objects lie in front, airs hang above.
"""

from collections.abc import Callable, Mapping
from functools import partial
from random import Random

from cloud.catalogue.art import airs, flowers, fruits, leaves, objects, pantry
from cloud.catalogue.art.ink import Ink

Motif = Callable[[Ink, Random], str]

SPRIGS: Mapping[str, Motif] = {
    "leaf": leaves.leafy_branch,
    "eucalyptus": leaves.eucalyptus,
    "needles": leaves.needles,
    "lavender": leaves.lavender,
    "mint": leaves.mint,
    "fern": leaves.fern,
    "grass": leaves.grass,
    "tea": leaves.tea,
}
FLOWERS: Mapping[str, Motif] = {
    "blossom": flowers.blossom,
    "jasmine": flowers.jasmine,
    "daisy": flowers.daisy,
    "rose": flowers.rose,
    "peony": flowers.peony,
    "orchid": flowers.orchid,
    "iris": flowers.iris,
    "cotton": flowers.cotton,
    "anise": flowers.anise,
}
OBJECTS: Mapping[str, Motif] = {
    "lemon": partial(fruits.citrus, rind="#ecc93f", pulp="#efd35a"),
    "bergamot": partial(fruits.citrus, rind="#c9c646", pulp="#dcd873"),
    "orange": partial(fruits.citrus, rind="#e9963a", pulp="#efa544"),
    "blood-orange": partial(fruits.citrus, rind="#e07a35", pulp="#b5322f"),
    "mandarin": partial(fruits.citrus, rind="#e8842c", pulp="#f09a3e"),
    "grapefruit": partial(fruits.citrus, rind="#f0b45f", pulp="#e2665c"),
    "lime": partial(fruits.citrus, rind="#7fa743", pulp="#a9c46a"),
    "fig": fruits.fig,
    "berries": fruits.berries,
    "pear": fruits.pear,
    "plum": fruits.plum,
    "tomato": fruits.tomato,
    "coconut": fruits.coconut,
    "almond": pantry.almond,
    "cardamom": pantry.cardamom,
    "pepper": pantry.pepper,
    "log": objects.log,
    "driftwood": objects.driftwood,
    "pebbles": objects.pebbles,
    "shell": objects.shell,
    "resin": objects.resin,
    "cone": objects.cone,
    "cinnamon": pantry.cinnamon,
    "vanilla": pantry.vanilla,
    "ginger": pantry.ginger,
    "honey": pantry.honey,
}
AIRS: Mapping[str, Motif] = {
    "smoke": airs.smoke,
    "steam": airs.steam,
    "drops": airs.drops,
    "stars": airs.stars,
}
MOTIFS = frozenset({*SPRIGS, *FLOWERS, *OBJECTS, *AIRS})
