"""The shop's pages for visitors and members: rendered here, decided in the features below."""
