"""Whether `kpy validate` may take what an earlier run found, and where that is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from kpy.cli.apps import project_for

if TYPE_CHECKING:
    from kpy.cli.options import Given
    from kpy.result_cache import Entry

__all__ = ["Place", "place_of_result", "trees_in"]

#: Options that say how findings are shown, and change none.
_SHOWN: Final = frozenset(
    {"format", "notes", "all_findings", "group", "statistics", "color", "fail_on", "baseline", "write_baseline"}
)


class Place:
    """Where what a run finds is kept."""

    def __init__(self, folder: str, key: str) -> None:
        self._folder = folder
        self._key = key

    def load(self) -> Entry | None:
        """Return what an earlier run found, if nothing that it looked at has changed."""
        from kpy.result_cache import load

        return load(self._folder, self._key)

    def store(self, entry: Entry) -> None:
        """Keep what this run found."""
        from kpy.result_cache import store

        store(self._folder, self._key, entry)


def place_of_result(given: Given, targets: list[str | None]) -> Place | None:
    """Return where the findings of files and folders are kept; nothing where they may not be.

    Nothing is kept of what runs code, a project's own policies and those of packages included, nor of standard input.
    """
    from kpy.result_cache import cache_folder, key_of_run

    if given.has("render") or not all(target is not None and os.path.exists(target) for target in targets):
        return None
    project = project_for(None)
    settings = project.settings
    if settings.policies or _may_take_plug_ins([*settings.select, *settings.mandatory, *given.texts("select")]):
        return None
    named = [target for target in targets if target is not None]
    folders = [target if os.path.isdir(target) else os.path.dirname(target) or "." for target in named]
    folder = cache_folder([*folders, *([settings.folder] if settings.folder else [])])
    if folder is None:
        return None
    asked = {name: value for name, value in sorted(given.values.items()) if value and name not in _SHOWN}
    # the day counts, since a waiver may end; the file of the baseline is left out of what is judged
    beside = os.path.abspath(file) if (file := given.text("baseline")) else ""
    return Place(folder, key_of_run((asked, beside, settings, _today())))


def trees_in(files: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the objects in files, read when somebody asks for the first."""
    from kpy.documents import read_file

    for file in files:
        for document in read_file(file).documents:
            yield from (item.tree for item in document.items() if isinstance(item.tree, dict))


def _today() -> str:
    from datetime import date

    return date.today().isoformat()


def _may_take_plug_ins(select: list[str]) -> bool:
    """Return whether words may switch on policies of packages, and there are some."""
    if not select:
        return False
    from kpy.checking.plug_ins import has_plug_ins, may_be_plug_in

    return any(may_be_plug_in(part.strip()) for word in select for part in word.split(",")) and has_plug_ins()
