"""Points for what members buy, and the rewards that they take for them."""
