"""Reviews: what buyers say about a scent, looked at by staff before others read it."""
