"""What can go wrong with roles, staff, invitations and API tokens."""

from collections.abc import Iterable

from cloud.foundation.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Refused
from cloud.foundation.permits import Permit


class RoleNotFound(NotFound):
    """There is no role of this id."""

    code = "role_not_found"

    def __init__(self, role_id: int) -> None:
        super().__init__(f"There is no role {role_id}.", hint="Reload the list of roles.")


class RoleNameTaken(Conflict):
    """Another role has this name, whatever the case."""

    code = "role_name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is a role “{name}” already.", hint="Choose another name.", field="name"
        )


class SystemRole(Refused):
    """Admin and Manager are not renamed, changed or deleted."""

    code = "system_role"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"“{name}” is one of the system's own roles and stays as it is.",
            hint="Duplicate it, and change the copy.",
        )


class OwnRole(Forbidden):
    """Nobody changes what they themselves may do."""

    code = "own_role"

    def __init__(self) -> None:
        super().__init__("You cannot change your own role.", hint="Ask another admin to change it.")


class BeyondOwn(Forbidden):
    """Somebody would give, or decide over, permits that they do not hold."""

    code = "beyond_own"

    def __init__(self, lacking: Iterable[Permit]) -> None:
        names = ", ".join(sorted(str(permit) for permit in lacking))
        super().__init__(
            f"You do not hold these permissions yourself: {names}.",
            hint="Ask somebody who does.",
        )


class PermitUnknown(Invalid):
    """There is no permit of this name."""

    code = "permit_unknown"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no permission “{name}”.", hint="See the list of them.", field="permits"
        )


class NotStaff(NotFound):
    """The account does not work here."""

    code = "not_staff"

    def __init__(self, user_id: int) -> None:
        super().__init__(
            f"Account {user_id} is not of the staff.", hint="Invite the person by e-mail."
        )


class AlreadyStaff(Conflict):
    """The invited address belongs to somebody who works here already."""

    code = "already_staff"

    def __init__(self, email: str) -> None:
        super().__init__(
            f"{email} is of the staff already.", hint="Change the role instead.", field="email"
        )


class InvitationNotFound(NotFound):
    """There is no open invitation of this id."""

    code = "invitation_not_found"

    def __init__(self, invitation_id: int) -> None:
        super().__init__(
            f"There is no open invitation {invitation_id}.", hint="Reload the list of staff."
        )


class InvitationOver(Gone):
    """The invitation was accepted, taken back, sent anew, or is too old."""

    code = "invitation_over"

    def __init__(self) -> None:
        super().__init__(
            "This invitation was used already, was taken back, or is too old.",
            hint="Ask for a new one.",
        )


class TokenNotFound(NotFound):
    """The person has no such API token."""

    code = "token_not_found"

    def __init__(self, token_id: int) -> None:
        super().__init__(f"You have no API token {token_id}.", hint="Reload the list of them.")


class TooManyTokens(Refused):
    """More API tokens than anybody needs."""

    code = "too_many_tokens"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"Nobody has more than {most} API tokens.", hint="Revoke one that is not used."
        )
