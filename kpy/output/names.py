"""Names that a file can have everywhere: on Windows, on macOS, and in a repository of Git."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category, normalize

__all__ = ["fold", "portable", "why_not_a_file"]

#: What Windows keeps for devices, whatever comes after a dot.
_DEVICES: Final = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])\s*(\.|$)", re.IGNORECASE
)
_MARKS: Final = '<>:"/\\|?*'
#: How Windows may call a folder `.git`.
_GIT: Final = re.compile(r"git~[0-9]+$", re.IGNORECASE)
#: What nearly all names are, for which that is all there is to ask.
_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]*[a-z0-9]")
#: The bytes that file systems give to one name.
_LONGEST: Final = 255


def why_not_a_file(name: str) -> str:
    """Return why a name cannot be that of a file or folder; empty when it can.

    A name that one system holds and another does not would break the checkout of a colleague.
    """
    if _PLAIN.fullmatch(name) and len(name) <= _LONGEST and not _DEVICES.match(name):
        return ""
    if not name:
        return "it is empty"
    if name.startswith("."):
        return "it begins with a dot"
    if name[-1] in ". ":
        return "it ends with a dot or a blank, which Windows drops"
    for mark in name:
        if mark in _MARKS:
            return f"it has {mark!r} in it, which no name may have on Windows"
        if category(mark) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            return f"it has {mark!r} in it, which cannot be seen"
    if _DEVICES.match(name):
        return "Windows keeps that name for a device"
    if _GIT.match(name):
        return "Git refuses it"
    if len(name.encode()) > _LONGEST:
        return f"it has more than {_LONGEST} bytes"
    return ""


def portable(name: str) -> str:
    """Return a name in which what a cluster allows and no file can have is written as in a URL: `system%3Anode`.

    No name of an object has a per cent sign, so that two names never become one.
    """
    if _PLAIN.fullmatch(name):
        return name
    return "".join(mark if _is_portable(mark) else _encoded(mark) for mark in name)


def fold(path: str) -> str:
    """Return what is the same for paths that some file system does not tell apart: capitals, and forms of accents."""
    return normalize("NFC", normalize("NFC", path).casefold())


def _is_portable(mark: str) -> bool:
    return mark not in _MARKS and category(mark) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _encoded(mark: str) -> str:
    return "".join(f"%{byte:02X}" for byte in mark.encode(errors="surrogatepass"))
