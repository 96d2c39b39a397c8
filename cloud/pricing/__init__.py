"""What a purchase costs: goods, delivery and tax, exact to the minor unit."""
