"""Which outputs a change affects: never too few, and where nothing is known, all of them.

An output is left out only if all that it was made of is as it is in the index, and nothing of that has changed since
the revision: then the app would have done there what it does here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kpy.delivery.question import settings_of
from kpy.errors import LoadError

if TYPE_CHECKING:
    from kpy.delivery.changes import Changes
    from kpy.delivery.index import Index
    from kpy.project.settings import Settings
    from kpy.project.workspace import Output

__all__ = ["Verdict", "affected", "said_then", "why_everything"]

#: How many changes are named for an output.
_NAMED: Final = 3
#: Files that say which packages are installed, or which Python.
_PACKAGES: Final = frozenset(
    (
        *(
            "uv.lock",
            "poetry.lock",
            "pdm.lock",
            "Pipfile",
            "Pipfile.lock",
            "pixi.lock",
            "pylock.toml",
            "conda-lock.yml",
        ),
        *("environment.yml", "setup.py", "setup.cfg", ".python-version", ".tool-versions", "mise.toml", "pixi.toml"),
    )
)
_BEGINNINGS: Final = ("requirements", "constraints")
#: What `[project]` says about the project, and not about what is installed for it.
_ABOUT: Final = frozenset(
    (
        *("version", "description", "readme", "authors", "maintainers", "keywords", "classifiers", "urls"),
        *("license", "license-files", "scripts", "gui-scripts"),
    )
)
#: Tools that make nothing of an app.
_CHECKERS: Final = frozenset(
    (
        "kpy",
        "ruff",
        "mypy",
        "pyright",
        "pytest",
        "black",
        "isort",
        "coverage",
        "pylint",
        "flake8",
        "codespell",
        "bandit",
    )
)


class Verdict(NamedTuple):
    """Whether an output is affected."""

    output: Output
    #: What touches it; nothing for one that is not affected.
    why: tuple[str, ...] = ()


def why_everything(
    folder: str, top: str, changes: Changes, settings: Settings, then: Mapping[str, Any] | None, now: Mapping[str, Any]
) -> str | None:
    """Return the change for which everything is affected, whatever outputs are made of; nothing for none.

    `then` and `now` are the contents of pyproject.toml, and `top` the folder of the repository.
    """
    for path in changes.paths:
        name, inside = os.path.basename(path), os.path.basename(os.path.dirname(path))
        is_list = name.endswith((".txt", ".in")) and (name.startswith(_BEGINNINGS) or inside == "requirements")
        is_of_packages = name in _PACKAGES or is_list
        if is_of_packages and _is_above(os.path.dirname(path), folder, top):
            return path
    if found := next((each for each in map(changes.has, settings.extended) if each is not None), None):
        return found
    file = os.path.join(folder, "pyproject.toml")
    if changes.has(file) is None:
        return None
    return None if then is not None and _installed_by(then) == _installed_by(now) else file


def affected(
    index: Index, changes: Changes, outputs: Sequence[Output], settings: Settings, then: Mapping[str, tuple[str, str]]
) -> list[Verdict]:
    """Return whether each output is affected.

    `then` has what the settings said of each output at the revision, and its folder, by its name.
    """
    touched: dict[int, str | None] = {}

    def touch(number: int) -> str | None:
        if number not in touched:
            ((what, name),) = index.names([number])
            touched[number] = changes.touch(what, name)
        return touched[number]

    if common := _first(filter(None, map(touch, index.common))):
        return [Verdict(output, (common,)) for output in outputs]
    verdicts = []
    for output in outputs:
        now = settings_of(settings, output)
        why: list[str] = []
        kept = index.outputs.get(str(output))
        if then.get(str(output)) != (now, output.folder):
            why.append("settings")
        if output.folder and (found := changes.below(os.path.abspath(os.path.join(settings.folder, output.folder)))):
            why.append(found)
        if kept is None:
            why = why or ["nothing is known of it"]
        else:
            why += dict.fromkeys(found for found in map(touch, kept.inputs) if found is not None)
            why += kept.reasons
            if not why and kept.settings != index.digest(now):
                why.append("the index is of other settings")
            if not why and (other := index.changed(kept.inputs)):
                why.append(f"{other} is not as it was when the index was made")
        verdicts.append(Verdict(output, tuple(why[:_NAMED])))
    return verdicts


def said_then(settings: Settings | None) -> dict[str, tuple[str, str]]:
    """Return what settings said of each output, and its folder, by the name of the output."""
    from kpy.project.workspace import outputs_of

    if settings is None:
        return {}
    try:
        outputs = outputs_of(settings)
    except LoadError:  # of an app that has gone since
        return {}
    return {str(output): (settings_of(settings, output), output.folder) for output in outputs}


def _first(found: Iterator[str]) -> str | None:
    return next(found, None)


def _is_above(folder: str, project: str, top: str) -> bool:
    """Return whether a folder is that of a project or one above, or a folder for such files in one of these."""
    folder = os.path.dirname(folder) if os.path.basename(folder) == "requirements" else folder
    return os.path.join(project, "").startswith(os.path.join(folder, "")) and folder.startswith(top)


def _installed_by(tree: Mapping[str, Any]) -> object:
    """Return what a pyproject.toml says about what is installed: all but what says something else for sure."""
    project = {key: said for key, said in _table(tree.get("project")).items() if key not in _ABOUT}
    tools = {key: said for key, said in _table(tree.get("tool")).items() if key not in _CHECKERS}
    return {**tree, "project": project, "tool": tools}


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
