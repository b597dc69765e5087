"""A workspace: apps by pattern, environments and clusters as a matrix, and the folder of each output."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kpy.errors import LoadError, UsageError
from kpy.loading.near import near_or_known
from kpy.project.environments import PLACEHOLDER, expand, word_of_app
from kpy.project.matrix import pattern_of
from kpy.project.settings import PYPROJECT

if TYPE_CHECKING:
    from kpy.project.settings import Settings

__all__ = [
    "Output",
    "WorkApp",
    "apps_of",
    "is_name",
    "matching",
    "no_app",
    "no_such_app",
    "outputs_of",
    "place_of_app",
    "words_of",
]

#: How many apps are named.
_NAMED = 5


class WorkApp(NamedTuple):
    """An app of a workspace."""

    #: What stands for `{app}`.
    word: str
    #: The file, from the folder of the project.
    target: str
    #: What stands for the other placeholders of the pattern: `{team}`.
    labels: Mapping[str, str] = {}


class Output(NamedTuple):
    """One app in one environment and cluster: what is rendered, compared, reviewed, delivered."""

    app: WorkApp
    #: Empty where the project has no environments, or no clusters.
    environment: str
    cluster: str
    #: The folder that it is written to, from that of the project; empty where the settings say none.
    folder: str = ""

    @property
    def words(self) -> dict[str, str]:
        """What it is chosen by, `--where env=prod`, and what stands for placeholders."""
        return {**self.app.labels, "app": self.app.word, "env": self.environment, "cluster": self.cluster}

    def below(self, folder: str) -> str:
        """Return a folder of its own in another: `folder/eu/prod/shop`."""
        return os.path.join(folder, *(word for word in (self.cluster, self.environment, self.app.word) if word))

    def __str__(self) -> str:
        """Return its name: `shop prod eu`."""
        return " ".join(word for word in (self.app.word, self.environment, self.cluster) if word)


def apps_of(settings: Settings) -> list[WorkApp]:
    """Return the apps of a project, by name: those that `apps` finds, or the one that `app` names.

    Raises `LoadError` where a pattern finds none, and where two have one name.
    """
    if not settings.apps:
        return [WorkApp(word_of_app(os.path.join(settings.folder, settings.app)), settings.app)] if settings.app else []
    found: dict[str, WorkApp] = {}
    for pattern in settings.apps:
        matched = list(_found(settings.folder, pattern))
        if not matched:
            raise LoadError(f"{_file(settings)}: `apps` has {pattern}, and there is no such file")
        for app in matched:
            other = found.setdefault(app.word, app)
            if other.target != app.target:
                raise LoadError(
                    f"{_file(settings)}: the apps {other.target} and {app.target} are both called {app.word}: "
                    "rename a file or folder"
                )
    return [found[word] for word in sorted(found)]


def _found(folder: str, pattern: str) -> Iterable[WorkApp]:
    from glob import glob

    names = _regex(pattern)
    plain = PLACEHOLDER.sub("*", pattern)
    for path in sorted(glob(plain, root_dir=folder, recursive=True)):
        match = names.fullmatch(path.replace(os.sep, "/"))
        if match is None or not os.path.isfile(os.path.join(folder, path)):
            continue
        labels = match.groupdict()
        word = labels.pop("app", None) or word_of_app(os.path.join(folder, path))
        yield WorkApp(word, path.replace(os.sep, "/"), labels)


@lru_cache(maxsize=64)
def _regex(pattern: str) -> re.Pattern[str]:
    """Return a pattern of paths as a regular expression with a group for each placeholder."""
    parts = re.split(r"(\{[^{}]*\}|\*\*/|\*|\?)", pattern)
    special = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    words = []
    for part in parts:
        is_name = part.startswith("{") and part[1:-1].isidentifier()
        words.append(f"(?P<{part[1:-1]}>[^/]+)" if is_name else special.get(part) or re.escape(part))
    return re.compile("".join(words))


def place_of_app(settings: Settings, word: str) -> str | None:
    """Return the file of the app of a workspace that a word means; nothing where it means none."""
    if not settings.apps:
        return None
    return next((app.target for app in apps_of(settings) if app.word == word), None)


def no_such_app(settings: Settings, word: str) -> str:
    """Return what to say of a word that should be the name of an app of a workspace, and is none."""
    words = [app.word for app in apps_of(settings)]
    near = near_or_known(word, words)
    if "did you mean" not in near and len(words) > _NAMED:
        near = f"; there is {', '.join(words[:_NAMED])} and {len(words) - _NAMED} more"
    return f"there is no app {word}{near}"


def is_name(word: str) -> bool:
    """Return whether a word can only be the name of an app of a workspace: no path, and no module."""
    from importlib.util import find_spec

    if ":" in word or "/" in word or os.sep in word or word.endswith(".py") or os.path.exists(f"{word}.py"):
        return False
    package = word.partition(".")[0]
    try:
        return not package or find_spec(package) is None
    except ValueError:  # a module that says nothing of where it is from
        return False


def words_of(settings: Settings, target: str) -> dict[str, str]:
    """Return what the placeholders of an app stand for: `{app}`, and those of the pattern that finds it."""
    file = target.partition(":")[0] if ".py:" in target else target
    place = os.path.relpath(file, settings.folder).replace(os.sep, "/") if settings.apps else ""
    for pattern in settings.apps:
        if match := _regex(pattern).fullmatch(place):
            return {"app": word_of_app(target), **match.groupdict()}
    return {"app": word_of_app(target)}


def no_app(settings: Settings) -> str:
    """Return what to say where no app is named."""
    if settings.apps:
        words = [app.word for app in apps_of(settings)]
        more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
        return f"no app is given: name one of this project, {', '.join(words[:_NAMED])}{more}"
    return (
        "no app is given: name it on the command line, `kpy synth shop.py`, "
        f'or in {PYPROJECT}, `app = "shop.py"` under [tool.kpy]'
    )


def outputs_of(settings: Settings, *, below: str | None = None) -> list[Output]:
    """Return all outputs of a project, in the order of apps, environments and clusters.

    `below` is a folder to write to in the place of what the settings say. Raises `LoadError` where there is no app, or
    where two outputs would be written to one folder.
    """
    apps = apps_of(settings)
    if not apps:
        raise LoadError(f'{_file(settings)}: there is no app: write apps = "apps/*/app.py" in [tool.kpy]')
    outputs = [
        output
        for app in apps
        for environment in settings.environments or ("",)
        for cluster in settings.clusters or ("",)
        if _runs(settings, cluster, environment)
        for output in [Output(app, environment, cluster)]
        if not any(_means(skip, output, _file(settings)) for skip in settings.skip)
    ]
    _refuse_idle(settings, apps)
    placed = [output._replace(folder=_folder(settings, output, below)) for output in outputs]
    _refuse_equal(placed, settings)
    return placed


def _refuse_idle(settings: Settings, apps: Sequence[WorkApp]) -> None:
    """Refuse an exception that no output can meet: it was meant for one."""
    there = [{**app.labels, "app": app.word} for app in apps]
    known = {key: {words[key] for words in there if key in words} for key in {key for words in there for key in words}}
    known |= {"env": {*settings.environments}, "cluster": {*settings.clusters}}
    for skip in settings.skip:
        for key, pattern in skip.items():
            if key in known and not any(fnmatchcase(word, pattern) for word in known[key]):
                raise LoadError(
                    f"{_file(settings)}: `skip` has {key} = {pattern!r}, which no output has"
                    f"{near_or_known(pattern, sorted(known[key]))}"
                )


def _runs(settings: Settings, cluster: str, environment: str) -> bool:
    """Return whether an environment is one of those of a cluster."""
    running = settings.clusters[cluster].environments if cluster else None
    return running is None or environment in running


def _means(words: Mapping[str, str], output: Output, file: str) -> bool:
    there = output.words
    for key in words:
        if key not in there:
            raise LoadError(f"{file}: `skip` has `{key}`, which no output has; there is {', '.join(there)}")
    return all(fnmatchcase(there[key], word) for key, word in words.items())


def matching(outputs: Sequence[Output], where: Sequence[str]) -> list[Output]:
    """Return the outputs that words choose, `env=prod`, with `*` for anything and commas between several.

    Raises `UsageError` for what chooses none.
    """
    chosen = list(outputs)
    for word in where:
        key, equals, said = word.partition("=")
        known = list(outputs[0].words) if outputs else []
        if not equals or key not in known:
            raise UsageError(f"{word}: write it as KEY=VALUE; the keys are {', '.join(known)}")
        values = said.split(",")
        found = [each for each in chosen if any(fnmatchcase(each.words.get(key, ""), value) for value in values)]
        if not found:
            there = sorted({each.words.get(key, "") for each in chosen})
            raise UsageError(f"{word}: there is no such output; {key} is {', '.join(there) or 'nothing'}")
        chosen = found
    return chosen


def _folder(settings: Settings, output: Output, below: str | None) -> str:
    if below is not None:
        return output.below(below)
    pattern = pattern_of(settings.environments, output.environment, settings.output)
    return os.path.normpath(expand(pattern, output.words, f"{_file(settings)}: `output`")) if pattern else ""


def _refuse_equal(outputs: Iterable[Output], settings: Settings) -> None:
    """Refuse that two outputs of one app are written to one folder."""
    taken: dict[tuple[str, str], Output] = {}
    for output in outputs:
        if not output.folder:
            continue
        other = taken.setdefault((output.app.word, os.path.normcase(output.folder)), output)
        if other is not output:
            differ = [key for key in ("env", "cluster") if other.words[key] != output.words[key]]
            placeholders = " and ".join(f"{{{key}}}" for key in differ)
            raise LoadError(
                f"{_file(settings)}: the outputs {other} and {output} would both be written to {output.folder}: "
                f"write {placeholders} in `output`"
            )


def _file(settings: Settings) -> str:
    return os.path.join(settings.folder, "pyproject.toml")
