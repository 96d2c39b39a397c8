"""How often the quiz may be answered and worked out by anybody: each time rows are written."""

from datetime import timedelta

from fastapi import Request

from cloud.foundation.rate_limits import Rate, RateLimiter

_ANSWERS = Rate(120, timedelta(minutes=10))
_RESULTS = Rate(20, timedelta(minutes=10))


async def count_answer(limiter: RateLimiter, request: Request) -> None:
    """Count an answer of a visitor, by their address on the net. Raises TooManyRequests."""
    await limiter.count(f"quiz:{_visitor(request)}", _ANSWERS)


async def count_result(limiter: RateLimiter, request: Request) -> None:
    """Count a result that is worked out for a visitor. Raises TooManyRequests."""
    await limiter.count(f"quiz-result:{_visitor(request)}", _RESULTS)


def _visitor(request: Request) -> str:
    return request.client.host if request.client else "unknown"
