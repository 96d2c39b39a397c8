"""What the shop is: its name, colours, languages, currency, delivery and tax."""
