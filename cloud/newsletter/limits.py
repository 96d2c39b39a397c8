"""How often the newsletter may be asked for: each time a mail goes out to somebody."""

from datetime import timedelta

from cloud.foundation.rate_limits import Rate, RateLimiter

_PER_VISITOR = Rate(10, timedelta(hours=1))
_PER_ADDRESS = Rate(3, timedelta(days=1))


async def count_wish(limiter: RateLimiter, visitor: str, email: str) -> None:
    """Count a wish of a visitor (their address on the net) for an address of e-mail.

    Raises TooManyRequests.
    """
    await limiter.count(f"newsletter:{visitor}", _PER_VISITOR)
    await limiter.count(f"newsletter-mail:{email.lower()}", _PER_ADDRESS)
