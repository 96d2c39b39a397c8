"""Stored files over HTTP: immutable, under the media type that we found, in parts if asked."""

import re
from typing import Annotated

from fastapi import Path, Request
from sqlalchemy import select
from starlette.responses import Response

from cloud.foundation.errors import NotFound
from cloud.foundation.files import StoredFile
from cloud.foundation.storage import Storage
from cloud.foundation.web.dependencies import Reader
from cloud.foundation.web.late_routes import APIRouter

_FOR_EVER = "public, max-age=31536000, immutable"
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
Key = Annotated[str, Path(pattern=r"^[0-9a-f]{32}\.[a-z0-9]{2,5}$")]


class FileNotStored(NotFound):
    """No file is stored under that key."""

    code = "file_not_stored"

    def __init__(self, key: str) -> None:
        super().__init__("There is no such file.", hint="Reload the page that shows it.")
        self.key = key


def file_routes(storage: Storage) -> APIRouter:
    """Return the address under which stored files are fetched."""
    router = APIRouter(include_in_schema=False)

    @router.get("/files/{key}")
    async def file(request: Request, reader: Reader, key: Key) -> Response:
        """Return a stored file, or the part that the Range header asks for."""
        found = (
            await reader.execute(
                select(StoredFile.media_type, StoredFile.byte_count).where(StoredFile.key == key)
            )
        ).one_or_none()
        if found is None:
            raise FileNotStored(key)
        headers = {"Cache-Control": _FOR_EVER, "ETag": f'"{key}"', "Accept-Ranges": "bytes"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        part = asked_part(request.headers.get("range", ""), found.byte_count)
        if part is None:
            body = await storage.read(key)
            status = 200
        else:
            first, last = part
            if first > last:
                headers["Content-Range"] = f"bytes */{found.byte_count}"
                return Response(status_code=416, headers=headers)
            headers["Content-Range"] = f"bytes {first}-{last}/{found.byte_count}"
            body = await storage.read(key, first, last)
            status = 206
        if body is None:
            raise FileNotStored(key)
        return Response(body, status, headers, found.media_type)

    return router


def asked_part(header: str, byte_count: int) -> tuple[int, int] | None:
    """Return the first and last byte that a Range header asks for (RFC 9110, section 14).

    None: the whole file, also for what we do not understand and for several parts. First above
    last: nothing of the file is asked for.
    """
    asked = _RANGE.fullmatch(header.strip())
    if asked is None or asked[1] == asked[2] == "":
        return None
    if asked[1] == "":
        return max(0, byte_count - int(asked[2])), byte_count - 1 if int(asked[2]) else -1
    first = int(asked[1])
    last = min(int(asked[2]) if asked[2] else byte_count - 1, byte_count - 1)
    if asked[2] and int(asked[2]) < first:
        return None
    return (first, last) if first < byte_count else (1, 0)
