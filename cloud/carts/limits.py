"""How much a cart holds."""

MOST_OF_ONE = 99
MOST_LINES = 50
MOST_GIFTS = 10
