"""The bottle in its four shapes in three dimensions, as a glTF binary: glass, oil, cap and label.

The shapes are those of `bottles`; a thousand of their units are one of the model.
"""

import itertools
import json
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from cloud.catalogue.art.ink import Ink, darker
from cloud.catalogue.art.lathe import Mesh, Profile, turned

_FLOAT, _SHORT = 5126, 5123  # component types of glTF 2.0
_LABEL_SWEEP = 1.25
_PAPER, _GLASS, _WOOD, _METAL = "#f7f1e3", "#e8eef0", "#8a5a36", "#b9954f"


@dataclass(frozen=True, slots=True)
class _Shape:
    """A bottle's profiles, its label's lower and upper edge, and what its cap is made of."""

    glass: Profile
    oil: Profile
    cap: Profile
    label: tuple[float, float]
    cap_colour: str
    cap_metal: float
    squareness: float = 2.0


_BALL = tuple(
    (52 * math.cos(step * math.pi / 12), 394 + 52 * math.sin(step * math.pi / 12))
    for step in range(-6, 7)
)
_SHAPES = {
    "round": _Shape(
        glass=(
            (0, 0),
            (118, 0),
            (141, 10),
            (150, 40),
            (150, 196),
            (139, 233),
            (104, 260),
            (66, 283),
            (47, 312),
            (46, 346),
        ),
        oil=((0, 9), (114, 9), (135, 17), (141, 41), (141, 190), (0, 190)),
        cap=_BALL,
        label=(56, 190),
        cap_colour=_WOOD,
        cap_metal=0,
    ),
    "tall": _Shape(
        glass=((0, 0), (92, 0), (108, 7), (112, 24), (112, 310), (103, 336), (56, 350), (40, 370)),
        oil=((0, 9), (88, 9), (100, 14), (103, 27), (103, 262), (0, 262)),
        cap=((0, 366), (50, 366), (50, 468), (44, 478), (0, 478)),
        label=(60, 236),
        cap_colour=_METAL,
        cap_metal=1,
    ),
    "square": _Shape(
        glass=((0, 0), (138, 0), (152, 6), (156, 20), (156, 262), (148, 286), (48, 300), (48, 334)),
        oil=((0, 16), (132, 16), (142, 20), (144, 30), (144, 216), (0, 216)),
        cap=((0, 328), (66, 328), (66, 408), (60, 414), (0, 414)),
        label=(56, 214),
        cap_colour=_METAL,
        cap_metal=1,
        squareness=7.0,
    ),
    "flask": _Shape(
        glass=((0, 0), (128, 0), (156, 14), (160, 66), (104, 258), (86, 288), (52, 304), (44, 350)),
        oil=((0, 10), (122, 10), (146, 24), (148, 66), (113, 190), (0, 190)),
        cap=((0, 344), (50, 344), (34, 446), (22, 461), (0, 465)),
        label=(70, 190),
        cap_colour=_WOOD,
        cap_metal=0,
    ),
}


def sculpt(bottle: str, ink: Ink) -> bytes:
    """Return a bottle filled with oil of a scent's colour, the same bytes for the same bottle.

    Raises KeyError for a shape that does not exist.
    """
    shape = _SHAPES[bottle]
    square = shape.squareness
    label = [(_radius(shape.glass, height) + 1.5, height) for height in shape.label]
    sweep = _LABEL_SWEEP if square == 2 else _LABEL_SWEEP * 0.8
    return _packed(
        [
            (turned(shape.oil, squareness=square), _paint(darker(ink.primary, 0.1), rough=0.25)),
            (
                turned(shape.cap),
                _paint(shape.cap_colour, rough=0.4, metal=shape.cap_metal),
            ),
            (turned(label, squareness=square, sweep=sweep), _paint(_PAPER, rough=0.9)),
            (turned(shape.glass, squareness=square), _paint(_GLASS, rough=0.05, alpha=0.28)),
        ]
    )


def _radius(profile: Profile, height: float) -> float:
    for (low, bottom), (high, top) in itertools.pairwise(profile):
        if bottom <= height <= top and top > bottom:
            return low + (high - low) * (height - bottom) / (top - bottom)
    return profile[-1][0]


def _paint(
    colour: str, *, rough: float, metal: float = 0.0, alpha: float = 1.0
) -> dict[str, object]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    paint: dict[str, object] = {
        "pbrMetallicRoughness": {
            # glTF wants light, not sRGB.
            "baseColorFactor": [*(round(part**2.2, 4) for part in parts), alpha],
            "metallicFactor": metal,
            "roughnessFactor": rough,
        },
        "doubleSided": True,
    }
    return paint if alpha == 1 else {**paint, "alphaMode": "BLEND"}


def _packed(parts: Sequence[tuple[Mesh, dict[str, object]]]) -> bytes:
    """Return a glTF 2.0 binary of meshes and their paints (Khronos, section 4.4)."""
    body = b""
    views: list[dict[str, int]] = []
    accessors: list[dict[str, object]] = []
    for mesh, _paint_of_it in parts:
        for packed, accessor in _columns(mesh):
            accessors.append({"bufferView": len(views), **accessor})
            views.append({"buffer": 0, "byteOffset": len(body), "byteLength": len(packed)})
            body += packed + b"\0" * (-len(packed) % 4)
    primitives = [
        {
            "attributes": {"POSITION": 3 * number, "NORMAL": 3 * number + 1},
            "indices": 3 * number + 2,
            "material": number,
        }
        for number in range(len(parts))
    ]
    scene = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": primitives}],
        "materials": [paint for _mesh, paint in parts],
        "buffers": [{"byteLength": len(body)}],
        "bufferViews": views,
        "accessors": accessors,
    }
    text = json.dumps(scene, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    chunks += struct.pack("<I4s", len(body), b"BIN\0") + body
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def _columns(mesh: Mesh) -> list[tuple[bytes, dict[str, object]]]:
    """Return corners, normals and indices of a mesh as bytes, each with what its accessor says."""
    corners = [tuple(value / 1000 for value in corner) for corner in mesh.corners]
    indices = [(corner,) for three in mesh.triangles for corner in three]
    # As 32-bit floats have them, for a box that holds every corner.
    whole = [struct.unpack("<3f", struct.pack("<3f", *corner)) for corner in corners]
    box = {"min": list(map(min, *whole)), "max": list(map(max, *whole))}
    return [
        (_flat(corners, "f"), _said(_FLOAT, corners, "VEC3") | box),
        (_flat(mesh.normals, "f"), _said(_FLOAT, mesh.normals, "VEC3")),
        (_flat(indices, "H"), _said(_SHORT, indices, "SCALAR")),
    ]


def _flat(rows: Sequence[Sequence[float]], letter: str) -> bytes:
    values = [value for row in rows for value in row]
    return struct.pack(f"<{len(values)}{letter}", *values)


def _said(kind: int, rows: Sequence[object], shape: str) -> dict[str, object]:
    return {"componentType": kind, "count": len(rows), "type": shape}
