"""What the newsletter can refuse."""

from cloud.foundation.errors import Conflict, Gone, Invalid, NotFound, Refused
from cloud.foundation.words import N_


class AddressUnfit(Invalid):
    """What was typed is no address of e-mail."""

    code = "address_unfit"

    def __init__(self) -> None:
        super().__init__(
            "This is no address of e-mail.", hint="Write it like ada@example.org.", field="email"
        )


class LinkWornOut(Gone):
    """The link to confirm with is unknown, too old, or was called back."""

    code = "newsletter_link_useless"

    def __init__(self) -> None:
        super().__init__(
            "This link is not good any more.", hint="Ask for the newsletter once more."
        )


class LeaveLinkUnknown(NotFound):
    """The link to leave with is none of ours."""

    code = "newsletter_leave_link_unknown"

    def __init__(self) -> None:
        super().__init__(
            "This link does not end the newsletter.", hint="Copy the whole address from the mail."
        )


class AddressUnproven(Refused):
    """The account's address was never confirmed."""

    code = "newsletter_address_unproven"

    def __init__(self) -> None:
        super().__init__(
            "Your address is not confirmed yet.", hint="Confirm it on the page of your profile."
        )


class ReaderNotFound(NotFound):
    """There is no such subscription."""

    code = "newsletter_reader_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such reader.", hint="Look at the list of readers.")


class IssueNotFound(NotFound):
    """There is no such issue."""

    code = "issue_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such issue.", hint="Look at the list of issues.")


class IssueSettled(Conflict):
    """An issue that is sent, or is being sent, cannot be changed."""

    code = "issue_settled"

    def __init__(self) -> None:
        super().__init__(
            "This issue is past that.", hint="Call a planned one off before you change it."
        )


class IssueWordless(Invalid):
    """An issue says nothing in the shop's own language."""

    code = "issue_wordless"

    def __init__(self, field: str) -> None:
        super().__init__(
            N_("The shop's own language needs a subject and a text."),
            hint=N_("Readers of other languages get it where theirs is missing."),
            field=field,
        )
