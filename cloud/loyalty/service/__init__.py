"""What points and rewards do."""
