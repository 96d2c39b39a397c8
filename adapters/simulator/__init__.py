"""A fleet of diffusers that exist only here, speaking the real dialects byte for byte.

Written from the dialects' documents and not from our translators, so that each can judge the
other. Time and chance are handed in; only the oil runs at the simulation's speed.
"""
