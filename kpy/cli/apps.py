"""What a command line says about the app: which, with which values, for which release."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kpy.cli.options import Given, MisuseError
from kpy.errors import LoadError, UsageError
from kpy.settings import Settings, read_settings

if TYPE_CHECKING:
    from types import ModuleType

    from kpy.checking.choice import Choice
    from kpy.tree import App

__all__ = ["choice_of", "load", "release_of", "settings_for", "values_of"]


def values_of(given: Given) -> dict[str, list[str]]:
    """Return what `--set key=value` said, by key, in the order given."""
    values: dict[str, list[str]] = {}
    for text in given.texts("set"):
        key, equals, value = text.partition("=")
        if not equals or not key.isidentifier():
            raise MisuseError(f"--set {text}: write it as KEY=VALUE, KEY being the name of a parameter")
        values.setdefault(key, []).append(value)
    return values


def settings_for(target: str | None) -> Settings:
    """Return the settings that hold for a target: those of a file's folder, else those of the current one."""
    place = (target or "").rpartition(":")[0] or target or ""
    return read_settings(os.path.dirname(place) if place.endswith(".py") else "")


def load(target: str | None, values: dict[str, list[str]], settings: Settings) -> App:
    """Return the app that is named, else the one that the settings name."""
    from kpy.loading import load_app

    if target is not None:
        return load_app(target, values)
    if settings.app is None:
        raise MisuseError(
            "no app is named: write it on the command line, `kpy synth shop.py`, "
            'or in pyproject.toml, `app = "shop.py"` under [tool.kpy]'
        )
    return load_app(settings.app, values, folder=settings.folder)


def choice_of(settings: Settings) -> Choice:
    """Return what the settings say about rules."""
    from kpy.checking.choice import Choice, check_choice

    folder = settings.folder
    choice = Choice(
        settings.select,
        settings.ignore,
        settings.severities,
        settings.external,
        tuple(os.path.join(folder, path) for path in settings.crds),
    )
    try:
        if settings.select or settings.policies:
            choice = choice._replace(registry=choice.registry.plus(*_policies(settings)).with_plug_ins())
        check_choice(choice)
    except UsageError as error:
        raise LoadError(f"{os.path.join(folder, 'pyproject.toml')}: {error}") from None
    return choice


def _policies(settings: Settings) -> Iterator[ModuleType]:
    """Yield the modules with policies that the settings name."""
    from kpy.loading.modules import import_module, is_file, run_file

    folder = settings.folder
    for target in settings.policies:
        is_there = is_file(target, folder)
        module, leave = run_file(os.path.join(folder, target)) if is_there else import_module(target, folder)
        leave()
        yield module


def release_of(given: Given, settings: Settings, app: App | None = None) -> str | None:
    """Return the Kubernetes minor to check against; nothing for the newest. The command line goes before the app."""
    said = given.text("kubernetes")
    release = said or (app.kubernetes if app is not None else None) or settings.kubernetes
    if release is None:
        return None
    from kpy.schema import RELEASES

    minor = ".".join(release.removeprefix("v").split(".")[:2])
    if minor not in RELEASES:
        where = "--kubernetes " if said else "kubernetes = "
        raise MisuseError(f"{where}{release}: kpy knows {RELEASES[0]} to {RELEASES[-1]}")
    return minor
