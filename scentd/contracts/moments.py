"""Moments as the wire writes them: whole milliseconds since 1970."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def unix_ms(moment: datetime) -> int:
    """Give the milliseconds since 1970 of an aware moment, rounded down; exact."""
    return (moment - _EPOCH) // _MS


def moment_of(ms: int) -> datetime:
    """Give the aware UTC moment of that many milliseconds; OverflowError beyond year 9999."""
    return _EPOCH + timedelta(milliseconds=ms)
