"""The ways to forecast that a bottle's own past chooses among."""

from enum import StrEnum


class Method(StrEnum):
    """How the demand of a bottle is forecast.

    MEAN: the mean of the last eight weeks. DAMPED: exponential smoothing with a trend that fades.
    SEASONAL: the same with a yearly pattern (Holt-Winters). CROSTON, SBA and TSB are for bottles
    of which in many weeks none is sold: how many at a time, and how often.
    """

    MEAN = "mean"
    DAMPED = "damped"
    SEASONAL = "seasonal"
    CROSTON = "croston"
    SBA = "sba"
    TSB = "tsb"
