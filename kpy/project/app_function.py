"""The function that makes an app, to be called again and again with other values."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kpy.errors import LoadError
from kpy.loading.app import load
from kpy.loading.modules import forget_all
from kpy.loading.parameters import fill, fit_said
from kpy.loading.values import Layer, Values

if TYPE_CHECKING:
    from kpy.project.project import Project
    from kpy.tree import App

__all__ = ["AppFunction"]


class _FoundError(Exception):
    """The function, found and not called."""

    def __init__(self, function: Callable[..., object], where: str) -> None:
        super().__init__(where)
        self.function, self.where = function, where


class AppFunction:
    """What a target names, `FILE[:NAME]` or `package.module[:NAME]`, in a project and its environment.

    Each call runs its module anew, as a command line of its own would. Raises `LoadError` where it names no app.
    """

    def __init__(self, project: Project, target: str | None = None) -> None:
        self.project = project
        self.target, self._folder = project._located(target)
        self._known: set[str] = set(sys.modules)
        self._files: set[str] = set()
        #: The function; nothing where the target is an App, which takes no values.
        self.function: Callable[..., object] | None = None
        self.where = self.target
        try:
            self._load({}, _raise_found)
        except _FoundError as found:
            self.function, self.where = found.function, found.where

    def parameters(self) -> dict[str, inspect.Parameter]:
        """Return the parameters that values can be given for, by name."""
        if self.function is None:
            return {}
        parameters = inspect.signature(self.function).parameters
        return {name: each for name, each in parameters.items() if each.kind not in _GATHERING}

    def annotation(self, parameter: inspect.Parameter) -> Any:
        """Return the annotation of a parameter as an object; without one, the type of its default where that is plain.

        Raises `LoadError` where it cannot be resolved.
        """
        annotation = parameter.annotation
        if annotation is parameter.empty:
            default = type(parameter.default)
            return default if default in (bool, int, float, str) else Any
        if not isinstance(annotation, str):
            return annotation
        scope = getattr(inspect.unwrap(self.function), "__globals__", {}) if self.function is not None else {}
        try:
            return eval(annotation, scope)
        except Exception as error:
            raise LoadError(
                f"{self.where}: the annotation of `{parameter.name}`, {annotation}, cannot be resolved: {error}"
            ) from None

    def said(self, texts: Mapping[str, Sequence[str]] | None = None, *, environment: str | None = None) -> Values:
        """Return what the environment of the project, or the one of that name, and texts of a command line say."""
        project = self.project if environment is None else self.project.in_environment(environment)
        return project._values(os.path.join(self._folder, self.target), texts)

    def fitted(self, said: Values) -> dict[str, object]:
        """Return what values become by the annotations, by parameter; only those that are said.

        Raises `LoadError` for names that the function does not have, and for values that do not fit.
        """
        return {} if self.function is None else fit_said(self.function, said, where=self.where)

    def make(self, values: Mapping[str, object]) -> App:
        """Return the app that it makes with values, a plain tree as a file of values has it.

        Raises `LoadError` when they do not fit, and `BrokenAppError` when its code raises.
        """
        said = Values(Layer(values, lambda keys: ".".join(keys), self._folder))
        try:
            return self._load(said.tree, lambda function, where: fill(function, said, where=where))
        finally:
            self._files |= self._own_files()
            forget_all(self._known, keep=self._folders_of_types())

    def sources(self) -> list[str]:
        """Return the files with the code of the app: its own, and those of the project that its calls used."""
        return sorted(self._files)

    def _load(self, values: Mapping[str, object], filled: Any) -> App:
        return load(self.target, values, filled, self._folder, self.project.root)

    def _folders_of_types(self) -> tuple[str, ...]:
        """Return the folders of modules that hold no state of an app: the types that kpy generates."""
        settings = self.project.settings
        return tuple(os.path.join(settings.folder, each) for each in (settings.crds_package, settings.charts_package))

    def _own_files(self) -> set[str]:
        """Return the files of modules in the folders of the app and of the project."""
        place = os.path.join(self._folder, self.target.rpartition(":")[0] or self.target)
        folders = {os.path.dirname(os.path.abspath(place)), os.path.abspath(self.project.root or os.curdir)}
        files = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
        return {file for file in files if file.endswith(".py") and _is_own(file, folders)}


_KPY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_GATHERING = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _raise_found(function: Callable[..., object], where: str) -> Any:
    raise _FoundError(function, where)


def _is_own(file: str, folders: set[str]) -> bool:
    from kpy.source import is_installed

    is_of_kpy = file.startswith(_KPY + os.sep)
    return any(file.startswith(folder + os.sep) for folder in folders) and not is_of_kpy and not is_installed(file)
