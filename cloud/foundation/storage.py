"""Where the bytes of files lie: a folder of this machine or a bucket, behind one interface.

Keys are given by the caller and name their content, so nothing is ever overwritten with something
else and everything may be cached for ever. What a key is for, and who may read it, is not known
here.
"""

from pathlib import Path

from cloud.foundation.errors import Unavailable
from cloud.foundation.later import Foreign, later

store = later("obstore.store")


class StorageSilent(Unavailable):
    """The folder or bucket does not answer, or refuses us."""

    code = "storage_silent"

    def __init__(self) -> None:
        super().__init__(
            "The store of files does not answer.",
            hint="Try again soon; whoever runs this service should look at SCENT_FILES.",
        )


class Storage:
    """Bytes by key. `address` is a folder, or a URL with a bucket (`s3://bucket/prefix`).

    A bucket's credentials come from its own environment variables (AWS_…). Nothing is touched
    before the first use; a missing folder is made then. Every method raises StorageSilent when
    the place cannot be used.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._opened: Foreign = None

    async def put(self, key: str, body: bytes) -> None:
        """Store bytes under a key; again is the same."""
        try:
            await self._store.put_async(_path(key), body)
        except Exception as error:  # obstore's errors share no root with OSError's
            raise StorageSilent from error

    async def read(self, key: str, first: int = 0, last: int | None = None) -> bytes | None:
        """Return the bytes of a key from `first` to `last`, both counted; None for no such key."""
        try:
            if last is not None:
                part = await self._store.get_range_async(_path(key), start=first, end=last + 1)
                return bytes(part)
            found = await self._store.get_async(_path(key))
            return bytes(await found.bytes_async())[first:]
        except FileNotFoundError:
            return None
        except Exception as error:  # obstore's errors share no root with OSError's
            raise StorageSilent from error

    async def remove(self, key: str) -> None:
        """Take a key away; one that is not there is no error."""
        try:
            await self._store.delete_async(_path(key))
        except FileNotFoundError:
            return
        except Exception as error:  # obstore's errors share no root with OSError's
            raise StorageSilent from error

    @property
    def _store(self) -> Foreign:
        if self._opened is None:
            if "://" in self._address:
                self._opened = store.from_url(self._address)
            else:
                self._opened = store.LocalStore(Path(self._address), mkdir=True)
        return self._opened


def _path(key: str) -> str:
    # A folder of hundreds of thousands of files is slow to list and to back up.
    return f"{key[:2]}/{key}"
