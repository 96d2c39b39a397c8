"""When carts that were left are written about."""

from pydantic import Field

from cloud.site.values import Value


class LeftCartMails(Value):
    """Whether and when those who agreed are written to once about a cart they left.

    Ten hours is what large shop systems propose: late enough that nobody is still choosing, and
    soon enough that the cart is remembered.
    """

    is_on: bool = Field(default=True, description="Whether such mails are offered and sent.")
    after_hours: int = Field(
        default=10, ge=2, le=72, description="Hours that a cart rests before its owner is told."
    )
