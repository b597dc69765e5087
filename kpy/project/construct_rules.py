"""The rules under which constructs warn, `self.warn("small-cache", ...)`, for settings that speak of them.

A command that loads no app has no constructs: then the names are looked up in the Python files of the project, and in
those of installed packages that need kpy. No code runs.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from kpy.watch import saw_file, saw_folder, saw_place

__all__ = ["rules_of_constructs"]

_WARN: Final = re.compile(rb"""\.warn\(\s*["']([a-z0-9]+(?:-[a-z0-9]+)+)["']""")
_MOST_FILES: Final = 5_000
_MOST_BYTES: Final = 1 << 20
_ASIDE: Final = ("__pycache__", "node_modules", "site-packages")


def rules_of_constructs(folder: str) -> set[str]:
    """Return the rules that classes of this program, of a project and of installed packages name."""
    found = _of_loaded_classes()
    files = _files(folder or os.curdir)
    for root in _packages():
        files = (*files, *_files(root))
    for file in files[:_MOST_FILES]:
        found |= {name.decode() for name in _WARN.findall(_content(file))}
    return found


def _of_loaded_classes() -> set[str]:
    constructs = sys.modules.get("kpy.tree.construct")
    if constructs is None:
        return set()
    from kpy.tree.remarks import rules_of_class

    found: set[str] = set()
    left: list[Any] = [constructs.Construct]
    while left:
        cls = left.pop()
        left += cls.__subclasses__()
        found.update(rules_of_class(cls))
    return found


def _files(root: str) -> tuple[str, ...]:
    """Return the Python files below a folder, or the file itself; nothing of hidden and virtual environments."""
    if os.path.isfile(root):
        return (root,)
    found: list[str] = []
    for place, folders, names in os.walk(root):
        saw_folder(place)
        if "pyvenv.cfg" in names:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if name not in _ASIDE and not name.startswith("."))
        found += (os.path.join(place, name) for name in sorted(names) if name.endswith(".py"))
        if len(found) >= _MOST_FILES:
            break
    return tuple(found)


def _content(file: str) -> bytes:
    try:
        if not os.path.isfile(file) or os.path.getsize(file) > _MOST_BYTES:
            saw_place(file)
            return b""
        with open(file, "rb") as opened:
            content = opened.read()
    except OSError:
        saw_place(file)
        return b""
    saw_file(file, content)
    return content


def _packages() -> Iterator[str]:
    """Yield the folders and files of installed packages that need kpy, those that stand in a work tree too."""
    from importlib.metadata import distributions

    for package in distributions():
        if any(re.match(r"kpy-k8s\b", need) for need in package.requires or ()):
            tops = {str(file).partition("/")[0] for file in package.files or () if str(file).endswith(".py")}
            yield from (str(package.locate_file(top)) for top in sorted(tops) if top != "..")
            if place := _work_tree(package.read_text("direct_url.json")):
                yield place


def _work_tree(said: str | None) -> str:
    """Return the folder that an editable installation stands for; nothing for any other."""
    import json

    try:
        table = json.loads(said or "{}")
        is_editable = table.get("dir_info", {}).get("editable") is True
        return unquote(urlsplit(table["url"]).path) if is_editable else ""
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
