"""One module a group of pages; each gives its routes to the composition root."""
