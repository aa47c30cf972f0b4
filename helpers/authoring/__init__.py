"""Tools for whoever writes the course: `python -m helpers.authoring execute | check | paths | plan | claims | solve | slides`.

They need the packages of the `test` extra; nothing else in `helpers` imports them.
"""


class AuthoringError(Exception):
    """What an author has to mend; the message says where."""
