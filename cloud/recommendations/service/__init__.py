"""Taking the quiz, learning, suggesting, and showing it with reasons."""
