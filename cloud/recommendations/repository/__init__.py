"""The queries of the quiz and of recommendations."""
