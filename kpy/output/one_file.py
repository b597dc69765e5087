"""One file of the user's own, written anew: whole, or not at all."""

from __future__ import annotations

import os
from contextlib import suppress

from kpy.errors import WriteError

__all__ = ["write_over"]


def write_over(path: str, content: bytes, shown: str = "") -> None:
    """Give a file that is there other content; its mode stays, and `shown` is what messages call it.

    Raises `WriteError`, and then the file is as it was.
    """
    folder, name = os.path.split(os.path.abspath(path))
    beside = os.path.join(folder, f".{name}.{os.getpid()}")
    try:
        mode = os.stat(path).st_mode & 0o7777
        if not os.access(path, os.W_OK):
            raise PermissionError(13, "it is read-only")
        with open(beside, "xb") as stream:
            stream.write(content)
        os.chmod(beside, mode)
        os.replace(beside, path)
    except OSError as error:
        raise WriteError(f"{shown or path}: it cannot be written: {error.strerror}") from None
    finally:
        with suppress(OSError):
            os.unlink(beside)
