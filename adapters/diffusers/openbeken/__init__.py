"""OpenBeken: plugs with a diffuser behind them, and diffusers whose data points lie on channels.

Facts are of OpenBeken's own source, its tests of itself and its documents (July 2026); no device
was at hand. It has no command by which a device shows itself.
"""
