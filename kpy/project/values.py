"""What a project in an environment says for the parameters of an app: in which files, and with other files there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING

from kpy.project.environments import layers_of, values_file_of
from kpy.project.project import Project

if TYPE_CHECKING:
    from kpy.loading.values import Layer

__all__ = ["values_files", "values_layers", "with_values"]


def values_files(project: Project, target: str) -> list[str]:
    """Return the files of values of an app, that of the environment and that of the cluster, if they name one.

    They need not be there. Raises `LoadError` for a placeholder that means nothing.
    """
    names = project._names(_place(project, target))
    files = (values_file_of(part, names, project._file) for part in project._parts)
    return [file for file in files if file is not None]


def values_layers(project: Project, target: str) -> list[Layer]:
    """Return what environment and cluster say for the parameters of an app, each above the one before it.

    Raises `LoadError` where a file of values cannot be read.
    """
    names = project._names(_place(project, target))
    return [layer for part in project._parts for layer in layers_of(part, names, project._file, project._contents)]


def with_values(project: Project, contents: Mapping[str, bytes]) -> Project:
    """Return a project as if files of values, by their real paths, had this in them."""
    other = copy(project)
    other._contents = {**project._contents, **contents}
    return other


def _place(project: Project, target: str) -> str:
    place, folder = project._place_of(target, "")
    return os.path.join(folder, place)
