"""The messages by which a hub comes to belong to a household, and the words both screens show."""

from enum import StrEnum
from hashlib import sha256

from pydantic import Field

from scentd.contracts.sync import Hex32, Message, ProtocolRange
from scentd.contracts.words import WORDS

CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""Twenty letters without vowels: no code is a word, none is misread as a digit."""

CODE_LETTERS = 8


class PairingRequestV1(Message):
    """A hub asks to be taken in: its public key (raw Ed25519, hex) and what it calls itself."""

    public_key: Hex32
    name: str = Field(default="", max_length=80)
    software: str = Field(default="", max_length=80)
    protocol: ProtocolRange = ProtocolRange()


class PairingOfferV1(Message):
    """What the household types or scans, and how the hub asks for the outcome.

    `device_code` is the hub's secret; ask every `interval_s` seconds until `expires_in_s`.
    """

    device_code: str = Field(min_length=20)
    user_code: str
    verification_url: str
    verification_url_complete: str
    expires_in_s: int = Field(gt=0)
    interval_s: float = Field(gt=0)


class PairingQuestionV1(Message):
    """A hub asks what became of its offer."""

    device_code: str


class PairingState(StrEnum):
    """How an offer stands. SLOW_DOWN: still pending, and the hub asked too soon."""

    PENDING = "pending"
    SLOW_DOWN = "slow_down"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"


class PairingAnswerV1(Message):
    """How the offer stands; ask again after `interval_s` while it is pending.

    When approved, `hub_id` is who the hub is from now on and `audience` the name of this cloud
    that its signatures must carry.
    """

    state: PairingState
    interval_s: float = Field(default=5, gt=0)
    hub_id: int | None = None
    household_name: str = ""
    audience: str = ""


def fingerprint_words(public_key: bytes) -> tuple[str, str, str, str]:
    """Give the four words of a public key: 32 bits of its SHA-256, for people to compare."""
    first, second, third, fourth = sha256(public_key).digest()[:4]
    return WORDS[first], WORDS[second], WORDS[third], WORDS[fourth]


def spell_code(code: str) -> str:
    """Give a code as people read it: `BCDF-GHJK`."""
    half = CODE_LETTERS // 2
    return f"{code[:half]}-{code[half:]}"


def read_code(typed: str) -> str | None:
    """Give the code that somebody typed, in any case and spacing; None when it cannot be one."""
    letters = "".join(sign for sign in typed.upper() if sign.isalnum())
    is_code = len(letters) == CODE_LETTERS and set(letters) <= set(CODE_ALPHABET)
    return letters if is_code else None
