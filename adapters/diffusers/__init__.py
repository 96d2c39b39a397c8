"""MQTT dialects of diffusers: pure translation between their messages and our readings."""
