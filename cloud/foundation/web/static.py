"""Style sheets, scripts and pictures under addresses that name their content.

`/static/<hash>/<name>` may be cached for ever: another content has another address. A file is
called by its path in the `static/` folder of foundation, or by `<feature>/<path>` for a feature.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from starlette.responses import Response

from cloud.foundation.errors import NotFound

PREFIX = "/static"
_FOR_EVER = "public, max-age=31536000, immutable"
_COMPRESSIBLE = ("text/", "image/svg", "application/json", "application/javascript")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, held in memory: `gzipped` is None for what does not shrink."""

    body: bytes
    gzipped: bytes | None
    media_type: str
    fingerprint: str


class StaticFiles:
    """The files of several folders, read once at construction.

    `folders` are (prefix, folder) pairs; the empty prefix is foundation's own.
    """

    def __init__(self, folders: Iterable[tuple[str, Path]]) -> None:
        self._assets: dict[str, Asset] = {}
        for prefix, folder in folders:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    name = path.relative_to(folder).as_posix()
                    self._assets[f"{prefix}/{name}" if prefix else name] = _load(path)

    def url(self, name: str) -> str:
        """Return the address of a file; KeyError for a name that no folder has."""
        return f"{PREFIX}/{self._assets[name].fingerprint}/{name}"

    def answer(self, request: Request, fingerprint: str, name: str) -> Response:
        """Return a file. Under an outdated hash it is the newest one, and is not cached."""
        asset = self._assets.get(name)
        if asset is None:
            raise NotFound("There is no such file.", hint="Reload the page that names it.")
        is_current = fingerprint == asset.fingerprint
        headers = {
            "Cache-Control": _FOR_EVER if is_current else "no-cache",
            "ETag": f'"{asset.fingerprint}"',
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        if asset.gzipped and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(asset.gzipped, 200, headers, asset.media_type)
        return Response(asset.body, 200, headers, asset.media_type)


def _load(path: Path) -> Asset:
    body = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    gzipped = None
    if media_type.startswith(_COMPRESSIBLE):
        small = gzip.compress(body, mtime=0)
        gzipped = small if len(small) < len(body) else None
    return Asset(body, gzipped, media_type, hashlib.sha256(body).hexdigest()[:16])
