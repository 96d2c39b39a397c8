"""Stand-ins that pass the same suite as the real thing, and devices nobody has here."""
