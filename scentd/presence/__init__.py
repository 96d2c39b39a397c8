"""Where the household's members are, from what their trackers say: who entered, who left."""
