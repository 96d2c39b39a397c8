"""3D models as people upload them."""

import json
import struct
from typing import Any

from tests.fakes.pictures import a_picture

_SIDES = (
    ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    ((0, 1, 0), (0, 0, 1), (1, 0, 0)),
    ((0, 0, 1), (1, 0, 0), (0, 1, 0)),
)


def a_glb(**changes: Any) -> bytes:
    """A box with a picture of red and blue on all sides; `changes` replace parts of its JSON."""
    corners, spots, indices = _box()
    drawing = a_picture("PNG", (64, 64))
    parts = [
        b"".join(struct.pack("<3f", *corner) for corner in corners),
        b"".join(struct.pack("<2f", *spot) for spot in spots),
        struct.pack(f"<{len(indices)}H", *indices),
        drawing,
    ]
    views, body = [], b""
    for part in parts:
        views.append({"buffer": 0, "byteOffset": len(body), "byteLength": len(part)})
        body += part + b"\0" * (-len(part) % 4)
    said = {**_scene(len(corners), len(indices), views), **changes}
    said["buffers"] = changes.get("buffers", [{"byteLength": len(body)}])
    return _packed(said, body)


def _scene(corners: int, indices: int, views: list[dict[str, int]]) -> dict[str, Any]:
    low, high = [-1, -1, -1], [1, 1, 1]
    attributes = {"POSITION": 0, "TEXCOORD_0": 1}
    return {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "rotation": [0, 0.3826834, 0, 0.9238795]}],
        "meshes": [{"primitives": [{"attributes": attributes, "indices": 2, "material": 0}]}],
        "materials": [
            {
                "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicFactor": 0},
                "doubleSided": True,
            }
        ],
        "textures": [{"source": 0}],
        "images": [{"bufferView": 3, "mimeType": "image/png"}],
        "bufferViews": views,
        "accessors": [
            {
                "bufferView": 0,
                "componentType": 5126,
                "count": corners,
                "type": "VEC3",
                "min": low,
                "max": high,
            },
            {"bufferView": 1, "componentType": 5126, "count": corners, "type": "VEC2"},
            {"bufferView": 2, "componentType": 5123, "count": indices, "type": "SCALAR"},
        ],
    }


def _box() -> tuple[list[tuple[float, ...]], list[tuple[int, int]], list[int]]:
    corners: list[tuple[float, ...]] = []
    spots: list[tuple[int, int]] = []
    indices: list[int] = []
    for out, right, up in _SIDES:
        for sign in (1, -1):
            first = len(corners)
            for u, v in ((0, 0), (1, 0), (1, 1), (0, 1)):
                spots.append((u, v))
                corners.append(
                    tuple(
                        sign * o + (2 * u - 1) * r + (2 * v - 1) * t
                        for o, r, t in zip(out, right, up, strict=True)
                    )
                )
            indices += [first, first + 1, first + 2, first, first + 2, first + 3]
    return corners, spots, indices


def _packed(said: dict[str, Any], body: bytes) -> bytes:
    text = json.dumps(said).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    chunks += struct.pack("<I4s", len(body), b"BIN\0") + body
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks
