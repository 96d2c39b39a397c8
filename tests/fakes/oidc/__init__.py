"""A stand-in for an OpenID provider, over real HTTP, as good or as bad as a test says."""
