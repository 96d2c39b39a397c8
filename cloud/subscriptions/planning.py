"""Which parcel comes next, and on which day: arithmetic on one subscription's row."""

from datetime import date, timedelta

from cloud.subscriptions.frequencies import day_of, moment_of, steps_until
from cloud.subscriptions.models import Subscription
from cloud.subscriptions.terms import NOTICE_DAYS


def grid_day(subscription: Subscription, number: int) -> date:
    """Return the regular day of a parcel."""
    steps = number - subscription.anchor_number
    return day_of(subscription.anchor_on, subscription.frequency, steps)


def plan(subscription: Subscription, number: int, day: date) -> None:
    """Make a parcel the next one, on a day that may be another than its regular one."""
    subscription.next_number = number
    subscription.next_billing_on = day
    subscription.next_billing_at = moment_of(day, subscription.time_zone)


def move(subscription: Subscription, day: date) -> None:
    """Move the next parcel to another day, for this once."""
    plan(subscription, subscription.next_number, day)


def plan_from(subscription: Subscription, number: int, earliest: date) -> None:
    """Make the first regular parcel from a number and a day on the next one."""
    steps = steps_until(subscription.anchor_on, subscription.frequency, earliest)
    number = max(number, subscription.anchor_number + steps)
    plan(subscription, number, grid_day(subscription, number))


def plan_following(subscription: Subscription, today: date) -> None:
    """Make the parcel after the one that is charged today the next one.

    It is never nearer than half a turn, however late or displaced this one was, nor so near that
    no reminder could go before it.
    """
    number = subscription.next_number
    turn = grid_day(subscription, number + 1) - grid_day(subscription, number)
    gap = max(timedelta(days=NOTICE_DAYS), turn // 2)
    plan_from(subscription, number + 1, max(today, subscription.next_billing_on) + gap)


def anchor_at(subscription: Subscription, day: date) -> None:
    """Count all parcels from the next one on from a day, which becomes its day."""
    subscription.anchor_on = day
    subscription.anchor_number = subscription.next_number
    move(subscription, day)


def ships_on(subscription: Subscription) -> date:
    """Return when the next parcel leaves."""
    return subscription.next_billing_on + timedelta(days=subscription.ships_after_days)


def upcoming(subscription: Subscription, count: int) -> list[date]:
    """Return the days of the next charges, the nearest first."""
    days = [subscription.next_billing_on]
    number = subscription.next_number
    while len(days) < count:
        number += 1
        day = grid_day(subscription, number)
        if day > days[-1]:
            days.append(day)
    return days
