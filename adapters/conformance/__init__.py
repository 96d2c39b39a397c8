"""Does a dialect keep what the port promises? Tried on its own samples and on ten thousand lies.

Run as `python -m adapters.conformance NAME`. Needs nothing that the hub does not need.
"""
