"""Shelly Gen2 and later: plugs and relays with a diffuser behind them.

Facts are of the maker's own documents (firmware 1.x) and of programs that speak with such devices;
no device was at hand. Gen1 speaks otherwise and is not read. The firmware has nothing by which a
device shows itself, so nothing answers `identify`.
"""
