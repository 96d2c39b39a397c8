"""Devices that announce themselves for Home Assistant and in no other way we know."""
