"""The hub's own door: the local API and the household page.

Turns requests into calls of the parts below and facts of the bus into live streams. Knows no
MQTT, no cloud connection and no SQL: those arrive as ports (see `house`).
"""
