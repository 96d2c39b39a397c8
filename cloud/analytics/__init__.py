"""The shop in figures: what was sold, to how many, what came back, and what is on the shelf."""
