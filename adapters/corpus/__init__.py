"""Recorded messages of devices: how they are written down, read and played to a dialect."""
