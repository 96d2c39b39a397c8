"""What devices announce of themselves for Home Assistant: read once here, for several dialects.

Names and meaning of the fields are those of Home Assistant's MQTT discovery (2026.11).
"""
