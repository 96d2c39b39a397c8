"""Style, script and icon: served from memory under names that change with their content."""

import gzip
import hashlib
from dataclasses import dataclass
from importlib import resources

from aiohttp import hdrs, web

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _Asset:
    url: str
    content_type: str
    plain: bytes
    packed: bytes


class Assets:
    """The files of the package's `static` folder."""

    def __init__(self) -> None:
        folder = resources.files("scentd.api.page").joinpath("static")
        self._by_name = {
            file.name: _read(file.name, file.read_bytes())
            for file in folder.iterdir()
            if file.name[file.name.rfind(".") :] in _TYPES
        }
        self._by_url = {asset.url: asset for asset in self._by_name.values()}

    def url(self, name: str) -> str:
        """Give the address of a file; raises KeyError when there is none."""
        return self._by_name[name].url

    async def serve(self, request: web.Request) -> web.Response:
        """Answer with a file; an address of older content is not found."""
        asset = self._by_url.get(request.path)
        if asset is None:
            raise web.HTTPNotFound
        headers = {hdrs.CACHE_CONTROL: FOREVER, hdrs.VARY: hdrs.ACCEPT_ENCODING}
        body = asset.plain
        if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            headers[hdrs.CONTENT_ENCODING] = "gzip"
            body = asset.packed
        return web.Response(
            body=body, content_type=asset.content_type, charset="utf-8", headers=headers
        )


def _read(name: str, content: bytes) -> _Asset:
    stem, dot, suffix = name.rpartition(".")
    digest = hashlib.sha256(content).hexdigest()[:12]
    packed = gzip.compress(content, 9, mtime=0)
    return _Asset(f"/static/{stem}.{digest}{dot}{suffix}", _TYPES[dot + suffix], content, packed)
