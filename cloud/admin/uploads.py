"""The staff's forms that carry files, and the bytes that their addresses take."""

import re

from starlette.datastructures import FormData, UploadFile

from cloud.admin.tracking import MOST_TRACKING_BYTES
from cloud.catalogue.desk_imports import MOST_IMPORT_BYTES
from cloud.foundation.raster import MOST_PICTURE_BYTES
from cloud.foundation.solids import MOST_MODEL_BYTES

# The other fields of a form, and the boundaries between its parts.
_REST = 64 * 1024
STAFF_UPLOADS = {
    re.compile(r"/admin/products/\d+/images"): MOST_PICTURE_BYTES + _REST,
    re.compile(r"/admin/products/\d+/models"): 2 * MOST_MODEL_BYTES + _REST,
    re.compile(r"/admin/(categories|collections)/\d+/picture"): MOST_PICTURE_BYTES + _REST,
    re.compile(r"/admin/orders/tracking(/record)?"): 2 * MOST_TRACKING_BYTES + _REST,
    re.compile(r"/admin/imports"): MOST_IMPORT_BYTES + _REST,
}


async def sent_file(form: FormData, name: str) -> bytes | None:
    """Return a file of a form; None when none was chosen."""
    file = form.get(name)
    body = await file.read() if isinstance(file, UploadFile) else b""
    return body or None
