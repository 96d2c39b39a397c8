"""What the demo prints when all is up."""

import sys

import segno

from tools.demo.place import Place


def welcome(place: Place, addresses: dict[str, str]) -> str:
    """Return what is shown when all is up; sign-in links appear here and in no log."""
    lines = [
        "",
        f"  Home page   {addresses['home']}",
        f"  Shop        {addresses['shop']}",
        f"  Staff       {addresses['staff']}",
        "",
        f"  Letters that the demo sends arrive at {place.url('mail')}",
        "  Each link signs in once, within 30 minutes. Oil runs fast here: wait a minute, and one",
        "  cartridge runs low. Ctrl-C ends everything.",
        "",
    ]
    if sys.stdout.isatty():
        lines.insert(0, qr_code(place.url("home")))
    return "\n".join(lines)


def qr_code(text: str) -> str:
    """Return a QR code in characters of a terminal."""
    matrix = [list(row) for row in segno.make(text, error="l").matrix_iter(border=2)]
    if len(matrix) % 2:
        matrix.append([0] * len(matrix[0]))
    # Two modules in one character: dark ones are left out of the light ground.
    blocks = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    return "\n".join(
        "  " + "".join(blocks[bool(top), bool(bottom)] for top, bottom in zip(*pair, strict=True))
        for pair in zip(matrix[::2], matrix[1::2], strict=True)
    )
