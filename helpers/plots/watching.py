"""Whether a person looks at the notebook, or a program runs it."""


def someone_watches() -> bool:
    """Whether a frontend asked for this cell: frontends say which cell they run, programs do not.

    Clearing up afterwards would not do instead: nbval records what is displayed, and does not know
    that a display was cleared or updated.
    """
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    request = getattr(get_ipython(), "get_parent", dict)() or {}
    return "cellId" in request.get("metadata", {})
