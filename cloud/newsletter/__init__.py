"""The newsletter: who wishes to get it, proven twice over, and its issues sent once to each."""
