"""Pictures that people upload: recognised by their content, measured before they are unpacked,
turned upright and written anew, so that nothing but the picture is left of the file.
"""

import io
import warnings
from dataclasses import dataclass
from typing import Any

from cloud.foundation.errors import Invalid
from cloud.foundation.later import Foreign, later

PIL = later("PIL")
Image = later("PIL.Image")
ImageOps = later("PIL.ImageOps")

MOST_PICTURE_BYTES = 12 * 1024 * 1024
# A phone's 48 MP; unpacked that is 192 MB for as long as it is written anew.
MOST_PIXELS = 50_000_000
_LONGEST_SIDE = 12_000
_KINDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "JPEG": ("image/jpeg", "jpg", {"quality": 90, "optimize": True, "progressive": True}),
    "PNG": ("image/png", "png", {"optimize": True}),
    "WEBP": ("image/webp", "webp", {"quality": 90, "method": 4}),
    "AVIF": ("image/avif", "avif", {"quality": 75, "speed": 8}),
}
_SMALLER: dict[str, Any] = {"quality": 82, "method": 4}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is stored: its bytes, what they are, and its size in pixels."""

    body: bytes
    media_type: str
    ending: str
    width: int
    height: int


class PictureRefused(Invalid):
    """The upload is no picture that we show, or one that is too large."""

    code = "picture_refused"

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint=hint, field="picture")


def clean(body: bytes) -> Picture:
    """Return an uploaded picture upright, without metadata, in the kind it came in.

    Takes up to a second of CPU: call it in a thread. Raises PictureRefused for what is not JPEG,
    PNG, WebP or AVIF, for a broken file, and for more than 12 MiB or 50 million pixels; the
    latter is seen in the header, before anything is unpacked.
    """
    if len(body) > MOST_PICTURE_BYTES:
        raise PictureRefused("The picture is larger than 12 MiB.", "Send a smaller one.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(body), formats=tuple(_KINDS)) as opened:
                kind = str(opened.format)
                _measure(opened)
                upright = ImageOps.exif_transpose(opened)
                return _written(_plain(upright, kind), kind)
    except PIL.UnidentifiedImageError as error:
        raise PictureRefused(
            "This is no picture that can be shown.", "Send a JPEG, PNG, WebP or AVIF."
        ) from error
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise PictureRefused("The picture is broken.", "Save it anew and send it again.") from error


def smaller(body: bytes, width: int) -> Picture:
    """Return a stored picture made smaller, as WebP of a width in pixels; CPU, as `clean`."""
    with Image.open(io.BytesIO(body), formats=tuple(_KINDS)) as opened:
        # A JPEG is unpacked at a fraction of its size, which is most of the work saved.
        opened.draft("RGB", (width * 2, width * 2))
        height = max(1, round(opened.height * width / opened.width))
        small = _plain(opened, "WEBP").resize((width, height), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    small.save(written, "WEBP", **_SMALLER)
    return Picture(written.getvalue(), "image/webp", "webp", width, height)


def _measure(opened: Foreign) -> None:
    if opened.width * opened.height > MOST_PIXELS or max(opened.size) > _LONGEST_SIDE:
        raise PictureRefused(
            f"The picture is {opened.width} pixels wide and {opened.height} high.",
            "Send one of 50 million pixels at most, and of 12,000 on a side.",
        )


def _plain(image: Foreign, kind: str) -> Foreign:
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    if kind == "JPEG" or not has_alpha:
        return image.convert("RGB")
    return image.convert("RGBA")


def _written(image: Foreign, kind: str) -> Picture:
    media_type, ending, options = _KINDS[kind]
    # A fresh picture of the same pixels: EXIF, XMP, comments and profiles stay behind.
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    written = io.BytesIO()
    bare.save(written, kind, **options)
    return Picture(written.getvalue(), media_type, ending, image.width, image.height)
