"""Refunds and cancellations: money goes back, bottles return, never too much of either."""
