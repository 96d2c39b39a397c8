"""How often a member may write and vote."""

from datetime import timedelta

from cloud.foundation.rate_limits import Rate

# Whoever unpacks a large parcel writes a few; more than that in an hour is a program.
WRITINGS = Rate(20, timedelta(hours=1))
VOTES = Rate(60, timedelta(minutes=10))
