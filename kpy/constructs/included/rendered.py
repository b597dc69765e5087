"""The base of what renders charts and overlays: by another program, for the release of the app, and kept in a cache."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from kpy.constructs.brought import RELEASE
from kpy.constructs.included.inclusion import Included
from kpy.constructs.included.items import Item, load
from kpy.objects import key_of
from kpy.source import caller
from kpy.tree.app import App
from kpy.tree.part import ancestors

if TYPE_CHECKING:
    from kpy.documents import Reading
    from kpy.objects import Key

__all__ = ["Rendered", "Setting", "served_by"]


class Setting(NamedTuple):
    """What an app knows of the cluster that it is for."""

    #: The minor release, such as 1.36.
    release: str
    #: What definitions of custom resources among the objects of the app add: `x.io/v1`, `x.io/v1/Lamp`.
    api_versions: tuple[str, ...] = ()


def served_by(trees: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the versions and kinds that the definitions among objects bring to a cluster."""
    found: dict[str, None] = {}
    for tree in trees:
        spec = tree.get("spec") if tree.get("kind") == "CustomResourceDefinition" else None
        if not isinstance(spec, Mapping):
            continue
        names, versions = spec.get("names"), spec.get("versions")
        kind = names.get("kind") if isinstance(names, Mapping) else None
        for version in versions if isinstance(versions, list) else ():
            if isinstance(version, Mapping) and version.get("served") is True:
                served = f"{spec.get('group')}/{version.get('name')}"
                found |= {served: None, f"{served}/{kind}": None}
    return tuple(sorted(found))


class Rendered(Included):
    """Objects that another program makes."""

    _is_rendered: ClassVar[bool] = True

    @abstractmethod
    def _read_for(self, setting: Setting) -> Reading:
        """Return the documents that are made for a setting."""

    def asks_for_definitions(self) -> bool:
        """Return whether what is made depends on the custom resources that the cluster knows."""
        return False

    def settle(self, setting: Setting) -> None:
        """Let it be rendered for a setting; what was changed of its objects before is changed of the new ones."""
        kept = self.__dict__.get("_setting")
        if kept == setting:
            return
        self.__dict__["_setting"] = setting
        reading = self._read()
        if self.is_open and not _is_same(reading, self.__dict__["_reading"]):
            self._rebase(reading)
        self.__dict__["_reading"] = reading

    @property
    def _folder_of_call(self) -> str:
        """The folder of the Python file that makes the call."""
        where = self._where or caller()
        return os.getcwd() if where is None else os.path.dirname(os.path.abspath(where.file))

    def _read(self) -> Reading:
        """Return the documents, read once for each setting."""
        setting = self.__dict__.get("_setting") or Setting(self._release())
        kept: tuple[Setting, Reading] | None = self.__dict__.get("_kept")
        if kept is None or kept[0] != setting:
            kept = self.__dict__["_kept"] = setting, self._read_for(setting)
        self.__dict__.setdefault("_reading", kept[1])
        return kept[1]

    def _release(self) -> str:
        """Return the release as far as it is known before synthesis."""
        from kpy.schema import api

        app = next((step for step in ancestors(self) if isinstance(step, App)), None)
        return api(RELEASE.get() or (app.kubernetes if app is not None else None)).release

    def _rebase(self, reading: Reading) -> None:
        """Take what was read anew; a part that stands for an object stands for the same one of the new ones."""
        loaded = self.__dict__["_loaded"]
        old: dict[Key, Item] = {key_of(item.tree): item for item in loaded.items}
        there = {id(part) for part in self.__dict__["_parts"]}
        new = load(self, reading)
        items = []
        for item in new.items:
            before = old.get(key_of(item.tree))
            if before is not None and id(before.part) not in there:
                continue  # it was removed
            if before is None:
                item.part = self.make(item)
            else:
                item.opened, item.part = before.tree if before.opened is None else before.opened, before.part
            items.append(item)
        self.__dict__["_loaded"] = new._replace(items=items)
        self.__dict__["_parts"][:] = [item.part for item in items]


def _is_same(one: Reading, other: Reading) -> bool:
    return [each.tree for each in one.documents] == [each.tree for each in other.documents]
