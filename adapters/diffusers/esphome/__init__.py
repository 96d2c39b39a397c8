"""Nodes of ESPHome that speak MQTT; facts are of its own source, up to 2026.6.

No node was at hand: its MQTT runs on boards alone.
"""
