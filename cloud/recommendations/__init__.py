"""The scent quiz, and which scents are suggested to whom, always with the reason."""
