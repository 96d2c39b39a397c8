"""What the shop sells: products, their variants, pictures, categories and collections."""
