"""Homie 4 and 5: devices that describe every property they have, retained on the broker.

Facts are of the convention (4.0.0, and 5.0 as of October 2024); no device was at hand.
"""
