"""What can go wrong with accounts."""

from cloud.foundation.errors import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    Refused,
    Unavailable,
)
from cloud.foundation.words import N_, Phrase


class EmailTaken(Conflict):
    """The e-mail address belongs to an account already."""

    code = "email_taken"

    def __init__(self, email: str) -> None:
        super().__init__(
            Phrase("There is an account for %(email)s already.", email=email),
            hint="Sign in, or ask for a link to set a new password.",
            field="email",
        )


class NotAnEmail(Invalid):
    """The text is no e-mail address."""

    code = "not_an_email"

    def __init__(self) -> None:
        super().__init__(
            "That is not an e-mail address.",
            hint="It looks like name@example.org.",
            field="email",
        )


class LanguageUnknown(Invalid):
    """The shop has no such language."""

    code = "language_unknown"

    def __init__(self) -> None:
        super().__init__(
            "The shop does not speak this language.",
            hint="Choose one of those at the foot of the page.",
            field="language",
        )


class WeakPassword(Invalid):
    """The password is too easy to guess."""

    code = "weak_password"

    def __init__(self, reason: str) -> None:
        super().__init__(
            Phrase("This password is %(reason)s.", reason=reason),
            hint="Three or four unrelated words make a good one.",
            field="password",
        )


class WrongCredentials(Forbidden):
    """E-mail and password do not belong together. Never tells which of the two is wrong."""

    code = "wrong_credentials"

    def __init__(self) -> None:
        super().__init__(
            "This e-mail address and password do not belong together.",
            hint="Check both, or ask for a link to set a new password.",
        )


class LinkSpent(Gone):
    """A one-time link is unknown, was used, or is too old."""

    code = "link_spent"

    def __init__(self) -> None:
        super().__init__("This link was used already, or is too old.", hint="Ask for a new one.")


class UserNotFound(NotFound):
    """There is no account of this id or e-mail."""

    code = "user_not_found"

    def __init__(self, who: int | str) -> None:
        super().__init__(
            Phrase("There is no account %(who)s.", who=who), hint="Check the id or the address."
        )


class LastAdmin(Refused):
    """The only ADMIN would be gone."""

    code = "last_admin"

    def __init__(self) -> None:
        super().__init__("This is the only admin.", hint="Make somebody else an admin first.")


class AddressNotFound(NotFound):
    """The person has no such address."""

    code = "address_not_found"

    def __init__(self, address_id: int) -> None:
        super().__init__(
            Phrase("You have no address %(address_id)s.", address_id=address_id),
            hint="Reload the list of your addresses.",
        )


class ProviderRefused(Forbidden):
    """What came back from a provider does not prove who somebody is. `reason` completes "for"."""

    code = "provider_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(
            Phrase("We cannot take this sign-in from Google: %(reason)s.", reason=reason),
            hint="Start it once more.",
        )
        self.reason = reason


class ProviderSilent(Unavailable):
    """The provider does not answer, or not as one."""

    code = "provider_silent"

    def __init__(self) -> None:
        super().__init__(
            "Google does not answer right now.", hint="Try again, or sign in another way."
        )


class EmailUnproven(Refused):
    """The provider does not vouch for the address of e-mail."""

    code = "email_unproven"

    def __init__(self) -> None:
        super().__init__(
            "Google has not confirmed your e-mail address.",
            hint="Confirm it with Google first, or make an account with a password.",
        )


class ProveFirst(Refused):
    """The address has an account that may not be linked by a provider's word alone."""

    code = "prove_first"

    def __init__(self, email: str) -> None:
        super().__init__(
            Phrase(
                "There is an account for %(email)s, and we cannot yet be sure that it is yours.",
                email=email,
            ),
            hint="Sign in with its password, or have a link mailed to set a new one. Then link "
            "Google on the page Sign-in and security.",
        )


class IdentityTaken(Conflict):
    """The account at the provider is linked to somebody else, or ours to another of theirs."""

    code = "identity_taken"

    def __init__(self) -> None:
        super().__init__(
            "This Google account cannot be linked: one of the two is linked elsewhere already.",
            hint="Unlink it there first.",
        )


class LastWayIn(Refused):
    """Without it, nobody could sign in to the account any more."""

    code = "last_way_in"

    def __init__(self) -> None:
        super().__init__(
            "This is the only way into your account.", hint="Set a password first, then unlink it."
        )


class RecentSignInNeeded(Forbidden):
    """What is asked needs a proof of identity that is minutes old."""

    code = "recent_sign_in_needed"

    def __init__(self) -> None:
        super().__init__(
            "Please sign in again before you change this.",
            hint="It keeps out whoever finds your device unlocked.",
        )


class NothingLinked(NotFound):
    """The account is not linked with the provider."""

    code = "nothing_linked"

    def __init__(self) -> None:
        super().__init__("No Google account is linked.", hint="Reload the page.")


class ExportMissing(NotFound):
    """The file with everything held on a person is not written yet, or too old."""

    code = "export_missing"

    def __init__(self) -> None:
        super().__init__("There is no file for you.", hint="Ask for it on the page Privacy.")


class StaffStay(Refused):
    """Somebody with a staff role cannot be forgotten."""

    code = "staff_stay"

    def __init__(self) -> None:
        super().__init__(
            "A staff account cannot be deleted by itself.",
            hint="Ask an admin to make it a customer's first.",
        )


class AccountBlocked(Refused):
    """Staff let this person in no more."""

    code = "account_blocked"

    def __init__(self) -> None:
        super().__init__(
            N_("This account is blocked."),
            hint=N_("Write to us if you think that is wrong; the address is under Contact."),
        )


class ConfirmationWrong(Invalid):
    """What was typed to confirm is not the address of the person it is about."""

    code = "confirmation_wrong"

    def __init__(self) -> None:
        super().__init__(
            N_("This is not the address of that account."),
            hint=N_("Type the e-mail address of the person, as it stands on the page."),
            field="confirmation",
        )


class PostcodeWrong(Invalid):
    """The postcode is not written as in its country. `example` is one that is."""

    code = "postcode_wrong"

    def __init__(self, example: str) -> None:
        super().__init__(
            "This is no postcode of the country.",
            hint=Phrase("One looks like %(example)s.", example=example),
            field="postcode",
        )
        self.example = example


class VatNumberWrong(Invalid):
    """What was typed is no VAT number of the EU. `example` is one of its country."""

    code = "vat_number_wrong"

    def __init__(self, example: str) -> None:
        super().__init__(
            "This is no VAT number of a country of the EU.",
            hint=Phrase("One looks like %(example)s; without one, leave it out.", example=example),
            field="vat_number",
        )
        self.example = example
