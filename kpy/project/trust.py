"""Whose code runs because a file names it: that of the user alone.

A pyproject.toml may stand in any folder above the current one, also in one that others may write to, such as `/tmp`.
What it names must not run only because somebody checks a file there.
"""

from __future__ import annotations

import os

from kpy.errors import LoadError

__all__ = ["is_trusted", "require_trust"]

#: Says that all projects are trusted, as in a container whose user does not own the checkout.
_VARIABLE = "KPY_TRUST"


def require_trust(file: str, what: str) -> None:
    """Raise `LoadError` unless the user owns a pyproject.toml and its folder, or has said that it is trusted.

    `what` is the code that it names.
    """
    if os.environ.get(_VARIABLE) == "1" or not hasattr(os, "geteuid"):
        return
    user = os.geteuid()
    for place in (file, os.path.dirname(file) or os.curdir):
        owner = os.stat(place).st_uid
        if owner != user:
            raise LoadError(
                f"{file}: it belongs to another user ({_name(owner)}), and names code that would run: {what}; "
                f"set {_VARIABLE}=1 if you trust it"
            )


def is_trusted(file: str) -> bool:
    """Return whether code runs that a pyproject.toml names."""
    try:
        require_trust(file, "")
    except (LoadError, OSError):
        return False
    return True


def _name(user: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(user).pw_name
    except (ImportError, KeyError):
        return str(user)
