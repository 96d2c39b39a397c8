"""Where a 3D model stands when it is looked at in a room."""

from enum import StrEnum


class ArPlacement(StrEnum):
    """The surface that a viewer looks for."""

    FLOOR = "floor"
    TABLE = "table"
    WALL = "wall"
