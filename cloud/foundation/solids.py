"""3D models that people upload, recognised by their content: glTF binaries and USDZ archives."""

import io
import json
import struct
import zipfile
from typing import Any

from cloud.foundation.errors import Invalid
from cloud.foundation.words import N_, Phrase

MOST_MODEL_BYTES = 24 * 1024 * 1024
GLB, USDZ = "model/gltf-binary", "model/vnd.usdz+zip"
_GLB_HEADER = struct.Struct("<4sII")
_CHUNK_HEADER = struct.Struct("<I4s")
_GLB_FIELD = "model_glb"
_TRIANGLES = 4
_BROKEN = (struct.error, RecursionError)
# Of Khronos' registry; the viewer draws them, or draws well without them.
_DRAWN_EXTENSIONS = {"KHR_materials_unlit"}


class ModelRefused(Invalid):
    """The upload is no 3D model that viewers can show."""

    code = "model_refused"

    def __init__(self, message: str | Phrase, field: str, hint: str = "") -> None:
        usual = "Send a .glb (glTF 2.0) or a .usdz of at most 24 MiB."
        super().__init__(message, hint=hint or usual, field=field)


def check_glb(body: bytes) -> None:
    """Raise ModelRefused unless this is a glTF 2.0 binary that the shop's viewer draws.

    Whole (Khronos, section 4.4), with triangles, and with all that it needs inside the file: no
    address is followed, and nothing is unpacked that needs a decoder from elsewhere.
    """
    _check_size(body, _GLB_FIELD)
    if len(body) < _GLB_HEADER.size:
        raise ModelRefused(N_("This is no glTF binary."), _GLB_FIELD)
    magic, version, length = _GLB_HEADER.unpack_from(body)
    if magic != b"glTF" or version != 2 or length != len(body):
        raise ModelRefused(N_("This is no whole glTF 2.0 binary."), _GLB_FIELD)
    try:
        _check_scene(_scene_of(body))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, *_BROKEN) as error:
        raise ModelRefused(N_("This is no whole glTF 2.0 binary."), _GLB_FIELD) from error


def _scene_of(body: bytes) -> dict[str, Any]:
    """Return the first chunk, which is JSON."""
    length, kind = _CHUNK_HEADER.unpack_from(body, _GLB_HEADER.size)
    first = _GLB_HEADER.size + _CHUNK_HEADER.size
    if kind != b"JSON" or first + length > len(body):
        raise ValueError("no JSON chunk")
    scene = json.loads(body[first : first + length])
    if not isinstance(scene, dict):
        raise TypeError("no JSON object")
    return scene


def _check_scene(scene: dict[str, Any]) -> None:
    needed = set(scene.get("extensionsRequired", ())) - _DRAWN_EXTENSIONS
    if needed:
        raise ModelRefused(
            Phrase(
                "The model needs %(names)s, which the shop cannot show.",
                names=", ".join(sorted(map(str, needed))),
            ),
            _GLB_FIELD,
            N_("Export it anew without compression: no Draco, no meshopt, no KTX2."),
        )
    outside = [one for one in (*scene["buffers"], *scene.get("images", ())) if "uri" in one]
    if outside or len(scene["buffers"]) != 1:
        raise ModelRefused(
            N_("Parts of the model are in other files."),
            _GLB_FIELD,
            N_("Export it as one .glb with its pictures inside."),
        )
    _check_shapes(scene)


def _check_shapes(scene: dict[str, Any]) -> None:
    primitives = [one for mesh in scene["meshes"] for one in mesh["primitives"]]
    accessors = scene["accessors"]
    used = [number for one in primitives for number in one["attributes"].values()]
    used += [one["indices"] for one in primitives if "indices" in one]
    corners = [accessors[one["attributes"]["POSITION"]] for one in primitives]
    is_plain = (
        all(one.get("mode", _TRIANGLES) == _TRIANGLES for one in primitives)
        and all("bufferView" in accessors[number] for number in used)
        and not any("sparse" in accessors[number] for number in used)
        and all(len(one["min"]) == len(one["max"]) == 3 for one in corners)
    )
    if not (primitives and scene["scenes"][scene.get("scene", 0)]["nodes"] and is_plain):
        raise ModelRefused(
            N_("The model has shapes other than plain triangles, or none."),
            _GLB_FIELD,
            N_("Export it anew as a mesh of triangles, without sparse data."),
        )


def check_usdz(body: bytes) -> None:
    """Raise ModelRefused unless this is a USDZ: an unpacked zip that begins with a USD layer."""
    _check_size(body, "model_usdz")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise ModelRefused("This is no USDZ archive.", "model_usdz") from error
    is_usdz = entries and entries[0].filename.endswith((".usda", ".usdc", ".usd"))
    if not is_usdz or any(one.compress_type != zipfile.ZIP_STORED for one in entries):
        raise ModelRefused("This is no USDZ archive.", "model_usdz")


def _check_size(body: bytes, field: str) -> None:
    if len(body) > MOST_MODEL_BYTES:
        raise ModelRefused("The model is larger than 24 MiB.", field)
