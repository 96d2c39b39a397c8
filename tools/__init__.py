"""Programs for whoever develops or tries the project; nothing here is shipped to a hub."""
