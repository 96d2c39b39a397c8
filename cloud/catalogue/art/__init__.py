"""Product pictures drawn from a scent's own colours and notes: pure text in, SVG text out.

It knows nothing of products or databases. The same subject always gives the same bytes, so a
picture may be named after its own hash and cached for ever.
"""
