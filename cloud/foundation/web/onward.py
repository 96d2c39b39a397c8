"""Where to go on after a form: only ever to a page of our own."""


def local_path(onward: str) -> str:
    """Return a path on this site, or nothing for an address that would lead elsewhere.

    Browsers read a second slash, or a backslash, as the beginning of another host.
    """
    is_local = onward.startswith("/") and not onward.startswith(("//", "/\\"))
    return onward if is_local and onward.isprintable() else ""
