"""What will be sold of each bottle, when it runs out, and what to order for that."""
