"""Kustomize overlays in an app."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kpy.constructs.included.made import made_of
from kpy.constructs.included.rendered import Rendered, Setting
from kpy.errors import ArgumentError, LoadError
from kpy.model.fields import field

if TYPE_CHECKING:
    from kpy.documents import Reading

__all__ = ["Kustomize"]


class Kustomize(Rendered):
    """The objects of a kustomization, built by the real kustomize, alone or in kubectl, without a network.

        overlay = chart.add(Kustomize("overlays/prod"))

    A relative path starts at the Python file that makes the call. What is remote, charts, plugins and functions are
    refused. It is built twice and has to come out the same; what was built before is taken from a cache.
    `overlay.find("Service", "web")` is the object, to refer to it or to change it.
    """

    overlay: str | Path = field(kw_only=False)
    """The folder with the kustomization."""
    name: str = field(default="")
    """What to call it in messages; by default, the folder."""

    def __kpy_init__(self) -> None:
        """Refuse what is no folder."""
        said = self.overlay
        if not isinstance(said, str | Path) or not str(said):
            raise ArgumentError.at(self._where, f"Kustomize takes the folder of a kustomization, not {said!r}")
        if "://" in str(said) or "?ref=" in str(said):
            text = f"Kustomize takes a folder, and nothing is fetched ({said}): clone it, and name the folder"
            raise ArgumentError.at(self._where, text)
        if not self.name:
            self.__dict__["name"] = str(said)
        super().__kpy_init__()

    def _read_for(self, setting: Setting) -> Reading:
        from kpy.programs import ProgramError
        from kpy.programs.kustomize import KustomizeRenderer
        from kpy.programs.rendered import RenderCache, RenderError

        path = os.path.relpath(os.path.join(self._folder_of_call, self.overlay))
        if not os.path.isdir(path):
            raise LoadError.at(self._where, f'Kustomize "{self.name}": {path}: there is no such folder')
        try:
            text = KustomizeRenderer.find(cache=RenderCache()).build(path, is_proved=True)
        except (ProgramError, RenderError) as error:
            raise LoadError.at(self._where, f'Kustomize "{self.name}": {error}') from None
        return made_of(text, path, self._where)
