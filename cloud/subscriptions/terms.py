"""The numbers that hold for every subscription, and why they are what they are."""

from datetime import timedelta

# So many days before a charge its owner is reminded of it, with day and amount.
REMIND_DAYS = 3
# What was not told earlier, as a higher price or another day, is charged no sooner than this.
NOTICE_DAYS = 2
# A refused card is asked again so long after each refusal, and then no more.
RETRIES = (timedelta(days=1), timedelta(days=2), timedelta(days=4))
# Unpaid for so long, a parcel is given up and its subscription ends. Longer than all retries.
PAY_WITHIN = timedelta(days=14)
# Long enough for the job that charges the card, its first repeats included.
HOLD_FOR = timedelta(minutes=30)
# What could not be had is looked for again so often.
LOOK_EVERY = timedelta(days=1)
# The next day may be chosen so far ahead.
FURTHEST_DAYS = 400
# How much dearer a parcel may become, in hundredths, before its owner is asked; unless they say.
USUAL_MARGIN_PERCENT = 10
# The wording that members agree to; a new wording is a new version.
TEXT_VERSION = "2026-11"


def usual_ceiling(total_minor: int) -> int:
    """Return the amount above which somebody is asked who named none."""
    return total_minor + total_minor * USUAL_MARGIN_PERCENT // 100
