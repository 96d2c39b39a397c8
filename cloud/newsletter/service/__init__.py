"""What can be done with the newsletter: ask, confirm, leave; write an issue and send it."""

from cloud.newsletter.service.subscribing import (
    Sender,
    ask,
    confirm,
    join,
    leave,
    view,
)

__all__ = ["Sender", "ask", "confirm", "join", "leave", "view"]
