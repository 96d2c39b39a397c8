"""The codes of gift cards: 16 characters of an alphabet in which none looks like another."""

import secrets

# Crockford's base 32, whose letters I, L, O and U are left out: 80 bits in 16 characters.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 16
# What is read wrongly is understood all the same, as Crockford proposes.
_MISREAD = str.maketrans("OIL", "011")


def mint_code() -> str:
    """Return a new code as it is written on a card: XXXX-XXXX-XXXX-XXXX."""
    plain = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(plain[at : at + 4] for at in range(0, _LENGTH, 4))


def mint_coupon(prefix: str) -> str:
    """Return a new coupon code after a prefix: 50 bits, which nobody guesses under a limit."""
    plain = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{prefix}{plain}"


def plain_code(typed: str) -> str | None:
    """Return a typed code without what does not count; None when it can be no gift card's."""
    plain = "".join(typed.upper().split()).replace("-", "").translate(_MISREAD)
    is_one = len(plain) == _LENGTH and all(letter in _ALPHABET for letter in plain)
    return plain if is_one else None
