"""Says in words what a picture shows, for those who cannot see it."""

from cloud.catalogue.art.picture import Subject

_PLACES = {
    "arch": "under a plaster arch",
    "sun": "before a low sun",
    "hills": "before misty hills",
    "window": "in window light",
    "halo": "in rings of soft light",
    "plinth": "on a plinth",
    "drape": "before hanging cloth",
    "still": "on a wooden board before a tiled wall",
    "waves": "on a beach",
    "moon": "before a full moon",
    "cloister": "under the arches of a cloister",
    "dune": "before sand dunes",
}
_THINGS = {
    "leaf": "leafy branches",
    "eucalyptus": "eucalyptus",
    "needles": "boughs with needles",
    "lavender": "lavender in flower",
    "mint": "toothed green leaves",
    "fern": "fern fronds",
    "grass": "long grass",
    "tea": "tea shoots",
    "blossom": "white blossom",
    "jasmine": "jasmine stars",
    "daisy": "chamomile heads",
    "rose": "roses",
    "peony": "peonies",
    "orchid": "orchids",
    "iris": "irises",
    "cotton": "cotton bolls",
    "anise": "star anise",
    "lemon": "a cut lemon",
    "bergamot": "a cut bergamot",
    "orange": "a cut orange",
    "blood-orange": "a cut blood orange",
    "mandarin": "a cut mandarin",
    "grapefruit": "a cut grapefruit",
    "lime": "a cut lime",
    "fig": "a cut fig",
    "berries": "blackcurrants",
    "pear": "a pear",
    "plum": "plums",
    "tomato": "tomatoes",
    "coconut": "half a coconut",
    "almond": "almonds",
    "cardamom": "cardamom pods",
    "pepper": "peppercorns",
    "log": "a sawn log",
    "driftwood": "driftwood",
    "pebbles": "smooth stones",
    "shell": "a shell",
    "resin": "lumps of resin",
    "cone": "a fir cone",
    "cinnamon": "a bundle of cinnamon",
    "vanilla": "vanilla pods",
    "ginger": "a ginger root",
    "honey": "honeycomb",
    "smoke": "rising smoke",
    "steam": "curls of steam",
    "drops": "falling drops",
    "stars": "stars",
}


def describe(subject: Subject) -> str:
    """Return one sentence; raises KeyError for what `draw` cannot draw either."""
    things = list(dict.fromkeys(_THINGS[motif] for motif in subject.motifs))
    listed = " and ".join(filter(None, [", ".join(things[:-1]), things[-1] if things else ""]))
    around = f", with {listed}" if listed else ""
    return f"Bottle of {' '.join(subject.words)} {_PLACES[subject.composition]}{around}."
