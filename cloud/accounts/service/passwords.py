"""Slow hashes of passwords, without stopping the event loop or exhausting the memory."""

import asyncio
import secrets

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from cloud.accounts.errors import WeakPassword

# Eight for each of argon2's four lanes.
_LEAST_MEMORY_KIB = 32
_SHORTEST = 10
_LONGEST = 200
_FEWEST_LETTERS = 5


class Passwords:
    """Argon2id hashes, a bounded number at a time.

    A hash takes `memory_kib` KiB (64 MiB by default) and about 0.2 s of a core, so
    `concurrency` bounds what a burst of sign-ins can take from everybody else.
    """

    def __init__(self, *, memory_kib: int = 65536, concurrency: int = 2) -> None:
        self._hasher = PasswordHash((Argon2Hasher(memory_cost=memory_kib),))
        self._slots = asyncio.Semaphore(concurrency)
        self._decoy = decoy(memory_kib)

    async def hash(self, password: str) -> str:
        """Return the hash to store."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def check(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Tell whether a password is right, and the hash to store instead if it is outdated.

        Without a stored hash it takes as long as with one and is never right, so that time does
        not tell which accounts exist.
        """
        async with self._slots:
            is_right, fresh = await asyncio.to_thread(
                self._hasher.verify_and_update, password[:_LONGEST], stored or self._decoy
            )
        return (is_right, fresh) if stored else (False, None)


def decoy(memory_kib: int) -> str:
    """Return what is no password's hash, and takes as long to check as one of that memory.

    Made from a hash of the least memory by writing the real one into it: a real hash here would
    cost every process a fifth of a second at its start.
    """
    cheap = Argon2Hasher(memory_cost=_LEAST_MEMORY_KIB).hash(secrets.token_hex())
    return cheap.replace(f"m={_LEAST_MEMORY_KIB},", f"m={memory_kib},", 1)


def require_strong(password: str, email: str) -> None:
    """Raise WeakPassword for one that is short, long, monotonous or the e-mail address."""
    if len(password) < _SHORTEST:
        raise WeakPassword(f"shorter than {_SHORTEST} characters")
    if len(password) > _LONGEST:
        raise WeakPassword(f"longer than {_LONGEST} characters")
    if len(set(password.lower())) < _FEWEST_LETTERS:
        raise WeakPassword("made of too few different characters")
    if password.lower() in (email.lower(), email.partition("@")[0].lower()):
        raise WeakPassword("your e-mail address")
