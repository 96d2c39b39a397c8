"""The household's devices: which there are, how they are, and the one door for commands."""
