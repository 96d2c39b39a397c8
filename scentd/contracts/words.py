"""The 256 words that stand for the bytes of a key's fingerprint.

Concrete nouns of four to nine letters that differ in their first four, so that two of them are not
taken for one another when read aloud. The order is part of the contract and never changes.
"""

_LIST = """
acorn amber anchor anvil apple apron arrow aspen attic autumn badge bagel bamboo banjo
barley basket beacon beaver berry birch bison blanket blossom bonnet bottle boulder branch
breeze bridge bronze bucket buffalo butter cabin cactus camel candle canoe canvas canyon
carpet carrot castle cedar cellar chalk cherry chimney cider cinnamon circle clarinet
cliff clover cobalt cocoa comet copper coral cotton cradle crane crater cricket crystal
curtain cypress daisy dancer desert diamond dolphin donkey dragon drawer eagle easel echo
elbow ember emerald engine falcon feather fennel ferry fiddle field finch flagpole flint
flute forest fossil fountain garden garlic garnet gazelle geyser ginger glacier glove
goblet granite grape gravel guitar hammer harbor harvest hazel hedge heron hickory honey
horizon hornet iceberg indigo island ivory jacket jaguar jasmine jewel jigsaw jungle
juniper kayak kernel kettle kitchen kite lagoon lantern lemon lettuce lichen lily lizard
lobster locket lotus lumber magnet mango maple marble marigold meadow melon meteor mirror
mitten monsoon mosaic mountain muffin mustard napkin nectar needle nutmeg oasis ocean
olive onion opal orchard otter oyster paddle palace panther papaya parsley pebble pelican
pencil pepper petal pewter piano pigeon pillow planet plaza plum pocket pollen pony poppy
prairie pretzel prism puffin pumpkin pyramid quartz quilt rabbit radish raven ribbon river
robin rocket rooster rudder saddle saffron sailor salmon sandal sapphire saucer scarf
sequoia shadow shovel silver sparrow spinach spruce squirrel stable summit sunset swallow
tangerine teapot temple thimble thistle thunder tiger timber tulip tundra turnip umbrella
valley vanilla velvet violin volcano waffle wagon walnut willow window winter yarrow zebra
zeppelin
"""

WORDS: tuple[str, ...] = tuple(_LIST.split())
