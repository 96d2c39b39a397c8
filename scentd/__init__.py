"""The home hub: drives diffusers, runs schedules and rules, knows how much oil is left."""
