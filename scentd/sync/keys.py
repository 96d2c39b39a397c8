"""The hub's private keys: Ed25519, one file each, readable by the hub alone.

Every pairing has a key of its own, so that a card that was copied before is worth nothing after.
"""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scentd.contracts.pairing import fingerprint_words
from scentd.sync.errors import KeyMissing

_SUFFIX = ".key"


@dataclass(frozen=True, slots=True)
class HubKey:
    """One key pair. `name` is derived from the public key and says nothing of the private one."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """Give the raw public key, 32 bytes."""
        return self.private.public_key().public_bytes_raw()

    @property
    def words(self) -> tuple[str, str, str, str]:
        """Give the four words people compare."""
        return fingerprint_words(self.public)

    def sign(self, claim: bytes) -> bytes:
        """Give the signature over the claim, 64 bytes."""
        return self.private.sign(claim)


class KeyRing:
    """The folder of keys. Blocking, but small: a key is read once and made once a pairing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self) -> HubKey:
        """Make a new key and keep it, on the disk when this returns."""
        key = _named(Ed25519PrivateKey.generate())
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        file = os.open(self._path(key.name), flags, mode=0o600)
        try:
            os.write(file, key.private.private_bytes_raw())
            os.fsync(file)
        finally:
            os.close(file)
        return key

    def load(self, name: str) -> HubKey:
        """Give the key of that name; raises KeyMissing."""
        try:
            return _named(Ed25519PrivateKey.from_private_bytes(self._path(name).read_bytes()))
        except (OSError, ValueError) as error:
            raise KeyMissing(name) from error

    def keep_only(self, name: str | None) -> None:
        """Destroy every key but one (None: all)."""
        for path in self._folder.glob(f"*{_SUFFIX}"):
            if path.stem != name:
                path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}"


def _named(private: Ed25519PrivateKey) -> HubKey:
    public = private.public_key().public_bytes_raw()
    return HubKey(sha256(public).hexdigest()[:16], private)
