"""Tasmota: plugs with a diffuser behind them, and diffusers whose microcontroller speaks Tuya.

Facts are of Tasmota's own source and documents (15.x); no device was at hand.
"""
