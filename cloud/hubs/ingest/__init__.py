"""Taking in what a hub reports: read, dated, appended once, and put to effect."""
