"""The home in Home Assistant, by its MQTT discovery: devices, entities, commands, events."""
