"""How much oil is left, when it will run out, and when that must be said aloud."""
