"""The kinds of things that accounts know."""

from enum import StrEnum


class LinkPurpose(StrEnum):
    """What a one-time link lets its holder do.

    SIGN_IN: be signed in as its account. FIRST_ADMIN: make an ADMIN account and be signed in.
    VERIFY_EMAIL: prove the address the link was sent to. RESET_PASSWORD: set a new password.
    CHANGE_EMAIL: have the address the link was sent to from now on. ERASE_ACCOUNT: have
    everything about its account deleted.
    """

    SIGN_IN = "SIGN_IN"
    FIRST_ADMIN = "FIRST_ADMIN"
    VERIFY_EMAIL = "VERIFY_EMAIL"
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105 - the name of a purpose
    CHANGE_EMAIL = "CHANGE_EMAIL"
    ERASE_ACCOUNT = "ERASE_ACCOUNT"


class Provider(StrEnum):
    """Who else may vouch for a person. A new one is a line here and in a constraint."""

    GOOGLE = "GOOGLE"


class AddressKind(StrEnum):
    """What an address is for."""

    SHIPPING = "SHIPPING"
    BILLING = "BILLING"
