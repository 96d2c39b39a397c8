"""Pictures as people upload them."""

import io
import zlib

from PIL import Image


def a_picture(
    kind: str = "JPEG", size: tuple[int, int] = (900, 600), *, turned: bool = False
) -> bytes:
    """A red picture with a blue left half; `turned` lies on its side with EXIF saying so."""
    image = Image.new("RGB", size, "#cc2222")
    image.paste("#2222cc", (0, 0, size[0] // 2, size[1]))
    options = {}
    if turned:
        exif = Image.Exif()
        exif[0x0112] = 6  # to be turned by a quarter, clockwise
        exif[0x010E] = "taken at home, 52.5 N 13.4 E"
        options["exif"] = exif
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def a_bomb() -> bytes:
    """A small PNG that says it is 60,000 pixels on each side."""
    small = bytearray(a_picture("PNG", (1, 1)))
    at = small.index(b"IHDR") + 4
    small[at : at + 8] = (60_000).to_bytes(4, "big") * 2
    header = bytes(small[at - 4 : at + 13])
    small[at + 13 : at + 17] = zlib.crc32(header).to_bytes(4, "big")
    return bytes(small)
