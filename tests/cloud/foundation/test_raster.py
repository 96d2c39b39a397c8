"""Uploaded pictures and models: what they are is seen in the bytes, and nothing else is kept."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cloud.foundation.raster import MOST_PICTURE_BYTES, PictureRefused, clean, smaller
from cloud.foundation.solids import ModelRefused, check_glb, check_usdz
from tests.fakes.pictures import a_bomb, a_picture
from tests.fakes.solids import a_glb


@pytest.mark.parametrize(
    ("kind", "media_type", "ending"),
    [
        ("JPEG", "image/jpeg", "jpg"),
        ("PNG", "image/png", "png"),
        ("WEBP", "image/webp", "webp"),
        ("AVIF", "image/avif", "avif"),
    ],
)
def test_a_picture_stays_what_it_was(kind, media_type, ending):
    picture = clean(a_picture(kind, (60, 40)))

    assert (picture.media_type, picture.ending) == (media_type, ending)
    assert (picture.width, picture.height) == (60, 40)
    with Image.open(io.BytesIO(picture.body)) as opened:
        assert opened.format == kind


def test_a_picture_is_turned_upright_and_tells_nothing_of_where_it_was_taken():
    picture = clean(a_picture(turned=True))

    assert (picture.width, picture.height) == (600, 900)
    assert b"taken at home" not in picture.body
    with Image.open(io.BytesIO(picture.body)) as opened:
        assert dict(opened.getexif()) == {}
        red, _green, blue = opened.getpixel((300, 20))
        assert blue > red


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\0" * 40,
        a_picture()[:300],
        a_bomb(),
        b"\0" * (MOST_PICTURE_BYTES + 1),
        a_picture("PNG", (12_001, 1)),
    ],
    ids=["empty", "drawing", "gif", "cut", "bomb", "heavy", "long"],
)
def test_what_is_no_picture_of_ours_is_refused_in_words(body):
    with pytest.raises(PictureRefused) as caught:
        clean(body)

    assert caught.value.field == "picture"


def test_what_shines_through_still_does_when_it_is_smaller():
    glass = io.BytesIO()
    Image.new("RGBA", (400, 200), (255, 0, 0, 60)).save(glass, "PNG")

    small = smaller(clean(glass.getvalue()).body, 100)

    assert (small.width, small.height, small.media_type) == (100, 50, "image/webp")
    with Image.open(io.BytesIO(small.body)) as opened:
        assert opened.getpixel((50, 25))[3] < 100


def test_models_are_known_by_their_bytes():
    glb = a_glb()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("bottle.usdc", b"PXR-USDC")

    check_glb(glb)
    check_usdz(packed.getvalue())
    bare = struct.pack("<4sII", b"glTF", 2, 12)
    for body in (b"glTF", glb + b"x", struct.pack("<4sII", b"glTF", 1, 12), bare):
        with pytest.raises(ModelRefused):
            check_glb(body)
    squeezed = io.BytesIO()
    with zipfile.ZipFile(squeezed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bottle.usdc", b"PXR-USDC" * 100)
    for body in (b"PK", squeezed.getvalue()):
        with pytest.raises(ModelRefused):
            check_usdz(body)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"extensionsRequired": ["KHR_draco_mesh_compression"]},
            "needs KHR_draco_mesh_compression",
        ),
        ({"extensionsRequired": ["KHR_texture_basisu"]}, "needs KHR_texture_basisu"),
        ({"buffers": [{"byteLength": 4, "uri": "https://elsewhere.example/a.bin"}]}, "other files"),
        ({"images": [{"uri": "paint.png"}]}, "other files"),
        ({"buffers": []}, "other files"),
        ({"meshes": []}, "plain triangles"),
        ({"meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "mode": 1}]}]}, "plain"),
        ({"meshes": [{"primitives": [{"attributes": {}}]}]}, "no whole glTF"),
        ({"meshes": 7}, "no whole glTF"),
        ({"accessors": []}, "no whole glTF"),
    ],
)
def test_a_model_that_the_viewer_cannot_draw_is_refused_in_words(changes, words):
    with pytest.raises(ModelRefused) as refused:
        check_glb(a_glb(**changes))

    assert words in refused.value.message


def test_a_model_may_be_painted_without_light():
    check_glb(a_glb(extensionsRequired=["KHR_materials_unlit"]))


@given(st.binary(max_size=200))
def test_no_bytes_in_a_model_break_the_check(mess):
    whole = struct.pack("<4sII", b"glTF", 2, 20 + len(mess))
    body = whole + struct.pack("<I4s", len(mess), b"JSON") + mess
    with pytest.raises(ModelRefused):
        check_glb(body)
