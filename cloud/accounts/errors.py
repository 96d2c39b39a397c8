"""What can go wrong with accounts."""

from cloud.foundation.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Refused


class EmailTaken(Conflict):
    """The e-mail address belongs to an account already."""

    code = "email_taken"

    def __init__(self, email: str) -> None:
        super().__init__(
            f"There is an account for {email} already.",
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


class WeakPassword(Invalid):
    """The password is too easy to guess."""

    code = "weak_password"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"This password is {reason}.",
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
        super().__init__(f"There is no account {who}.", hint="Check the id or the address.")


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
            f"You have no address {address_id}.", hint="Reload the list of your addresses."
        )
