"""How long a delivery waits before it is tried again."""

from datetime import timedelta

# The schedule that Standard Webhooks recommends: ten tries over three days and a bit.
_PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)


def pause_after(tries: int) -> timedelta | None:
    """Return the pause after so many failed tries, 1 or more; None when it is given up."""
    return _PAUSES[tries - 1] if tries <= len(_PAUSES) else None
